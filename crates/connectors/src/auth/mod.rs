//! Signing in, for upstreams that hand out tokens.

pub(crate) mod jwt;
pub(crate) mod token;
