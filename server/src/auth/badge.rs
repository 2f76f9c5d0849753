//! Badges that unlock a handheld: hashed as the handheld hashes, so that it can compare without a
//! network.

use domain::user::Badge;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Guessing is throttled on the device; a stolen table takes this many times longer.
const ROUNDS: u32 = 20_000;

/// The hash of a badge's code, off the async threads.
///
/// # Errors
/// When the work could not be done; says why.
pub async fn hash(code: String, salt: [u8; 16]) -> Result<Badge, String> {
    let hashed = tokio::task::spawn_blocking(move || pbkdf2(code.as_bytes(), &salt, ROUNDS));
    let hash = hashed.await.map_err(|error| error.to_string())?;
    Ok(Badge {
        salt: salt.to_vec(),
        hash: hash.map_err(|error| error.to_string())?.to_vec(),
        rounds: i32::try_from(ROUNDS).unwrap_or(i32::MAX),
    })
}

/// PBKDF2 with HMAC-SHA-256 (RFC 8018), its first block.
fn pbkdf2(code: &[u8], salt: &[u8], rounds: u32) -> Result<[u8; 32], InvalidLength> {
    let keyed = Hmac::<Sha256>::new_from_slice(code)?;
    let first = keyed.clone().chain_update(salt);
    let first = first.chain_update(1_u32.to_be_bytes()).finalize();
    let mut block: [u8; 32] = first.into_bytes().into();
    let mut sum = block;
    for _ in 1..rounds {
        block = keyed
            .clone()
            .chain_update(block)
            .finalize()
            .into_bytes()
            .into();
        for (sum, byte) in sum.iter_mut().zip(block) {
            *sum ^= byte;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::pbkdf2;

    /// RFC 7914, section 11: the first of both blocks.
    #[test]
    fn the_hash_is_pbkdf2_as_browsers_make_it() {
        let hash = pbkdf2(b"passwd", b"salt", 1).unwrap();
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            text,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
        assert_ne!(pbkdf2(b"passwd", b"salt", 2).unwrap(), hash);
    }
}
