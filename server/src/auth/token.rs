//! Tokens of the REST API: a short-lived signed access token, and a refresh token that works once.

use super::SessionUser;
use crate::clock::Clock;
use crate::secret_key::SecretKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::{CompanyId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::TryRngCore as _;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::refresh_tokens::RefreshToken;
use store::{Scope, Store};
use uuid::Uuid;

const ISSUER: &str = "crossdock";
const AUDIENCE: &str = "crossdock-api";
const TYPE: &str = "at+jwt";
/// How long an access token is good.
pub const ACCESS_MINUTES: i64 = 15;
/// How long a refresh token may lie unused.
pub const REFRESH_DAYS: i64 = 30;

/// Issues and checks tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    clock: Clock,
    signing: EncodingKey,
    checking: DecodingKey,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// What a client gets.
#[derive(Debug)]
pub struct Pair {
    /// For `Authorization: Bearer`.
    pub access: SecretString,
    /// For the next pair.
    pub refresh: SecretString,
    /// Who it is for.
    pub user: SessionUser,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    epoch: Uuid,
    /// The sign-in it came of: its refresh tokens.
    family: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// Why there is no pair.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown, used, revoked, expired, or the user is disabled.
    #[error("the token is not valid; sign in again")]
    Invalid,
    /// The database does not answer.
    #[error("tokens cannot be issued at the moment")]
    Store(#[from] store::Error),
    /// The system gives no random bytes, or the key cannot sign.
    #[error("tokens cannot be made at the moment")]
    Unmakeable,
}

impl Tokens {
    /// Signed with a key of the installation's secret.
    pub fn new(store: Store, clock: Clock, secret: &SecretKey) -> Self {
        let key = secret.derive("access tokens");
        Self {
            store,
            clock,
            signing: EncodingKey::from_secret(&key),
            checking: DecodingKey::from_secret(&key),
        }
    }

    /// The first pair after a sign-in.
    pub async fn issue(&self, user: SessionUser) -> Result<Pair, Error> {
        let whose = (user.caller.company_id, user.caller.user_id);
        let (text, row) = self.refresh_token(whose, Uuid::new_v4())?;
        let mut tx = self.store.begin(Scope::Company(row.company_id)).await?;
        store::refresh_tokens::create(&mut tx, &row).await?;
        tx.commit().await?;
        self.pair(user, text, row.family)
    }

    /// The next pair. A token that was used before ends everything that came of its sign-in: either
    /// the client or a thief holds a copy, and nobody can tell which.
    pub async fn rotate(&self, refresh: &str) -> Result<Pair, Error> {
        let now = self.clock.now();
        let mut tx = store::refresh_tokens::begin(&self.store).await?;
        let found = store::refresh_tokens::lock(&mut tx, &hash(refresh)).await?;
        let Some(old) = found.filter(|row| row.revoked_at.is_none() && row.expires_at > now) else {
            return Err(Error::Invalid);
        };
        if old.used_at.is_some() {
            store::refresh_tokens::revoke_family(&mut tx, old.family, now).await?;
            tx.commit().await?;
            tracing::warn!(
                user.id = old.user_id.0,
                "a refresh token was used twice; its family is revoked"
            );
            return Err(Error::Invalid);
        }
        let (text, row) = self.refresh_token((old.company_id, old.user_id), old.family)?;
        store::refresh_tokens::mark_used(&mut tx, old.id, now).await?;
        store::refresh_tokens::create(&mut tx, &row).await?;
        tx.commit().await?;
        // Outside of the transaction, which holds a connection of the pool.
        let found = store::users::find_caller(&self.store, old.user_id).await?;
        let (caller, epoch) = found.ok_or(Error::Invalid)?;
        self.pair(SessionUser::new(caller, epoch), text, old.family)
    }

    /// Ends the sign-in a refresh token belongs to, its access tokens too. Unknown tokens are ended already.
    pub async fn revoke(&self, refresh: &str) -> Result<(), Error> {
        let mut tx = store::refresh_tokens::begin(&self.store).await?;
        if let Some(row) = store::refresh_tokens::lock(&mut tx, &hash(refresh)).await? {
            store::refresh_tokens::revoke_family(&mut tx, row.family, self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The user an access token was issued to, if it is still good: neither the login nor the sign-in that it
    /// came of has ended.
    pub async fn check(&self, access: &str) -> Result<SessionUser, Error> {
        let claims = self.claims(access).ok_or(Error::Invalid)?;
        let id = claims.sub.parse().map_err(|_| Error::Invalid)?;
        let found = store::users::find_signed_in(&self.store, UserId(id), claims.family).await?;
        found
            .filter(|(_, epoch)| *epoch == claims.epoch)
            .map(|(caller, epoch)| SessionUser::new(caller, epoch))
            .ok_or(Error::Invalid)
    }

    fn claims(&self, access: &str) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Compared with our clock below, without leeway.
        rules.validate_exp = false;
        let token = jsonwebtoken::decode::<Claims>(access, &self.checking, &rules).ok()?;
        let typed = token.header.typ.as_deref() == Some(TYPE);
        let fresh = token.claims.exp > self.clock.now().timestamp();
        (typed && fresh).then_some(token.claims)
    }

    fn pair(&self, user: SessionUser, refresh: String, family: Uuid) -> Result<Pair, Error> {
        let now = self.clock.now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.caller.user_id.to_string(),
            epoch: user.epoch,
            family,
            iat: now,
            exp: now + ACCESS_MINUTES * 60,
            jti: Uuid::new_v4(),
        };
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        let access =
            jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|_| Error::Unmakeable)?;
        Ok(Pair {
            access: access.into(),
            refresh: refresh.into(),
            user,
        })
    }

    fn refresh_token(
        &self,
        (company_id, user_id): (CompanyId, UserId),
        family: Uuid,
    ) -> Result<(String, RefreshToken), Error> {
        let mut bytes = [0; 32];
        rand::rngs::OsRng
            .try_fill_bytes(&mut bytes)
            .map_err(|_| Error::Unmakeable)?;
        let text = URL_SAFE_NO_PAD.encode(bytes);
        let now = self.clock.now();
        let row = RefreshToken {
            id: Uuid::new_v4(),
            family,
            company_id,
            user_id,
            token_hash: hash(&text),
            created_at: now,
            expires_at: now + TimeDelta::days(REFRESH_DAYS),
            used_at: None,
            revoked_at: None,
        };
        Ok((text, row))
    }
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
