//! Tokens: JWTs signed with HMAC-SHA-256, honoured from a table so that they can be revoked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::frame::open;

const BLOCK: usize = 64;

struct Grant {
    account: String,
    until: Instant,
}

pub(crate) struct Tokens {
    secret: [u8; 32],
    granted: Mutex<HashMap<String, Grant>>,
}

impl Tokens {
    pub fn new() -> Self {
        Self {
            secret: rand::random(),
            granted: Mutex::default(),
        }
    }

    /// A new token for the account; its `exp` is real time, whatever the simulated clock says.
    pub fn issue(&self, account: &str, life: Duration) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let claims = json!({
            "sub": account,
            "iat": now.as_secs(),
            "exp": (now + life).as_secs(),
            "jti": format!("{:016x}", rand::random::<u64>()),
        });
        let token = sign(&claims, &self.secret);
        let mut granted = self.granted();
        let moment = Instant::now();
        granted.retain(|_, grant| grant.until > moment);
        granted.insert(
            token.clone(),
            Grant {
                account: account.to_owned(),
                until: moment + life,
            },
        );
        token
    }

    /// The account a token stands for, while it is honoured.
    pub fn account(&self, token: &str) -> Option<String> {
        self.granted()
            .get(token)
            .filter(|grant| grant.until > Instant::now())
            .map(|grant| grant.account.clone())
    }

    pub fn revoke(&self, token: &str) {
        self.granted().remove(token);
    }

    pub fn revoke_all(&self) {
        self.granted().clear();
    }

    fn granted(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        open(&self.granted)
    }
}

fn sign(claims: &serde_json::Value, secret: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(hmac_sha256(secret, body.as_bytes()));
    format!("{body}.{signature}")
}

/// RFC 2104 for keys no longer than a block.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK];
        block
            .iter_mut()
            .zip(key)
            .for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let signature = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(signature[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(signature[28..], [0x64, 0xec, 0x38, 0x43]);
    }
}
