//! The envelope of every answer. It echoes the token, as real servers do.

use crate::api::Asked;
use crate::release::Release;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use rand::Rng as _;
use serde_json::{Value, json};

/// An answer of the API: `status`, and what is in the envelope besides the token and the ids.
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// The members of the envelope.
    pub envelope: Value,
    /// The token in the envelope, where it is not the one of the request.
    pub token: Option<String>,
}

impl Answer {
    /// A success with this `data`.
    pub(crate) fn success(status: u16, data: Value) -> Answer {
        Answer {
            status,
            envelope: json!({"data": data, "status": "success"}),
            token: None,
        }
    }

    /// An error with this short message and `data`.
    pub(crate) fn error(status: u16, message: &str, data: Value) -> Answer {
        let envelope =
            json!({"data": data, "error": status.to_string(), "message": message, "status": "error"});
        Answer {
            status,
            envelope,
            token: None,
        }
    }

    /// The whole answer.
    pub(crate) fn into_response(mut self, asked: &Asked<'_>, release: Release) -> Response<Body> {
        let token = self.token.unwrap_or_else(|| asked.token().unwrap_or_default());
        let id = asked
            .header("x-request-id")
            .map_or_else(|| format!("{:032x}", rand::rng().random::<u128>()), str::to_owned);
        if let Value::Object(members) = &mut self.envelope {
            // It comes first: who logs the first bytes of an answer logs the token.
            members.shift_insert(0, "auth_token".to_owned(), Value::from(token));
            members.insert("request_id".to_owned(), Value::from(id.as_str()));
            members.insert("revision".to_owned(), Value::from("automatic"));
            members.insert("version".to_owned(), Value::from(release.version()));
        }
        let mut response = Response::new(Body::from(self.envelope.to_string()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
            .headers_mut()
            .insert("content-type", HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }
}
