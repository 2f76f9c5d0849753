//! What the checks compute; each takes a component whose characters and length are right already.

pub(super) mod codes;
pub(super) mod coupon;
pub(super) mod dates;
pub(super) mod keys;
pub(super) mod numbers;

#[cfg(test)]
mod tests;
