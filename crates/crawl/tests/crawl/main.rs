//! Visits to real servers on loopback.

mod robots;
mod site;
mod visits;
