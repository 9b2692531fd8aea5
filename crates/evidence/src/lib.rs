//! Seals evidence packets and verifies them.
