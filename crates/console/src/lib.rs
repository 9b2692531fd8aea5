//! The analysts' web console.
