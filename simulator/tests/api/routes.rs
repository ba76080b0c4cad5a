//! Which routes there are, with which methods, and what their bodies may be.

use serde_json::json;
use simulator::{ACCOUNT_ID, Release, TOKEN};
use std::time::Duration;

use crate::kazoo::{BOTH, DEVICE, Kazoo, Tested, USER};

#[tokio::test]
async fn routes_and_methods() -> Tested {
    for release in BOTH {
        let kazoo = Kazoo::start(release).await?;
        for (method, path, status, message) in [
            ("GET", format!("{USER}/quickcall/1001"), 200, ""),
            ("GET", format!("{DEVICE}/quickcall/1001"), 200, ""),
            ("PUT", format!("{USER}/quickcall/1001"), 405, "method_not_allowed"),
            (
                "PATCH",
                format!("{USER}/quickcall/1001"),
                405,
                "method_not_allowed",
            ),
            (
                "DELETE",
                format!("{USER}/quickcall/1001"),
                405,
                "method_not_allowed",
            ),
            ("GET", "groups/aaaa/quickcall/1001".to_owned(), 500, "init failed"),
            (
                "GET",
                format!("users/aaaa/{DEVICE}/quickcall/1001"),
                500,
                "init failed",
            ),
            (
                "GET",
                "users/unknown/quickcall/1001".to_owned(),
                404,
                "bad_identifier",
            ),
            ("GET", format!("{USER}/quickcall/users"), 200, ""),
            ("GET", format!("{USER}/quickcall/devices"), 200, ""),
            (
                "POST",
                format!("{USER}/quickcall/devices"),
                405,
                "method_not_allowed",
            ),
            ("GET", format!("{USER}/quickcall/vmboxes"), 404, "not_found"),
            ("GET", format!("{USER}/quickcall/quickcall"), 404, "not_found"),
            ("GET", "users".to_owned(), 200, ""),
            ("GET", "nothing".to_owned(), 404, "not_found"),
        ] {
            let answer = kazoo.api(method, &path, "").await?;
            let said = answer.json()["message"].as_str().unwrap_or_default().to_owned();
            assert_eq!(
                (answer.status, said.as_str()),
                (status, message),
                "{method} {path}"
            );
            assert!(answer.has_cors(), "{method} {path}");
        }
        assert_eq!(kazoo.dials(), ["1001", "1001"]);
        assert_eq!(
            kazoo
                .api("HEAD", &format!("{USER}/quickcall/1"), "")
                .await?
                .status,
            405
        );
        let other = format!("/v2/accounts/{}/{USER}/quickcall/1", "f".repeat(32));
        let answer = kazoo
            .ask("GET", &other, &format!("x-auth-token: {TOKEN}\r\n"), "")
            .await?;
        assert_eq!(answer.status, 404);
    }
    Ok(())
}

#[tokio::test]
async fn a_key_named_verb_replaces_the_method() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let path = format!("{USER}/quickcall/1001");
    assert_eq!(
        kazoo.api("GET", &format!("{path}?verb=delete"), "").await?.status,
        405
    );
    assert_eq!(
        kazoo
            .api("POST", &path, r#"{"data":{"verb":"put"}}"#)
            .await?
            .status,
        405
    );
    assert!(kazoo.dials().is_empty());
    let answer = kazoo.api("GET", &format!("{path}?verb=post"), "").await?;
    assert_eq!(answer.json()["data"]["application_response"], "SUCCESS");
    Ok(())
}

#[tokio::test]
async fn answers_to_bodies() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let path = format!("{USER}/quickcall/1001");
    for (body, status) in [
        ("{", 400),
        ("{}", 400),
        ("[]", 400),
        ("{\"x\":1}", 400),
        ("", 200),
        ("{\"data\":{}}", 200),
    ] {
        assert_eq!(kazoo.api("POST", &path, body).await?.status, status, "{body}");
    }
    let target = format!("/v2/accounts/{ACCOUNT_ID}/{path}");
    let headers = format!("x-auth-token: {TOKEN}\r\ncontent-type: text/plain\r\n");
    assert_eq!(
        kazoo
            .ask("POST", &target, &headers, "{\"data\":{}}")
            .await?
            .status,
        415
    );
    let large = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(8_000_000));
    assert_eq!(kazoo.api("POST", &path, &large).await?.status, 413);
    assert_eq!(kazoo.dials().len(), 2);
    assert_eq!(kazoo.last().method, "POST");
    assert_eq!(kazoo.0.calls().len(), 8, "a refused one is kept as well");
    let broken =
        format!("POST {target} HTTP/1.1\r\nhost: x\r\n{headers}transfer-encoding: chunked\r\n\r\nzz\r\n");
    let answer = kazoo.raw(broken.as_bytes()).await?;
    assert!(answer.starts_with(b"HTTP/1.1 400 "));
    Ok(())
}

#[tokio::test]
async fn a_get_dials_again_and_says_not_modified() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let target = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
    let first = kazoo.api("GET", &format!("{USER}/quickcall/1001"), "").await?;
    let tag = first.header("etag").ok_or("no entity tag")?;
    let headers = format!("x-auth-token: {TOKEN}\r\nif-none-match: {tag}\r\n");
    assert_eq!(kazoo.ask("GET", &target, &headers, "").await?.status, 304);
    assert_eq!(kazoo.dials().len(), 2);
    Ok(())
}

#[tokio::test]
async fn what_was_received_can_be_asked_for_and_forgotten() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let body = r#"{"data":{"timeout":12}}"#;
    kazoo
        .api("POST", &format!("{USER}/quickcall/4155550100"), body)
        .await?;
    let calls = kazoo.ask("GET", "/_simulator/calls", "", "").await?.json();
    let call = &calls[0];
    assert_eq!(
        (&call["method"], &call["dialled"], &call["body"]),
        (&json!("POST"), &json!("4155550100"), &json!(body))
    );
    assert_eq!(
        call["target"],
        format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/4155550100")
    );
    assert_eq!(call["originate"]["application_data"]["route"], "4155550100");
    assert!(!calls.to_string().contains(TOKEN));
    let about = kazoo.ask("GET", "/_simulator/about", "", "").await?.json();
    assert_eq!(about["accountId"], ACCOUNT_ID);
    assert_eq!(
        kazoo.ask("DELETE", "/_simulator/calls", "", "").await?.status,
        204
    );
    assert_eq!(
        kazoo.ask("GET", "/_simulator/calls", "", "").await?.json(),
        json!([])
    );
    Ok(())
}

#[tokio::test]
async fn events_are_told_again_a_hundred_times_at_most() -> Tested {
    let kazoo = Kazoo::start(Release::V5).await?;
    let json = "content-type: application/json\r\n";
    let most = json!({"repeated": u32::MAX}).to_string();
    let answer = kazoo.ask("PUT", "/_simulator/events", json, &most).await?;
    assert_eq!(answer.status, 204);
    let telling = kazoo.ask("GET", "/_simulator/events", "", "").await?.json();
    assert_eq!(telling["repeated"], 100);
    for number in ["4155550100", "4155550101"] {
        let path = format!("{USER}/quickcall/{number}");
        let answered = tokio::time::timeout(Duration::from_secs(60), kazoo.api("GET", &path, ""));
        assert_ne!(answered.await??.status, 0);
    }
    Ok(())
}
