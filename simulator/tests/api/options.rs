//! The options of a call: where they are read from, what their values become, and what crashes on them.

use serde_json::{Value, json};
use simulator::Release;
use std::error::Error;

use crate::kazoo::{BOTH, DEVICE, Kazoo, Tested, USER};

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
async fn an_empty_caller_id_number_is_not_sent() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    for (data, number) in [
        (json!({"cid-number": ""}), Value::Null),
        (json!({"cid-number": "+1"}), json!("+1")),
        (json!({}), json!("1000")),
    ] {
        let body = json!({ "data": data }).to_string();
        let answer = kazoo
            .api("POST", &format!("{USER}/quickcall/1001"), &body)
            .await?;
        assert_eq!(answer.json()["data"]["outbound_callee_id_number"], number);
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
