//! Secrets of connections at rest: AES-256-GCM, bound to their company and connection, so that a
//! sealed text copied to another row does not open.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use domain::{CompanyId, ConnectionId};
use std::collections::BTreeMap;
use std::fmt;

/// First byte of a sealed text: which key and layout sealed it.
const LAYOUT: u8 = 1;
const NONCE_BYTES: usize = 12;

/// The installation's key.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Why secrets could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The key must be 32 bytes.
    #[error("the secret key must be 32 bytes, given as 64 hexadecimal digits")]
    BadKey,
    /// Wrong key, damaged text, or a text of another connection.
    #[error(
        "the stored secrets do not open with this key: enter them again, or restore the key file"
    )]
    DoesNotOpen,
}

impl SecretKey {
    /// From 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return Err(SecretError::BadKey);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = text
                .get(index * 2..index * 2 + 2)
                .ok_or(SecretError::BadKey)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| SecretError::BadKey)?;
        }
        Ok(Self(bytes))
    }

    /// The raw key, to derive other keys from.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.0))
    }

    /// Seals named secrets; `nonce` must never repeat under one key.
    pub fn seal(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        secrets: &BTreeMap<String, String>,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Vec<u8>, SecretError> {
        let plain = serde_json::to_vec(secrets).map_err(|_| SecretError::DoesNotOpen)?;
        self.seal_bytes(&associated(company, connection), &plain, nonce)
    }

    /// Opens what [`SecretKey::seal`] made for the same connection.
    pub fn open(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        sealed: &[u8],
    ) -> Result<BTreeMap<String, String>, SecretError> {
        let plain = self.open_bytes(&associated(company, connection), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SecretError::DoesNotOpen)
    }

    /// Seals one secret for one place; it opens nowhere else.
    pub fn seal_text(
        &self,
        place: &str,
        secret: &str,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Vec<u8>, SecretError> {
        self.seal_bytes(place.as_bytes(), secret.as_bytes(), nonce)
    }

    /// Opens what [`SecretKey::seal_text`] made for the same place.
    pub fn open_text(&self, place: &str, sealed: &[u8]) -> Result<String, SecretError> {
        let plain = self.open_bytes(place.as_bytes(), sealed)?;
        String::from_utf8(plain).map_err(|_| SecretError::DoesNotOpen)
    }

    fn seal_bytes(
        &self,
        aad: &[u8],
        plain: &[u8],
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Vec<u8>, SecretError> {
        let payload = Payload { msg: plain, aad };
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SecretError::DoesNotOpen)?;
        let mut text = vec![LAYOUT];
        text.extend_from_slice(&nonce);
        text.extend_from_slice(&sealed);
        Ok(text)
    }

    fn open_bytes(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        let (layout, rest) = sealed.split_first().ok_or(SecretError::DoesNotOpen)?;
        let (nonce, text) = rest
            .split_at_checked(NONCE_BYTES)
            .ok_or(SecretError::DoesNotOpen)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SecretError::DoesNotOpen)?;
        if *layout != LAYOUT {
            return Err(SecretError::DoesNotOpen);
        }
        let payload = Payload { msg: text, aad };
        self.cipher()
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SecretError::DoesNotOpen)
    }
}

fn associated(company: CompanyId, connection: ConnectionId) -> Vec<u8> {
    format!("crossdock/connection/{company}/{connection}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> SecretKey {
        SecretKey::from_hex(&digit.repeat(64)).unwrap()
    }

    fn sealed() -> Vec<u8> {
        let secrets = BTreeMap::from([("password".to_owned(), "change-me".to_owned())]);
        key("a")
            .seal(CompanyId(1), ConnectionId(7), &secrets, [9; 12])
            .unwrap()
    }

    #[test]
    fn sealed_secrets_open_only_for_their_connection_and_key() {
        let opened = key("a")
            .open(CompanyId(1), ConnectionId(7), &sealed())
            .unwrap();
        assert_eq!(opened["password"], "change-me");
        for (key, company, connection) in [(key("b"), 1, 7), (key("a"), 2, 7), (key("a"), 1, 8)] {
            let refused = key.open(CompanyId(company), ConnectionId(connection), &sealed());
            assert_eq!(refused, Err(SecretError::DoesNotOpen));
        }
    }

    #[test]
    fn a_damaged_text_is_an_error_and_not_a_panic() {
        for length in 0..sealed().len() {
            let cut = &sealed()[..length];
            assert!(key("a").open(CompanyId(1), ConnectionId(7), cut).is_err());
        }
    }

    #[test]
    fn the_key_is_never_printed() {
        assert_eq!(format!("{:?}", key("a")), "SecretKey(…)");
    }
}
