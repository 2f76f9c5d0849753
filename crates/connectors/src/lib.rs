//! How Crossdock talks to ERPs: one folder per system over shared HTTP layers.
