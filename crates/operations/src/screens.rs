//! TV screens: a code on the screen, a lead who enters it, and a login of one site that only looks.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, TimeDelta, Utc};
use domain::live::Topic;
use domain::permission::{Permission, Role};
use domain::screen::{
    CODE_MINUTES, Pairing, PairingState, Screen, ScreenPlan, code_of, normal_code,
};
use domain::user::Caller;
use domain::{ScreenId, UserId};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::users::NewUser;
use store::{Scope, Store, Tx};

/// Codes that may wait at the same time: anybody can ask for one.
const MOST_WAITING: i64 = 1_000;
/// Codes that may wait at the same time for one network.
const MOST_WAITING_HERE: i64 = 40;
/// Codes that one lead may try within [`CODE_MINUTES`] before one is right: a guessed code would take in
/// a screen that waits for somebody else.
const MOST_TRIES: i64 = 10;
/// A well-formed hash that no password has: a screen cannot sign in.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm90aGluZ29wZW5zaXQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Gives a screen that nobody knows a code to show, and a secret to ask with. `random` is fresh.
/// `source` names the network it comes from, which may not take the codes of all others.
pub async fn begin(
    store: &Store,
    source: &str,
    random: [u8; 38],
    now: DateTime<Utc>,
) -> Result<Pairing> {
    let (for_code, for_secret) = random.split_at(6);
    let code = code_of(for_code.try_into().unwrap_or([0; 6]));
    let secret: String = for_secret
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expires_at = now + TimeDelta::minutes(CODE_MINUTES);
    let mut tx = store.begin(Scope::System).await?;
    let (everywhere, here) = store::screens::waiting(&mut tx, source, now).await?;
    if everywhere >= MOST_WAITING || here >= MOST_WAITING_HERE {
        return Err(Error::Conflict(
            "Too many screens wait for their code to be entered. Try again in ten minutes."
                .to_owned(),
        ));
    }
    store::screens::add_pairing(&mut tx, &code, &hash(&secret), source, now, expires_at).await?;
    tx.commit().await?;
    Ok(Pairing {
        code,
        secret,
        expires_at,
    })
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// How pairing went, and as whom the screen goes on once it is paired.
pub async fn ask(
    store: &Store,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<(PairingState, Option<UserId>)> {
    let found = store::screens::find_pairing(store, &hash(secret), now).await?;
    Ok(match found {
        None => (PairingState::Over, None),
        Some(None) => (PairingState::Waiting, None),
        Some(Some(user)) => (PairingState::Paired, Some(user)),
    })
}

/// Takes in the screen that shows a code. `login` is fresh. Refused after too many wrong codes.
pub async fn pair(
    store: &Store,
    caller: &Caller,
    code: &str,
    plan: &ScreenPlan,
    login: &str,
    now: DateTime<Utc>,
) -> Result<ScreenId> {
    require(caller, Permission::ManageScreens)?;
    check(caller, plan)?;
    let tries = format!("screen code:{}", caller.user_id);
    count_try(store, &tries, now).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = NewUser {
        login: format!("screen-{login}"),
        name: plan.name.trim().to_owned(),
        role: Role::Viewer,
        password_hash: NO_PASSWORD.to_owned(),
        password_temporary: false,
        team_id: None,
        warehouses: vec![plan.warehouse_id],
    };
    let user = store::users::create(&mut tx, caller.company_id, &user, now).await?;
    if !store::screens::give_code(&mut tx, &normal_code(code), user, now).await? {
        return Err(Error::Invalid(
            "No screen shows this code now. Read it again from the screen.".to_owned(),
        ));
    }
    let (company, name) = (caller.company_id, &caller.name);
    let id = store::screens::create(&mut tx, company, user, plan, name, now).await?;
    record(&mut tx, caller, "SCREEN_PAIRED", plan, now).await?;
    tell(&mut tx, caller, plan).await?;
    tx.commit().await?;
    // The screen is paired whatever becomes of this.
    if let Err(error) = store::login_failures::clear(store, &tries).await {
        tracing::warn!(%error, "codes that were tried could not be forgotten");
    }
    Ok(id)
}

/// Counted before the code is looked at: many at once do not slip past the limit.
async fn count_try(store: &Store, tries: &str, now: DateTime<Utc>) -> Result<()> {
    store::login_failures::record(store, &[tries.to_owned()], now).await?;
    let since = now - TimeDelta::minutes(CODE_MINUTES);
    if store::login_failures::count(store, tries, since).await? > MOST_TRIES {
        return Err(Error::Conflict(
            "Too many codes were tried. Wait ten minutes, then read the code from the screen again."
                .to_owned(),
        ));
    }
    Ok(())
}

fn check(caller: &Caller, plan: &ScreenPlan) -> Result<()> {
    plan.check()
        .map_err(|sentence| Error::Invalid(sentence.to_owned()))?;
    if caller.sees_warehouse(plan.warehouse_id) {
        Ok(())
    } else {
        Err(Error::NotFound("warehouse"))
    }
}

/// Changes what a screen shows; it takes it up within seconds. Its site stays: pair anew for another.
pub async fn change(
    store: &Store,
    caller: &Caller,
    id: ScreenId,
    plan: &ScreenPlan,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageScreens)?;
    check(caller, plan)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let screen = in_use(&mut tx, caller, id).await?;
    if screen.plan.warehouse_id != plan.warehouse_id {
        return Err(Error::Invalid(
            "A screen stays with its warehouse. Revoke it and pair it again.".to_owned(),
        ));
    }
    store::screens::update(&mut tx, id, plan).await?;
    record(&mut tx, caller, "SCREEN_CHANGED", plan, now).await?;
    tell(&mut tx, caller, plan).await?;
    Ok(tx.commit().await?)
}

async fn in_use(tx: &mut Tx, caller: &Caller, id: ScreenId) -> Result<Screen> {
    let screen = store::screens::get(tx, caller, id).await?;
    if screen.revoked_at.is_some() {
        return Err(Error::Conflict(
            "This screen is revoked already.".to_owned(),
        ));
    }
    Ok(screen)
}

/// Ends a screen: its sessions are over, and its login is disabled.
pub async fn revoke(
    store: &Store,
    caller: &Caller,
    id: ScreenId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageScreens)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let screen = in_use(&mut tx, caller, id).await?;
    if let Some(user) = store::screens::revoke(&mut tx, id, now).await? {
        store::users::set_disabled(&mut tx, caller.company_id, user, Some(now)).await?;
        store::sessions::delete_of_user(&mut tx, user).await?;
    }
    record(&mut tx, caller, "SCREEN_REVOKED", &screen.plan, now).await?;
    tell(&mut tx, caller, &screen.plan).await?;
    Ok(tx.commit().await?)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &str,
    plan: &ScreenPlan,
    now: DateTime<Utc>,
) -> Result<()> {
    let facts = json!({
        "boards": plan.boards, "seconds": plan.rotate_seconds, "names": plan.names, "colours": plan.colours,
    });
    audit::by_person(tx, caller, action, plan.name.trim(), facts, now).await
}

/// The screens of the site read again, and the lists of screens and logins.
async fn tell(tx: &mut Tx, caller: &Caller, plan: &ScreenPlan) -> Result<()> {
    let board = Topic::Board(plan.warehouse_id.0);
    let topics = [board, Topic::Screens, Topic::Users];
    let site = Some(plan.warehouse_id);
    Ok(store::live::publish(tx, caller.company_id, site, &topics, "screen_changed").await?)
}
