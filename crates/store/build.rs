//! The embedded migrations are part of this crate although they lie outside it.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
