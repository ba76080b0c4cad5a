//! The number in the path: what of it is dialled, and what is shown.

use serde_json::Value;
use simulator::Release;

use crate::kazoo::{BOTH, Kazoo, Tested, USER};

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
            assert_eq!(kazoo.0.calls().len(), 1, "{target}");
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
