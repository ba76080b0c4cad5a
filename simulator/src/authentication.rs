//! Tokens: which are accepted, and how one is got.

use crate::api::Understood;
use crate::endpoint::ACCOUNT_ID;
use crate::envelope::Answer;
use crate::release::Release;
use crate::server::Shared;
use axum::http::Method;
use rand::Rng as _;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The API key that `PUT /v2/api_auth` takes. It opens nothing but this simulator.
pub const API_KEY: &str = "5111111111111111111111111111111111111111111111111111111111111115";
/// The credentials that `PUT /v2/user_auth` takes: the MD5 of `simulated:password`, in hexadecimal.
pub const CREDENTIALS: &str = "3f2546a9e317f4cd60071285b45e3437";
/// The account's name, for `PUT /v2/user_auth`.
pub const ACCOUNT_NAME: &str = "simulated";

/// The tokens that open something now.
#[derive(Debug)]
pub(crate) struct Tokens {
    lasting: String,
    life: Option<Duration>,
    issued: Mutex<Vec<(String, Instant)>>,
}

impl Tokens {
    /// `lasting` opens always; those that are issued live for `life`, or as long as the server.
    pub(crate) fn new(lasting: String, life: Option<Duration>) -> Tokens {
        Tokens {
            lasting,
            life,
            issued: Mutex::default(),
        }
    }

    fn issued(&self) -> std::sync::MutexGuard<'_, Vec<(String, Instant)>> {
        self.issued
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn opens(&self, token: &str) -> bool {
        let lives = |since: &Instant| self.life.is_none_or(|life| since.elapsed() < life);
        token == self.lasting
            || self
                .issued()
                .iter()
                .any(|(issued, since)| issued == token && lives(since))
    }

    fn issue(&self) -> String {
        let token = format!("issued-{:032x}", rand::rng().random::<u128>());
        self.issued().push((token.clone(), Instant::now()));
        token
    }

    /// Every issued token has expired.
    pub(crate) fn expire(&self) {
        self.issued().clear();
    }
}

/// # Errors
/// 401. It comes before any call, for a GET too.
pub(crate) fn check(shared: &Shared, understood: &Understood<'_>, is_quickcall: bool) -> Result<(), Answer> {
    let token = understood.asked.token();
    let anonymous = token.is_none()
        && is_quickcall
        && understood.method == Method::GET
        && shared.config.release == Release::V4_3
        && shared.config.anonymous;
    if anonymous || token.is_some_and(|token| shared.tokens.opens(&token)) {
        return Ok(());
    }
    Err(refused())
}

fn refused() -> Answer {
    Answer::error(
        401,
        "invalid_credentials",
        json!({"message": "invalid credentials"}),
    )
}

/// `PUT /v2/api_auth`
pub(crate) fn by_api_key(shared: &Shared, data: &Value) -> Answer {
    issue(shared, data.get("api_key") == Some(&Value::from(API_KEY)))
}

/// `PUT /v2/user_auth`
pub(crate) fn by_credentials(shared: &Shared, data: &Value) -> Answer {
    let right = data.get("credentials") == Some(&Value::from(CREDENTIALS))
        && data.get("account_name") == Some(&Value::from(ACCOUNT_NAME));
    issue(shared, right)
}

fn issue(shared: &Shared, right: bool) -> Answer {
    if !right {
        return refused();
    }
    let mut answer = Answer::success(
        201,
        json!({"account_id": ACCOUNT_ID, "owner_id": null, "is_admin": false}),
    );
    answer.token = Some(shared.tokens.issue());
    answer
}
