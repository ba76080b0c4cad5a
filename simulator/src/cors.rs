//! Cross-origin requests, as the server answers browsers.

use crate::release::Release;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response};

const EXPOSED: &str = "content-type, x-auth-token, x-request-id, x-kazoo-cluster-id, location, etag";

/// Adds what lets a page of any origin read the answer.
pub(crate) fn allow(headers: &mut HeaderMap) {
    headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    headers.insert("access-control-expose-headers", HeaderValue::from_static(EXPOSED));
}

/// The answer to a preflight. A header that is not named in it fails the preflight in the browser.
pub(crate) fn preflight(release: Release) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    allow(response.headers_mut());
    let allowed = match release {
        Release::V4_3 => {
            "content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, \
                          if-modified-since, x-file-name, cache-control, x-auth-token, if-match"
        }
        Release::V5 => {
            "content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, \
                        if-modified-since, x-file-name, cache-control, x-auth-token, if-match, authorization"
        }
    };
    let headers = response.headers_mut();
    headers.insert("access-control-allow-headers", HeaderValue::from_static(allowed));
    headers.insert(
        "access-control-allow-methods",
        HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS"),
    );
    headers.insert("access-control-max-age", HeaderValue::from_static("86400"));
    response
}
