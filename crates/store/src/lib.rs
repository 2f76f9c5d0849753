//! All SQL of Crossdock.
