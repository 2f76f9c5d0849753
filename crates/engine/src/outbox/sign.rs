//! Signatures as the Standard Webhooks specification writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// A secret made ready: what of a signature is the same for all messages is computed once.
pub(super) struct Key(Option<Hmac<Sha256>>);

impl Key {
    /// A secret written `whsec_…` is the base64 of the key; any other text is the key itself.
    pub(super) fn new(secret: &str) -> Self {
        let key = secret
            .strip_prefix("whsec_")
            .and_then(|text| STANDARD.decode(text).ok())
            .unwrap_or_else(|| secret.as_bytes().to_vec());
        // HMAC takes keys of any length; an impossible refusal leaves the signature empty, which no
        // receiver accepts.
        Self(Hmac::<Sha256>::new_from_slice(&key).ok())
    }

    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let Some(mut mac) = self.0.clone() else {
            return String::new();
        };
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// One signature per key, with a blank between: a receiver takes the message when one of them is
/// right. The timestamp is in seconds of the epoch.
pub(super) fn signatures(keys: &[Key], id: &str, timestamp: &str, body: &[u8]) -> String {
    let signed = keys.iter().map(|key| key.sign(id, timestamp, body));
    signed.collect::<Vec<_>>().join(" ")
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, under the key that the secret
/// stands for: the base64 behind `whsec_`, or else the text itself.
pub fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    Key::new(secret).sign(id, &timestamp.to_string(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    #[test]
    fn signatures_equal_the_example_of_the_specification() {
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ID,
            1_614_265_330,
            BODY,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_key_signs_any_number_of_messages_as_its_secret_does() {
        let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a plain one"];
        let keys = secrets.map(Key::new);
        for body in [BODY, b"", b"another"] {
            let alone = secrets.map(|secret| signature(secret, ID, 1_614_265_330, body));
            let together = signatures(&keys, ID, "1614265330", body);
            assert_eq!(together, alone.join(" "));
        }
    }
}
