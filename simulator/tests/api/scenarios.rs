//! What becomes of a call, by its number and by its endpoint.

use simulator::{ACCOUNT_ID, Release, TOKEN};

use crate::kazoo::{BOTH, Kazoo, Tested, USER};

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
            ("0128", 500, 200, 2),
            ("0129", ok, 200, 2),
            ("0130", ok, 200, 2),
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
async fn the_connection_closes_when_an_answer_takes_longer_than_two_minutes() -> Tested {
    let kazoo = Kazoo::start(Release::V4_3).await?;
    // A var with `=` loses the call, and is waited for as long.
    for (number, more, answered) in [
        ("4155550102", "", false),
        ("4155550100", r#","custom_application_vars":{"a":"b=c"}"#, false),
        ("4155550100", "", true),
    ] {
        let body = format!(r#"{{"data":{{"timeout":200{more}}}}}"#);
        let request = format!(
            "POST /v2/accounts/{ACCOUNT_ID}/{USER}/quickcall/{number} HTTP/1.1\r\nhost: x\r\nx-auth-token: \
             {TOKEN}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = kazoo.raw(request.as_bytes()).await?;
        assert_eq!(!answer.is_empty(), answered, "{number} {more}");
    }
    Ok(())
}
