//! The steps of a site's journey.
