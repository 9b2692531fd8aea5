//! Frontier, politeness, robots and visits.
