//! `refresh_tokens`: each is used once.

use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, UserId};
use uuid::Uuid;

/// A token as stored.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// Identity.
    pub id: Uuid,
    /// All tokens of one sign-in.
    pub family: Uuid,
    /// Tenant.
    pub company_id: CompanyId,
    /// Login.
    pub user_id: UserId,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Issued.
    pub created_at: DateTime<Utc>,
    /// Dead after this.
    pub expires_at: DateTime<Utc>,
    /// Already exchanged.
    pub used_at: Option<DateTime<Utc>>,
    /// Family was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Writes a new token.
pub async fn create(tx: &mut Tx, token: &RefreshToken) -> Result<()> {
    sqlx::query!(
        "insert into refresh_tokens (id, family, company_id, user_id, token_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        token.id,
        token.family,
        token.company_id.0,
        token.user_id.0,
        token.token_hash,
        token.created_at,
        token.expires_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A transaction for an exchange: which tenant it is follows from the token.
pub async fn begin(store: &Store) -> Result<Tx> {
    store.begin(Scope::System).await
}

/// The token of that hash. Exchanges and revocations of its family come one after the other, until the transaction
/// ends: a token that one adds is revoked by the next.
pub async fn lock(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<RefreshToken>> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended('sign-in ' || family::text, 0))::text as "held!"
           from refresh_tokens where token_hash = $1"#,
        token_hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    let row = sqlx::query!(
        "select id, family, company_id, user_id, token_hash, created_at, expires_at, used_at,
                (select min(f.revoked_at) from refresh_tokens f where f.family = t.family) as revoked_at
         from refresh_tokens t where token_hash = $1",
        token_hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| RefreshToken {
        id: row.id,
        family: row.family,
        company_id: CompanyId(row.company_id),
        user_id: UserId(row.user_id),
        token_hash: row.token_hash,
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
        revoked_at: row.revoked_at,
    }))
}

/// Marks a token as exchanged.
pub async fn mark_used(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update refresh_tokens set used_at = $2 where id = $1",
        id,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends every token of a family.
pub async fn revoke_family(tx: &mut Tx, family: Uuid, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update refresh_tokens set revoked_at = $2 where family = $1 and revoked_at is null",
        family,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends every token of a login.
pub async fn revoke_of_user(tx: &mut Tx, user: UserId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null",
        user.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Programs that can still get tokens: sign-ins with a refresh token that is good.
pub async fn count_of_user(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct family) as "count!" from refresh_tokens
           where user_id = $1 and revoked_at is null and used_at is null and expires_at > $2"#,
        user.0,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

/// Removes what is long over; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let done = sqlx::query!("delete from refresh_tokens where expires_at <= $1", before)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
