//! Upstream systems to try Crossdock against: real wire formats, real data, faults on demand.
