//! A request as a command for a shell.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, Config, Quickcall, Value};

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
const DEVICE: &str = "dddddddddddddddddddddddddddddddd";

fn command(config: &Config, call: &Call) -> String {
    Quickcall::new(config).unwrap().build(call).unwrap().to_curl()
}

#[test]
fn a_request_to_a_server_has_the_token_of_the_shell() {
    let path = format!("accounts/{ACCOUNT}/devices/{DEVICE}/quickcall/1001");
    let call = Call::to_device(DEVICE, "1001");
    for (base_url, call, expected) in [
        (
            "https://a.example/it's",
            call.clone().with("blocking", false),
            format!(r#"curl -X GET -H "X-Auth-Token: $AUTH_TOKEN" 'https://a.example/it'\''s/{path}'"#),
        ),
        (
            "https://[::1]/a",
            call.with("cidName", "Sales"),
            format!(
                r#"curl -X POST --globoff -H "X-Auth-Token: $AUTH_TOKEN" -H 'Content-Type: application/json' --data-raw '{{"data":{{"cid-name":"Sales"}}}}' 'https://[::1]/a/{path}'"#
            ),
        ),
    ] {
        assert_eq!(command(&Config::new(base_url, ACCOUNT), &call), expected);
    }
}

/// A token opens the phone system, and a handler is none.
#[test]
fn a_request_to_a_handler_has_a_key_and_never_a_token() {
    let call = Call::from(Value::from([
        ("endpoint", "sales"),
        ("number", "1001"),
        ("verification", "it's"),
    ]));
    for call in [call.clone(), call.with("blocking", false)] {
        let config = Config::handler("https://edge.example.com/call");
        let command = command(&config, &call);
        assert!(!command.contains("TOKEN"), "{command}");
        assert!(
            command.starts_with(r#"curl -X POST -H "Idempotency-Key: $IDEMPOTENCY_KEY" -H 'Content-Type: "#),
            "{command}"
        );
        assert!(
            command.ends_with(r#""verification":"it'\''s"}' 'https://edge.example.com/call'"#),
            "{command}"
        );
    }
}
