//! A request as a command for a shell.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::to_curl;

type Headers = &'static [(&'static str, &'static str)];

#[test]
fn a_command_is_what_a_shell_takes_for_these_words() {
    let json: Headers = &[("Content-Type", "application/json")];
    let with_token: Headers = &[("x-auth-token", "t"), ("A", "b")];
    let with_key: Headers = &[("Idempotency-Key", "k")];
    let cases: &[(&str, &str, Headers, Option<&str>, &str)] = &[
        (
            "GET",
            "https://a.example/it's",
            &[],
            None,
            r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" 'https://a.example/it'\''s'"#,
        ),
        (
            "POST",
            "https://[::1]/a",
            json,
            Some("{\"a\":\"'\"}"),
            r#"curl -X POST --globoff -H "X-Auth-Token: $AUTH_TOKEN" -H 'Content-Type: application/json' --data-raw '{"a":"'\''"}' 'https://[::1]/a'"#,
        ),
        (
            "GET",
            "u",
            with_token,
            None,
            r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" -H 'A: b' 'u'"#,
        ),
        (
            "POST",
            "u",
            with_key,
            None,
            "curl -X POST -H 'Idempotency-Key: k' 'u'",
        ),
        ("", "u", with_key, None, "curl -X '' -H 'Idempotency-Key: k' 'u'"),
        (
            "a;b",
            "u",
            with_key,
            None,
            "curl -X 'a;b' -H 'Idempotency-Key: k' 'u'",
        ),
    ];
    for (method, url, headers, body, expected) in cases {
        assert_eq!(to_curl(method, url, headers, *body), *expected);
    }
}
