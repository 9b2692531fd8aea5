//! A small counterfeit internet on loopback for the demo and the tests.
