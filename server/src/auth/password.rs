//! Passwords: argon2id, off the async threads, a few at a time.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use secrecy::{ExposeSecret as _, SecretString};

/// Longer input is refused before it costs anything.
const LONGEST: usize = 1000;
/// What a new password needs at least.
const SHORTEST: usize = 8;

/// Compared with when a login is unknown, so that the answer takes as long. No password is known
/// that opens it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// The PHC string of a password.
pub async fn hash(password: SecretString) -> Result<String, HashError> {
    tokio::task::spawn_blocking(move || hash_now(password.expose_secret()))
        .await
        .map_err(|error| HashError(error.to_string()))?
}

/// Whether the password belongs to the hash; without one, false after the same time.
pub async fn verify(password: SecretString, hash: Option<String>) -> bool {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let checked = tokio::task::spawn_blocking(move || {
        let password = password.expose_secret();
        password.len() <= LONGEST && verify_now(password, &hash)
    });
    checked.await.unwrap_or(false) && known
}

/// Letters and digits that nobody confuses when they are read aloud or copied by hand.
const PLAIN: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";

/// A password to be given once and replaced: four groups of four, 80 bits.
pub fn one_time(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(19);
    for (index, byte) in bytes.into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(PLAIN[usize::from(byte % 32)]));
    }
    text
}

/// What a new password must be; the text is shown to people.
pub fn check_new(password: &str) -> Result<(), String> {
    if password.chars().count() < SHORTEST {
        return Err(format!("use at least {SHORTEST} characters"));
    }
    if password.len() > LONGEST {
        return Err(format!("use at most {LONGEST} characters"));
    }
    Ok(())
}

fn hash_now(password: &str) -> Result<String, HashError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

fn verify_now(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        tracing::error!("a stored password hash is unreadable");
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_only() {
        let made = hash("correct horse".into()).await.unwrap();
        assert!(verify("correct horse".into(), Some(made.clone())).await);
        assert!(!verify("wrong horse".into(), Some(made)).await);
    }

    #[tokio::test]
    async fn an_unknown_login_costs_the_same_work() {
        let made = hash("correct horse".into()).await.unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&made), cost(NOBODY));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("anything".into(), None).await);
    }
}
