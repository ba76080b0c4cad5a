//! What a configuration may say, and what it does to calls.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Call, Config, Issue, Quickcall, Severity, Value};

#[path = "shared/found.rs"]
mod found;

use found::found;

/// A configuration for a server, with these members besides.
fn config(more: &str) -> Value {
    let text = [
        r#"{"baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef""#,
        more,
        "}",
    ];
    Value::from_json(&text.concat()).unwrap()
}

fn quickcall(more: &str) -> Quickcall {
    Quickcall::new(&Config::from_value(config(more), false)).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn a_wrong_configuration_says_everything_at_once() {
    let server =
        r#""baseUrl": "https://kazoo.example.com/v2", "accountId": "0123456789abcdef0123456789abcdef""#;
    let cases: &[(&str, &[&str])] = &[
        ("{SERVER}", &[]),
        ("null", &["wrong_type "]),
        ("[]", &["wrong_type "]),
        ("{}", &["required baseUrl", "required accountId"]),
        (
            r#"{"baseUrl": 7, "accountId": ""}"#,
            &["wrong_type baseUrl", "required accountId"],
        ),
        (
            r#"{"baseUrl": "https://kazoo.example.com", "accountId": "0123456789ABCDEF0123456789ABCDEF"}"#,
            &["not_allowed accountId"],
        ),
        (
            r#"{"baseUrl": "https://kazoo.example.com", "accountId": "0123456789abcdef0123456789abcde"}"#,
            &["not_allowed accountId"],
        ),
        (
            r#"{SERVER, "acountId": "", "x": 1}"#,
            &["unknown_key acountId", "unknown_key x"],
        ),
        (
            r#"{SERVER, "authToken": "string", "allowTokenInBrowser": true}"#,
            &[],
        ),
        (
            r#"{SERVER, "timeout": 20, "cid-name": "x"}"#,
            &["unknown_key timeout", "unknown_key cid-name"],
        ),
        (r#"{SERVER, "authToken": ""}"#, &["required authToken"]),
        // A token that was read with the line break behind it, as of a file.
        (r#"{SERVER, "authToken": "xxxx\n"}"#, &["not_allowed authToken"]),
        (r#"{SERVER, "authToken": "x x"}"#, &["not_allowed authToken"]),
        (r#"{SERVER, "authToken": "xxé"}"#, &["not_allowed authToken"]),
        // What only JavaScript works with.
        (
            r#"{SERVER, "authToken": 5, "fetch": "function", "allowTokenInBrowser": 1}"#,
            &[
                "wrong_type allowTokenInBrowser",
                "wrong_type authToken",
                "wrong_type fetch",
            ],
        ),
        (
            r#"{SERVER, "authToken": null, "fetch": null, "allowTokenInBrowser": null}"#,
            &[
                "wrong_type allowTokenInBrowser",
                "wrong_type authToken",
                "wrong_type fetch",
            ],
        ),
        (
            r#"{"handler": "https://edge.example.com/call", "fetch": {}}"#,
            &["wrong_type fetch"],
        ),
        // Who rings by default.
        (r#"{SERVER, "user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#, &[]),
        (r#"{SERVER, "device": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#, &[]),
        (
            r#"{SERVER, "device": "a", "user": "b"}"#,
            &["unusual device", "not_allowed user", "unusual user"],
        ),
        (r#"{SERVER, "user": "a b"}"#, &["unsafe_character user"]),
        (r#"{SERVER, "endpoint": "sales"}"#, &["not_allowed endpoint"]),
        (
            r#"{"handler": "https://edge.example.com/call", "endpoint": "sales"}"#,
            &[],
        ),
        (
            r#"{"handler": "https://edge.example.com/call", "user": "a", "device": "b"}"#,
            &["not_allowed device", "not_allowed user"],
        ),
        // A handler knows the server.
        (
            r#"{"handler": "https://edge.example.com/call", SERVER, "authToken": ""}"#,
            &[
                "not_allowed baseUrl",
                "not_allowed accountId",
                "not_allowed authToken",
            ],
        ),
        (
            r#"{"handler": "http://edge.example.com/call"}"#,
            &["not_allowed handler"],
        ),
        (
            r#"{"handler": "http://edge.example.com/call", "allowInsecure": true}"#,
            &[],
        ),
        // Switches and durations.
        (
            r#"{SERVER, "allowInsecure": 1, "allowBrowserRepeat": "yes"}"#,
            &["wrong_type allowInsecure", "wrong_type allowBrowserRepeat"],
        ),
        (
            r#"{SERVER, "cooldown": 86400, "deadlineMargin": 86400.0001}"#,
            &[],
        ),
        (r#"{SERVER, "cooldown": 86400.001}"#, &["too_large cooldown"]),
        (
            r#"{SERVER, "cooldown": -1, "deadlineMargin": -1e30}"#,
            &["too_small cooldown", "too_small deadlineMargin"],
        ),
        (
            r#"{SERVER, "cooldown": -0.0001, "deadlineMargin": -0.0}"#,
            &["too_small cooldown"],
        ),
        (
            r#"{SERVER, "cooldown": 1e30, "deadlineMargin": "9"}"#,
            &["too_large cooldown", "wrong_type deadlineMargin"],
        ),
        // Options are judged when they are given.
        (r#"{SERVER, "options": []}"#, &["wrong_type options"]),
        (
            r#"{SERVER, "options": {"timeout": 2, "number": "1", "user": "a", "blocking": 1}}"#,
            &[
                "unknown_key options.number",
                "unknown_key options.user",
                "wrong_type options.blocking",
                "too_small options.timeout",
            ],
        ),
        (
            r#"{SERVER, "options": {"numberFilter": "("}}"#,
            &["number_filter_invalid options.numberFilter"],
        ),
        (
            r#"{SERVER, "options": {"numberFilter": 5, "timeout": 2}}"#,
            &["too_small options.timeout", "wrong_type options.numberFilter"],
        ),
        (
            r#"{"handler": "https://edge.example.com/call", "options": {"number_filter": null}}"#,
            &["wrong_type options.number_filter"],
        ),
        (r#"{SERVER, "options": {"numberFilter": "([0-9]+)"}}"#, &[]),
        (r#"{SERVER, "options": {"number_filter": false}}"#, &[]),
    ];
    for (text, expected) in cases {
        let value = Value::from_json(&text.replace("SERVER", server)).unwrap();
        let issues = match Quickcall::new(&Config::from_value(value, false)) {
            Ok(_) => Vec::new(),
            Err(error) => found(&error.issues),
        };
        assert_eq!(issues, *expected, "{text}");
    }
}

#[test]
fn an_endpoint_of_the_other_way_says_what_to_give() {
    let message = |value: Value| {
        let error = Quickcall::new(&Config::from_value(value, false)).unwrap_err();
        error.issues[0].message.clone()
    };
    assert!(message(config(r#", "endpoint": "sales""#)).contains("give a `device` or a `user`"));
    for name in ["user", "device"] {
        let handler = Value::from([("handler", "https://edge.example.com/call"), (name, "u")]);
        assert!(message(handler).contains("give an `endpoint`"), "{name}");
    }
}

#[test]
fn no_configuration_shows_a_token() {
    let tokens = [
        Value::from("SECRET"),
        Value::IllFormed("SECRET".to_owned()),
        Value::Other("SECRET".to_owned()),
        Value::List(vec![Value::from("SECRET")]),
        Value::from([("SECRET", "SECRET")]),
    ];
    for token in tokens {
        for name in ["authToken", "authtoken", "auth_token"] {
            let server = Config::new("https://kazoo.example.com/v2", "0123456789abcdef0123456789abcdef");
            let config = server
                .with(name, token.clone())
                .with("user", "u")
                .with(name, token.clone());
            for shown in [format!("{config:?}"), format!("{config:#?}")] {
                assert!(!shown.contains("SECRET"), "{shown}");
                for other in [name, "https://kazoo.example.com/v2", "user", "in_page"] {
                    assert!(shown.contains(other), "{other}: {shown}");
                }
            }
        }
    }
    let config = Config::from_value(Value::from("SECRET"), true);
    assert_eq!(format!("{config:?}"), "Config { in_page: true }");
    for url in [
        "https://user:SECRET@kazoo.example.com/v2",
        "https://kazoo.example.com/v2?auth_token=SECRET",
    ] {
        for config in [
            Config::new(url, "0123456789abcdef0123456789abcdef"),
            Config::handler(url),
        ] {
            assert!(!format!("{config:?}").contains("SECRET"), "{config:?}");
        }
    }
    let options = Value::from([("authToken", Value::from("SECRET")), ("timeout", Value::from(7))]);
    let shown = format!(
        "{:?}",
        Config::handler("https://edge.example.com/call").with("options", options)
    );
    assert!(
        !shown.contains("SECRET") && shown.contains("timeout") && shown.contains("edge.example.com"),
        "{shown}"
    );
}

#[test]
fn what_only_a_call_has_is_no_default() {
    let options = config(r#", "options": {"number": "1", "endpoint": "sales"}"#);
    let Err(error) = Quickcall::new(&Config::from_value(options, false)) else {
        panic!("a number is no default");
    };
    for issue in &error.issues {
        assert_eq!(
            issue.message,
            "Calls have this, and their defaults have not. Leave it out."
        );
    }
    assert_eq!(error.issues.len(), 2);
}

#[test]
fn a_function_is_judged_by_its_type() {
    let function = |name: &str| Value::Other(name.to_owned());
    let config = |key: &str, value: Value| Config::from_value(config(""), false).with(key, value);
    for key in ["authToken", "fetch"] {
        assert!(
            Quickcall::new(&config(key, function("function"))).is_ok(),
            "{key}"
        );
        let error = Quickcall::new(&config(key, function("symbol"))).unwrap_err();
        assert_eq!(found(&error.issues), [["wrong_type ", key].concat()]);
        assert_eq!(error.issues[0].received.as_deref(), Some("symbol"));
    }
    // A token is never told, also not one that cannot be sent.
    let error = Quickcall::new(&config("authToken", Value::from("secret\n"))).unwrap_err();
    assert_eq!(found(&error.issues), ["not_allowed authToken"]);
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn a_default_endpoint_rings_where_the_call_names_none() {
    const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for (name, path) in [("user", "/users/"), ("device", "/devices/")] {
        let quickcall = quickcall(&format!(r#", "{name}": "{ID}""#));
        let call = Call::from(Value::from([("number", "1001")]));
        let request = quickcall.build(&call).unwrap();
        let rings = [path, ID, "/quickcall/1001"].concat();
        assert!(request.url.ends_with(&rings), "{}", request.url);
        let own = Call::to_device("dddddddddddddddddddddddddddddddd", "1001");
        let request = quickcall.build(&own).unwrap();
        assert!(
            request.url.contains("/devices/dddddddddddddddddddddddddddddddd/"),
            "{}",
            request.url
        );
    }
}

#[test]
fn an_unusual_default_endpoint_is_told_with_each_call_it_rings_for() {
    let call = Call::from(Value::from([("number", "1001")]));
    for (more, expected) in [
        (r#", "user": "abc""#, &["unusual user"][..]),
        (r#", "device": "abc""#, &["unusual device"]),
        (r#", "user": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#, &[]),
    ] {
        let quickcall = quickcall(more);
        assert_eq!(found(&quickcall.validate(&call)), expected, "{more}");
        assert_eq!(
            found(&quickcall.build(&call).unwrap().warnings),
            expected,
            "{more}"
        );
        let own = Call::to_device("dddddddddddddddddddddddddddddddd", "1001");
        assert_eq!(found(&quickcall.validate(&own)), [""; 0], "{more}");
    }
    // A handler's names are its own.
    let config = Config::handler("https://edge.example.com/call").with("endpoint", "abc");
    let quickcall = Quickcall::new(&config).unwrap();
    assert_eq!(found(&quickcall.validate(&call)), [""; 0]);
}

#[test]
fn an_answer_is_awaited_for_the_ring_time_and_the_margin() {
    let cases = [
        ("", "{}", 40_000),
        ("", r#"{"timeout": 3}"#, 40_000),
        ("", r#"{"timeout": 4}"#, 14_000),
        ("", r#"{"timeout": 600}"#, 610_000),
        ("", r#"{"blocking": false, "timeout": 60}"#, 10_000),
        (r#", "deadlineMargin": 0"#, r#"{"timeout": 20}"#, 20_000),
        (
            r#", "deadlineMargin": 2.5, "options": {"timeout": 20}"#,
            "{}",
            22_500,
        ),
        (r#", "options": {"timeout": 20}"#, r#"{"timeout": 25}"#, 35_000),
    ];
    for (more, options, deadline) in cases {
        let mut call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001");
        let Value::Object(options) = Value::from_json(options).unwrap() else {
            panic!("{options}");
        };
        for (key, value) in options {
            call = call.with(key, value);
        }
        let quickcall = quickcall(more);
        let request = quickcall.build(&call).unwrap();
        assert_eq!(quickcall.deadline(&request), deadline, "{more} {call:?}");
    }
}

#[test]
fn a_cooldown_is_told_in_milliseconds() {
    for (more, cooldown) in [
        ("", 0),
        (r#", "cooldown": 0"#, 0),
        (r#", "cooldown": 1.5"#, 1_500),
        (r#", "cooldown": 86400"#, 86_400_000),
    ] {
        assert_eq!(quickcall(more).cooldown(), cooldown, "{more}");
    }
}

#[test]
fn a_page_refuses_what_its_browser_may_send_twice() {
    // In a page or not, the configuration's members, the call's, and what is found.
    let cases: &[(bool, &str, &str, &[&str])] = &[
        (false, "", r#"{"blocking": false}"#, &[]),
        (false, "", r#"{"timeout": 60}"#, &[]),
        (true, "", "{}", &[]),
        (true, "", r#"{"timeout": 50}"#, &[]),
        (true, "", r#"{"timeout": 51}"#, &["error timeout"]),
        (
            true,
            "",
            r#"{"blocking": true, "timeout": 51}"#,
            &["error timeout"],
        ),
        (true, "", r#"{"blocking": false}"#, &["error blocking"]),
        (
            true,
            "",
            r#"{"blocking": false, "timeout": 51}"#,
            &["error blocking", "error timeout"],
        ),
        (
            true,
            r#", "allowBrowserRepeat": true"#,
            r#"{"timeout": 51}"#,
            &["warning timeout"],
        ),
        (
            true,
            r#", "allowBrowserRepeat": true"#,
            r#"{"blocking": false}"#,
            &["warning blocking"],
        ),
        // A wait that servers end is told everywhere.
        (false, "", r#"{"timeout": 110}"#, &[]),
        (false, "", r#"{"timeout": 111}"#, &["warning timeout"]),
        (false, "", r#"{"timeout": 111, "blocking": false}"#, &[]),
        (
            true,
            r#", "allowBrowserRepeat": true"#,
            r#"{"timeout": 111}"#,
            &["warning timeout", "warning timeout"],
        ),
    ];
    for (in_page, more, options, expected) in cases {
        let quickcall = Quickcall::new(&Config::from_value(config(more), *in_page)).unwrap();
        let mut call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001");
        if let Value::Object(options) = Value::from_json(options).unwrap() {
            for (key, value) in options {
                call = call.with(key, value);
            }
        }
        let issues: Vec<String> = quickcall
            .validate(&call)
            .iter()
            .map(|issue| format!("{} {}", issue.severity.as_str(), issue.path.join(".")))
            .collect();
        assert_eq!(issues, *expected, "{in_page} {more} {options}");
    }
    // The defaults are judged when they are given.
    let config = config(r#", "options": {"blocking": false}"#);
    let error = Quickcall::new(&Config::from_value(config, true)).unwrap_err();
    assert_eq!(found(&error.issues), ["not_allowed options.blocking"]);
}

#[test]
fn vars_of_a_call_take_the_place_of_the_defaults_key_by_key() {
    let quickcall =
        quickcall(r#", "options": {"customApplicationVars": {"site": "a", "page": "b"}, "timeout": 20}"#);
    let vars = Value::from([("page", "c"), ("more", "d")]);
    let call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001");
    let request = quickcall
        .build(&call.clone().with("customApplicationVars", vars))
        .unwrap();
    let body = r#"{"data":{"custom_application_vars":{"site":"a","page":"c","more":"d"},"timeout":20}}"#;
    assert_eq!(request.body.as_deref(), Some(body));
    // Twice in one call is a mistake, and stays one, also where there is a default.
    for name in ["own", "site", "page"] {
        let twice = ["c", "d"].map(|value| (name.to_owned(), Value::from(value)));
        let call = call
            .clone()
            .with("customApplicationVars", Value::Object(twice.to_vec()));
        let expected = ["duplicate_key customApplicationVars.".to_owned() + name];
        assert_eq!(found(&quickcall.validate(&call)), expected);
    }
}

#[test]
fn there_may_be_64_vars() {
    for (count, is_allowed) in [(64, true), (65, false)] {
        let vars = (0..count).map(|place| (format!("v{place}"), Value::from("x")));
        let call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001")
            .with("customApplicationVars", Value::Object(vars.collect()));
        let issues = quickcall("").validate(&call);
        let expected: &[&str] = if is_allowed {
            &[]
        } else {
            &["too_large customApplicationVars"]
        };
        assert_eq!(found(&issues), expected, "{count}");
    }
}

#[test]
fn a_url_of_a_query_may_have_8000_bytes() {
    let quickcall = quickcall("");
    let call = |length: usize| {
        let filler = "x".repeat(length);
        let vars = Value::from([("a", filler.as_str())]);
        Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001")
            .with("customApplicationVars", vars)
            .with("blocking", false)
    };
    let rest = quickcall.build(&call(1)).unwrap().url.len() - 1;
    let longest = quickcall.build(&call(8_000 - rest)).unwrap();
    assert_eq!(longest.url.len(), 8_000);
    assert_eq!(found(&quickcall.validate(&call(8_001 - rest))), ["too_long "]);
    // A body may be longer.
    let long = call(9_000);
    let post = Value::from([("a", "x".repeat(9_000))]);
    assert!(quickcall.build(&long).is_err());
    let call = Call::to_user("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1001").with("customApplicationVars", post);
    assert!(quickcall.build(&call).is_ok());
}

#[test]
fn warnings_come_with_the_request() {
    let call = Call::to_user("unusual-id", "1001").with("timeout", 3);
    let quickcall = quickcall("");
    let request = quickcall.build(&call).unwrap();
    assert_eq!(found(&request.warnings), ["unusual user", "changed timeout"]);
    let is_warning = |issue: &Issue| issue.severity == Severity::Warning && !issue.is_error();
    assert!(request.warnings.iter().all(is_warning));
    assert_eq!(quickcall.validate(&call), request.warnings);
}

#[test]
fn what_is_wrong_is_told_in_whole_sentences() {
    let error = Quickcall::new(&Config::new("kazoo.example.com", "x")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "No call was placed: something that was given is wrong. baseUrl: The URL must start with https://, or with http:// in a \
         private network. accountId: An account id has 32 characters of 0-9 and a-f."
    );
}
