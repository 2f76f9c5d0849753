//! Wiring of the crossdock binary.
