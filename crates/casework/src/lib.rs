//! The life of a case: states, review rules, routing, deadlines.
