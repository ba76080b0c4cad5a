//! Who may ask: tokens, the rate bucket, and pages in browsers.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use simulator::{ACCOUNT_ID, ACCOUNT_NAME, API_KEY, CREDENTIALS, Config, Release, TOKEN};

use crate::kazoo::{BOTH, Kazoo, Tested, USER};

#[tokio::test]
async fn tokens() -> Tested {
    let path = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
    for (release, anonymous, get_without) in [
        (Release::V4_3, true, 200),
        (Release::V4_3, false, 401),
        (Release::V5, true, 401),
    ] {
        let kazoo = Kazoo::with(Config {
            release,
            anonymous,
            ..Config::default()
        })
        .await?;
        assert_eq!(kazoo.ask("GET", &path, "", "").await?.status, get_without);
        assert_eq!(kazoo.ask("POST", &path, "", "").await?.status, 401);
        let dials = kazoo.dials().len();
        for method in ["GET", "POST"] {
            let answer = kazoo.ask(method, &path, "x-auth-token: wrong\r\n", "").await?;
            assert_eq!(
                (answer.status, answer.json()["message"].as_str()),
                (401, Some("invalid_credentials"))
            );
        }
        assert_eq!(kazoo.dials().len(), dials, "401 comes before any call");
        assert!(
            kazoo
                .last()
                .headers
                .contains(&("x-auth-token".to_owned(), "a wrong one".to_owned()))
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_token_in_the_query_opens_and_goes_with_the_call() -> Tested {
    let path = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001?auth_token=");
    for release in BOTH {
        let kazoo = Kazoo::start(release).await?;
        for method in ["GET", "POST"] {
            let answer = kazoo.ask(method, &format!("{path}wrong"), "", "").await?;
            assert_eq!(answer.status, 401);
            let answer = kazoo.ask(method, &format!("{path}{TOKEN}"), "", "").await?;
            let answer = answer.json();
            assert_eq!(answer["auth_token"], TOKEN);
            assert_eq!(answer["data"]["custom_application_vars"]["auth_token"], TOKEN);
        }
    }
    Ok(())
}

#[tokio::test]
async fn tokens_are_issued_and_expire() -> Tested {
    let life = Duration::from_millis(300);
    // A machine that is slow may come too late with a token that was good.
    let opens = |asked: Instant, status: u16| status == 200 || asked.elapsed() >= life;
    let kazoo = Kazoo::with(Config {
        token_ttl: Some(life.as_secs_f64()),
        ..Config::default()
    })
    .await?;
    let path = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
    let by_key = json!({"data": {"api_key": API_KEY}}).to_string();
    let by_name =
        json!({"data": {"credentials": CREDENTIALS, "account_name": ACCOUNT_NAME, "method": "md5"}})
            .to_string();
    let mut tokens = Vec::new();
    let asked = Instant::now();
    for (route, body) in [
        ("api_auth", &by_key),
        ("user_auth", &by_name),
        ("api_auth", &by_key),
    ] {
        let answer = kazoo.ask("PUT", &format!("/v2/{route}"), "", body).await?;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.json()["data"]["account_id"], ACCOUNT_ID);
        let token = answer.json()["auth_token"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(!tokens.contains(&token));
        tokens.push(token);
    }
    let header = format!("x-auth-token: {}\r\n", tokens[0]);
    assert!(opens(asked, kazoo.ask("GET", &path, &header, "").await?.status));
    tokio::time::sleep(life).await;
    assert_eq!(kazoo.ask("GET", &path, &header, "").await?.status, 401);
    let asked = Instant::now();
    let fresh = kazoo.ask("PUT", "/v2/api_auth", "", &by_key).await?;
    let fresh = format!(
        "x-auth-token: {}\r\n",
        fresh.json()["auth_token"].as_str().unwrap_or_default()
    );
    assert!(opens(asked, kazoo.ask("GET", &path, &fresh, "").await?.status));
    kazoo.0.expire_tokens();
    assert_eq!(kazoo.ask("GET", &path, &fresh, "").await?.status, 401);
    let wrong = json!({"data": {"api_key": "0".repeat(64)}}).to_string();
    assert_eq!(kazoo.ask("PUT", "/v2/api_auth", "", &wrong).await?.status, 401);
    assert_eq!(kazoo.ask("GET", "/v2/api_auth", "", "").await?.status, 405);
    Ok(())
}

#[tokio::test]
async fn every_body_echoes_the_token() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    for number in ["1001", "4155550101", "4155550112", "users"] {
        let answer = kazoo
            .api("GET", &format!("{USER}/quickcall/{number}"), "")
            .await?;
        assert_eq!(answer.json()["auth_token"], TOKEN);
        assert!(
            answer.body.starts_with(br#"{"auth_token":"#),
            "first, as in the document"
        );
    }
    let target = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
    let headers = format!("x-auth-token: {TOKEN}\r\nx-request-id: mine\r\n");
    let answer = kazoo.ask("GET", &target, &headers, "").await?;
    assert_eq!(
        (
            answer.json()["request_id"].as_str(),
            answer.header("x-request-id")
        ),
        (Some("mine"), Some("mine"))
    );
    Ok(())
}

#[tokio::test]
async fn every_body_names_its_release() -> Tested {
    for (release, version) in [(Release::V4_3, "4.3.0"), (Release::V5, "5.0.0")] {
        let kazoo = Kazoo::start(release).await?;
        let answer = kazoo.api("POST", &format!("{USER}/quickcall/1001"), "{}").await?;
        assert_eq!(answer.json()["version"], version);
    }
    Ok(())
}

#[tokio::test]
async fn the_rate_bucket() -> Tested {
    let kazoo = Kazoo::with(Config::default()).await?;
    let path = format!("{USER}/quickcall/1001");
    let asked = Instant::now();
    // At once, because what they take flows back on a machine that is slow.
    let answers = join_all((0..200).map(|_| kazoo.api("GET", &path, ""))).await;
    let mut placed = 0;
    for answer in answers {
        let answer = answer?;
        if answer.status == 200 {
            placed += 1;
            continue;
        }
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json()["message"], "too_many_requests");
        assert_eq!(answer.header("retry-after"), None);
    }
    // 50 calls empty it; five flow back in a second.
    let most = 50.0 + 5.0 * asked.elapsed().as_secs_f64();
    assert!(placed >= 50 && f64::from(placed) <= most, "{placed} of {most}");
    assert!(placed < 200, "it is empty at some time");
    assert_eq!(kazoo.dials().len(), placed as usize);
    Ok(())
}

#[tokio::test]
async fn browsers() -> Tested {
    for release in BOTH {
        let kazoo = Kazoo::start(release).await?;
        let target = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
        let answer = kazoo
            .ask("OPTIONS", &target, "origin: https://a.example\r\n", "")
            .await?;
        let allowed = answer.header("access-control-allow-headers").unwrap_or_default();
        assert!(answer.has_cors() && answer.status == 200);
        assert!(allowed.contains("x-auth-token") && allowed.contains("content-type"));
        for refused in ["x-request-id", "idempotency-key"] {
            assert!(!allowed.contains(refused), "{refused}");
        }
        assert_eq!(allowed.contains("authorization"), release == Release::V5);
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let exposed = kazoo.api("GET", &format!("{USER}/quickcall/1"), "").await?;
        let exposed = exposed
            .header("access-control-expose-headers")
            .unwrap_or_default();
        assert!(exposed.contains("x-request-id") && !exposed.contains("retry-after"));
    }
    Ok(())
}
