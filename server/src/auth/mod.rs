//! Who is calling: sign-in, browser sessions, and the tokens of the REST API.

mod address;
mod backend;
pub mod badge;
mod device;
mod language;
mod middleware;
pub mod password;
mod session_store;
mod sign_in;
mod token;

pub use address::{ClientAddress, client_address};
pub use backend::{Backend, Session, SessionUser};
pub use device::{device_of, program_of};
pub use language::{brought_along, keep_language};
pub use middleware::{current_caller, layer, session_key};
pub use session_store::{Sessions, stored_id};
pub use sign_in::{Credentials, Refused, SignIn};
pub use token::{ACCESS_MINUTES, Error as TokenError, Pair, Tokens};

/// The name of the session cookie.
pub const COOKIE: &str = "crossdock";
