//! The simulator's answers on a real socket, byte for byte as it writes them: what servers do, and no client hides.

use serde_json::{Value, json};
use simulator::{
    ACCOUNT_ID, ACCOUNT_NAME, API_KEY, CREDENTIALS, Config, Received, Release, Simulator, TOKEN,
};
use std::error::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

type Tested = Result<(), Box<dyn Error>>;

const USER: &str = "users/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const DEVICE: &str = "devices/dddddddddddddddddddddddddddddddd";

struct Kazoo(Simulator);

/// An answer: its status, its headers in lower case, its body.
struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
    fn has_cors(&self) -> bool {
        self.headers.contains("access-control-allow-origin: *")
    }
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Kazoo {
    async fn start(release: Release) -> std::io::Result<Kazoo> {
        Kazoo::with(Config {
            release,
            rate_limit: false,
            ..Config::default()
        })
        .await
    }

    async fn with(config: Config) -> std::io::Result<Kazoo> {
        Simulator::start(
            Config {
                speed: 1_000.0,
                ..config
            },
            "127.0.0.1:0",
        )
        .await
        .map(Kazoo)
    }

    /// Everything that comes back until the connection ends.
    async fn raw(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let address = self.0.address();
        let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }

    async fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Result<Answer, Box<dyn Error>> {
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        let bytes = self.raw(request.as_bytes()).await?;
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .ok_or("no answer")?;
        let (head, body) = bytes.split_at(end + 4);
        let head = String::from_utf8_lossy(head).to_lowercase();
        let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
        Ok(Answer {
            status,
            headers: head,
            body: body.to_vec(),
        })
    }

    /// Asks with the token for a path under the account.
    async fn api(&self, method: &str, path: &str, body: &str) -> Result<Answer, Box<dyn Error>> {
        let target = format!("/v2/accounts/{ACCOUNT_ID}/{path}");
        let headers = format!("x-auth-token: {TOKEN}\r\ncontent-type: application/json\r\n");
        self.ask(method, &target, &headers, body).await
    }

    fn last(&self) -> Received {
        self.0.calls().pop().unwrap_or_default()
    }

    fn dials(&self) -> Vec<String> {
        self.0
            .calls()
            .into_iter()
            .filter_map(|call| call.dialled)
            .collect()
    }
}

const BOTH: [Release; 2] = [Release::V4_3, Release::V5];

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
async fn tokens_are_issued_and_expire() -> Tested {
    let kazoo = Kazoo::with(Config {
        token_ttl: Some(0.3),
        ..Config::default()
    })
    .await?;
    let path = format!("/v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/1001");
    let by_key = json!({"data": {"api_key": API_KEY}}).to_string();
    let by_name =
        json!({"data": {"credentials": CREDENTIALS, "account_name": ACCOUNT_NAME, "method": "md5"}})
            .to_string();
    let mut tokens = Vec::new();
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
    assert_eq!(kazoo.ask("GET", &path, &header, "").await?.status, 200);
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    assert_eq!(kazoo.ask("GET", &path, &header, "").await?.status, 401);
    let wrong = json!({"data": {"api_key": "0".repeat(64)}}).to_string();
    assert_eq!(kazoo.ask("PUT", "/v2/api_auth", "", &wrong).await?.status, 401);
    assert_eq!(kazoo.ask("GET", "/v2/api_auth", "", "").await?.status, 405);
    Ok(())
}

#[tokio::test]
async fn the_rate_bucket() -> Tested {
    let kazoo = Kazoo::with(Config::default()).await?;
    let mut refused = 0;
    for _ in 0..60 {
        let answer = kazoo.api("GET", &format!("{USER}/quickcall/1001"), "").await?;
        if answer.status == 429 {
            refused += 1;
            assert_eq!(answer.json()["message"], "too_many_requests");
            assert_eq!(answer.header("retry-after"), None);
        }
    }
    // 50 calls fill it; a little flows back while they are made.
    assert!((1..=10).contains(&refused), "{refused}");
    assert_eq!(kazoo.dials().len(), 60 - refused);
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

#[tokio::test]
async fn the_raw_path_segment_is_dialled() -> Tested {
    for (segment, v4_3, v5) in [
        ("%2B14155550100", Some("+14155550100"), Some("+14155550100")),
        ("+1415", Some("+1415"), Some("+1415")),
        ("%23123", Some("#123"), Some("#123")),
        ("1%2F2", Some("1/2"), Some("1/2")),
        ("%252B1", Some("+1"), Some("%2B1")),
        ("(415)555-0100", Some("(415)555-0100"), Some("(415)555-0100")),
        ("%D9%A1%D9%A2", Some("١٢"), Some("١٢")),
        ("1%202", None, None),
        ("1'2", None, None),
        ("1^2", None, None),
    ] {
        for (release, expected) in [(Release::V4_3, v4_3), (Release::V5, v5)] {
            let kazoo = Kazoo::start(release).await?;
            let answer = kazoo
                .api("GET", &format!("{USER}/quickcall/{segment}"), "")
                .await?;
            assert_eq!(answer.status, 200, "{segment}");
            assert_eq!(kazoo.last().dialled.as_deref(), expected, "{segment}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn malformed_percent_encoding_has_no_body_and_no_cors() -> Tested {
    for (target, releases) in [
        ("quickcall/1%", &BOTH[..]),
        ("quickcall/1%zz", &BOTH[..]),
        ("quickcall/1%FF", &BOTH[..]),
        ("quickcall/1%25", &BOTH[..1]),
        ("quickcall/1?a=%", &BOTH[..]),
    ] {
        for release in releases {
            let kazoo = Kazoo::start(*release).await?;
            let answer = kazoo.api("GET", &format!("{USER}/{target}"), "").await?;
            assert!(matches!(answer.status, 400 | 500), "{target}");
            assert!(answer.body.is_empty() && !answer.has_cors(), "{target}");
            assert!(kazoo.dials().is_empty());
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_server_s_own_filter_changes_only_what_is_shown() -> Tested {
    for (query, shown) in [
        ("", "+14155550100"),
        ("?number_filter=true", "+14155550100"),
        ("?number_filter=false", "+1(415)555-0100"),
        ("?number_filter=%5C((%5Cd%2B)%5C)", "415"),
        ("?number_filter=nothing(x)", "+1(415)555-0100"),
    ] {
        let kazoo = Kazoo::start(Release::V4_3).await?;
        let answer = kazoo
            .api("GET", &format!("{USER}/quickcall/+1(415)555-0100{query}"), "")
            .await?;
        assert_eq!(
            answer.json()["data"]["outbound_caller_id_number"],
            shown,
            "{query}"
        );
        assert_eq!(
            answer.json()["data"]["application_data"]["route"],
            "+1(415)555-0100"
        );
    }
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let body = r#"{"data":{"number_filter":"(5)"}}"#;
    let answer = kazoo
        .api("POST", &format!("{USER}/quickcall/(415)"), body)
        .await?;
    assert_eq!(
        answer.json()["data"]["outbound_caller_id_number"],
        "415",
        "not read from a body"
    );
    let bad = kazoo
        .api("GET", &format!("{USER}/quickcall/1?number_filter=("), "")
        .await?;
    assert_eq!(
        (bad.status, bad.json()["message"].as_str()),
        (500, Some("init failed"))
    );
    for number in [".", "-", "--"] {
        let get = kazoo
            .api("GET", &format!("{USER}/quickcall/{number}"), "")
            .await?;
        assert_eq!(
            (get.status, get.json()["message"].as_str()),
            (500, Some("init failed"))
        );
        let post = kazoo
            .api("POST", &format!("{USER}/quickcall/{number}"), "")
            .await?;
        assert_eq!(
            (post.status, &post.json()["data"]["application_name"]),
            (200, &Value::Null)
        );
    }
    Ok(())
}

/// What of the options a request leads to, or nothing for a crash.
async fn options(release: Release, method: &str, query: &str, data: &Value) -> Result<Value, Box<dyn Error>> {
    let kazoo = Kazoo::start(release).await?;
    let body = if method == "POST" {
        json!({"data": data}).to_string()
    } else {
        String::new()
    };
    kazoo
        .api(method, &format!("{DEVICE}/quickcall/1001{query}"), &body)
        .await?;
    Ok(serde_json::to_value(kazoo.last().options)?)
}

#[tokio::test]
async fn where_options_are_read_from() -> Tested {
    for release in BOTH {
        let in_body = json!({"auto_answer": false, "media": "bypass", "ignore-early-media": false,
            "target_call_id": "t", "timeout": 12, "cid-name": "N%2525", "cid-number": "+1"});
        let read = options(release, "POST", "", &in_body).await?;
        assert_eq!(
            read["auto_answer"],
            release == Release::V4_3,
            "query only before 5"
        );
        assert_eq!(
            (&read["media"], &read["ignore_early_media"]),
            (&json!("bypass"), &json!(false))
        );
        assert_eq!(
            (&read["timeout"], &read["target_call_id"]),
            (&json!(12), &json!("t"))
        );
        assert_eq!(
            (&read["cid_name"], &read["cid_number"]),
            (&json!("N%25"), &json!("+1"))
        );
        let read = options(
            release,
            "POST",
            "?auto_answer=false&timeout=9",
            &json!({"timeout": 12}),
        )
        .await?;
        assert_eq!(
            (&read["auto_answer"], &read["timeout"]),
            (&json!(false), &json!(12))
        );
        let read = options(
            release,
            "GET",
            "?timeout=9&timeout=10&cid-name=A%252BB",
            &Value::Null,
        )
        .await?;
        assert_eq!(read["timeout"], 9, "an option takes the first");
        assert_eq!(
            read["custom_application_vars"]["timeout"], "10",
            "a var takes the last"
        );
        assert_eq!(read["cid_name"], "A+B");
    }
    Ok(())
}

#[tokio::test]
async fn what_values_become() -> Tested {
    for (key, value, read_as, expected) in [
        ("timeout", json!(30.5), "timeout", json!(31)),
        ("timeout", json!(3.2), "timeout", json!(30)),
        ("timeout", json!(3), "timeout", json!(30)),
        ("timeout", json!(4), "timeout", json!(4)),
        ("timeout", json!("abc"), "timeout", json!(30)),
        ("timeout", json!(" 5"), "timeout", json!(30)),
        ("timeout", json!("5"), "timeout", json!(5)),
        ("timeout", Value::Null, "timeout", json!(30)),
        (
            "ignore-early-media",
            json!("True"),
            "ignore_early_media",
            json!(false),
        ),
        (
            "ignore-early-media",
            json!("1"),
            "ignore_early_media",
            json!(false),
        ),
        (
            "ignore-early-media",
            json!("true"),
            "ignore_early_media",
            json!(true),
        ),
        ("media", json!("Bypass"), "media", json!("process")),
        ("cid-name", json!("%41"), "cid_name", json!("A")),
    ] {
        for release in BOTH {
            let read = options(release, "POST", "", &json!({ key: value.clone() })).await?;
            assert_eq!(read[read_as], expected, "{key} {value}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_crashes_a_release() -> Tested {
    for data in [
        json!({"cid-name": 1}),
        json!({"cid-number": 1}),
        json!({"cid-name": "50% off"}),
        json!([]),
    ] {
        for (release, status, message) in [
            (Release::V4_3, 200, None),
            (Release::V5, 500, Some("request execution failed")),
        ] {
            let kazoo = Kazoo::start(release).await?;
            let body = json!({"data": data}).to_string();
            let answer = kazoo
                .api("POST", &format!("{DEVICE}/quickcall/1001"), &body)
                .await?;
            assert_eq!(
                (answer.status, answer.json()["message"].as_str()),
                (status, message),
                "{data}"
            );
            assert!(kazoo.dials().is_empty());
        }
    }
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let answer = kazoo
        .api(
            "GET",
            &format!("{DEVICE}/quickcall/1001?cid-name=50%25%20off"),
            "",
        )
        .await?;
    assert_eq!(
        (answer.status, answer.json()["message"].as_str()),
        (500, Some("init failed"))
    );
    let body = json!({"data": {"custom_application_vars": {"a": {}}}}).to_string();
    let answer = kazoo
        .api("POST", &format!("{DEVICE}/quickcall/1001"), &body)
        .await?;
    assert!(answer.json()["data"]["sip"]["password"].is_string());
    Ok(())
}

#[tokio::test]
async fn custom_application_vars() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let data = json!({"custom_application_vars": {"Foo-Bar": "1", "Realm": "dropped", "empty": "", "none": null,
        "both": "body"}});
    let body = json!({ "data": data }).to_string();
    let answer = kazoo
        .api("POST", &format!("{USER}/quickcall/1001?both=query&x=y"), &body)
        .await?;
    let vars = &answer.json()["data"]["custom_application_vars"];
    assert_eq!(vars, &json!({"foo_bar": "1", "both": "query", "x": "y"}));
    // `=` in any value of a query loses the call, and the answer says success.
    for query in ["page=a%3Db", "cid-name=A%3DB"] {
        kazoo.0.clear();
        let answer = kazoo
            .api("GET", &format!("{USER}/quickcall/1001?{query}"), "")
            .await?;
        assert_eq!(
            (answer.status, answer.json()["status"].as_str()),
            (200, Some("success"))
        );
        assert!(kazoo.dials().is_empty(), "{query}");
    }
    let body = json!({"data": {"custom_application_vars": {"a": "b=c"}}}).to_string();
    let answer = kazoo
        .api("POST", &format!("{USER}/quickcall/1001"), &body)
        .await?;
    assert!(answer.json()["data"]["sip"]["password"].is_string());
    let body = json!({"data": {"custom_application_vars": {"é": "1"}}}).to_string();
    let answer = kazoo
        .api("POST", &format!("{USER}/quickcall/1001"), &body)
        .await?;
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        "failure in request, contact support"
    );
    assert_eq!(kazoo.dials(), ["1001"]);
    Ok(())
}

#[tokio::test]
async fn auto_answer_is_for_one_device_only() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    for (endpoint, legs, applied) in [
        (USER, 1, json!(false)),
        ("users/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 3, Value::Null),
    ] {
        let answer = kazoo
            .api("GET", &format!("{endpoint}/quickcall/1001?auto_answer=false"), "")
            .await?;
        let endpoints = answer.json()["data"]["endpoints"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        assert_eq!(endpoints.len(), legs);
        assert_eq!(endpoints[0]["custom_channel_vars"]["auto_answer"], applied);
    }
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
async fn scenarios_by_number() -> Tested {
    for release in BOTH {
        let kazoo = Kazoo::start(release).await?;
        let ok = if release == Release::V5 { 202 } else { 200 };
        let unanswered = if release == Release::V5 { 500 } else { 200 };
        for (digits, post, get, dials) in [
            ("0100", ok, 200, 2),
            ("0101", 500, 200, 0),
            ("0102", unanswered, 200, 2),
            ("0106", ok, 200, 2),
            ("0110", 200, 200, 2),
            ("0112", 503, 503, 0),
            ("0113", 500, 500, 0),
            ("0114", 307, 307, 0),
            ("0115", 502, 502, 2),
            ("0116", 429, 429, 0),
            ("0117", 403, 403, 0),
            ("0118", 408, 408, 0),
            ("0121", ok, 200, 2),
            ("0122", 401, 200, 1),
            ("0125", 302, 302, 0),
            ("0126", 200, 200, 2),
            ("0127", 503, 503, 0),
        ] {
            kazoo.0.clear();
            for (method, status) in [("POST", post), ("GET", get)] {
                let answer = kazoo
                    .api(method, &format!("{USER}/quickcall/415555{digits}"), "")
                    .await?;
                assert_eq!(answer.status, status, "{method} {digits}");
            }
            assert_eq!(kazoo.dials().len(), dials, "{digits}");
            assert_eq!(kazoo.last().scenario, Some(digits));
        }
        let refused = kazoo
            .api("POST", &format!("{USER}/quickcall/4155550101"), "")
            .await?
            .json();
        assert_eq!(refused["message"], "quickcall initiation failed");
        assert_eq!(refused["data"]["error_message"], "USER_BUSY");
    }
    Ok(())
}

#[tokio::test]
async fn connections_end_where_the_scenario_says() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    let send = async |digits: &str| {
        let request = format!(
            "POST /v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/415555{digits} HTTP/1.1\r\nhost: x\r\nx-auth-token: \
             {TOKEN}\r\ncontent-length: 0\r\n\r\n"
        );
        let answer = kazoo.raw(request.as_bytes()).await.unwrap_or_default();
        (
            String::from_utf8_lossy(&answer).to_lowercase(),
            kazoo.last().dialled.is_some(),
        )
    };
    assert_eq!(send("0119").await, (String::new(), false));
    assert_eq!(send("0107").await, (String::new(), true));
    let (headers, dialled) = send("0120").await;
    assert!(
        dialled && headers.starts_with("http/1.1 200 ok") && !headers.contains("\r\n\r\n"),
        "{headers}"
    );
    let (cut, dialled) = send("0108").await;
    assert!(
        dialled && cut.contains("content-length: 5000") && cut.len() < 1_000,
        "{cut}"
    );
    let (closed, dialled) = send("0121").await;
    assert!(dialled && closed.contains("connection: close") && closed.ends_with('}'));
    let large = kazoo
        .api("POST", &format!("{USER}/quickcall/4155550111"), "")
        .await?;
    assert!(large.body.len() > 2_000_000);
    Ok(())
}

#[tokio::test]
async fn endpoints() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    for endpoint in simulator::ENDPOINTS {
        let path = format!("{}/{}/quickcall/1001", endpoint.kind, endpoint.id);
        let answer = kazoo.api("POST", &path, "").await?;
        let expected = match (endpoint.devices, endpoint.refusal) {
            (0, _) => (500, "unspecified_fault"),
            (_, Some(_)) => (500, "quickcall initiation failed"),
            _ => (200, ""),
        };
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, message.as_str()), expected, "{}", endpoint.title);
    }
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
