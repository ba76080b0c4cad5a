//! The websocket, the life of a call, and the channels API, on real sockets.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use simulator::{ACCOUNT_ID, Config, Release, Simulator, TOKEN, Telling};
use std::error::Error;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Tested = Result<(), Box<dyn Error>>;

/// How long anything is waited for. A machine that is busy takes its time.
const WAIT: Duration = Duration::from_secs(60);

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(kazoo: &Simulator) -> Result<Socket, Box<dyn Error>> {
        Ok(Socket(connect_async(kazoo.events_address()).await?.0))
    }

    async fn next(&mut self) -> Result<Value, Box<dyn Error>> {
        loop {
            let message = tokio::time::timeout(WAIT, self.0.next()).await?;
            match message.ok_or("the socket has ended")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => return Err("the socket was closed".into()),
                _ => {}
            }
        }
    }

    async fn ask(&mut self, message: Value) -> Result<Value, Box<dyn Error>> {
        self.0.send(Message::Text(message.to_string().into())).await?;
        self.next().await
    }

    async fn subscribe(&mut self, data: Value) -> Result<Value, Box<dyn Error>> {
        let mut data = data;
        data["account_id"] = Value::from(ACCOUNT_ID);
        self.ask(json!({"action": "subscribe", "auth_token": TOKEN, "request_id": "r1", "data": data}))
            .await
    }

    /// Events up to the last leg's end: name, call id and data.
    async fn until_end(&mut self, legs: usize) -> Result<Vec<(String, Value)>, Box<dyn Error>> {
        let mut events = Vec::new();
        let mut ended = 0;
        while ended < legs {
            let event = self.next().await?;
            let name = event["name"].as_str().unwrap_or("").to_owned();
            ended += usize::from(name == "CHANNEL_DESTROY");
            events.push((name, event["data"].clone()));
        }
        Ok(events)
    }
}

async fn start(release: Release, speed: f64) -> std::io::Result<Simulator> {
    let config = Config {
        release,
        speed,
        rate_limit: false,
        ..Config::default()
    };
    Simulator::start(config, "127.0.0.1:0").await
}

async fn http(
    kazoo: &Simulator,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, Value), Box<dyn Error>> {
    let mut stream = TcpStream::connect(kazoo.address().trim_start_matches("http://")).await?;
    let length = body.len();
    let request = format!(
        "{method} /v2/accounts/{ACCOUNT_ID}/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-auth-token: {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).unwrap_or("").parse()?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, serde_json::from_str(body).unwrap_or_default()))
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events
        .iter()
        .map(|(name, _)| name.trim_start_matches("CHANNEL_"))
        .collect()
}

const ONE: &str = "users/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/quickcall";
const THREE: &str = "users/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/quickcall";

#[tokio::test]
async fn answers_as_the_server_words_them() -> Tested {
    let kazoo = start(Release::V4_3, 1.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    assert_eq!(
        socket.ask(json!({"action": "ping"})).await?,
        json!({"response": "pong"})
    );
    let data = json!({"account_id": ACCOUNT_ID, "binding": "call.*.*"});
    let wrong =
        json!({"action": "subscribe", "auth_token": "a-wrong-token", "request_id": "r0", "data": data});
    let errors = json!({"errors": ["failed to authenticate token a-wrong-token"]});
    assert_eq!(
        socket.ask(wrong).await?,
        json!({"action": "reply", "request_id": "r0", "status": "error", "data": errors})
    );
    let right = socket
        .subscribe(json!({"binding": "call.CHANNEL_ANSWER.*"}))
        .await?;
    assert_eq!(right["status"], "success");
    assert_eq!(right["request_id"], "r1");
    // The list of bindings is of release 5.
    let list = json!({"bindings": ["call.CHANNEL_CREATE.*"]});
    assert_eq!(socket.subscribe(list.clone()).await?["status"], "error");
    assert_eq!(
        socket.subscribe(json!({"binding": "call.NOTHING.*"})).await?["status"],
        "error"
    );
    let five = start(Release::V5, 1.0).await?;
    let mut socket = Socket::open(&five).await?;
    assert_eq!(socket.subscribe(list).await?["status"], "success");
    Ok(())
}

#[tokio::test]
async fn takes_no_subprotocol() -> Tested {
    let kazoo = start(Release::V4_3, 1.0).await?;
    let mut request = kazoo.events_address().into_client_request()?;
    request
        .headers_mut()
        .insert("sec-websocket-protocol", "kazoo".parse()?);
    let refused = connect_async(request).await;
    assert!(refused.is_err(), "a client that offers one ends the connection");
    Ok(())
}

#[tokio::test]
async fn tells_the_life_of_a_call() -> Tested {
    for release in [Release::V4_3, Release::V5] {
        let kazoo = start(release, 50.0).await?;
        let mut socket = Socket::open(&kazoo).await?;
        socket.subscribe(json!({"binding": "call.*.*"})).await?;
        let path = format!("{ONE}/+14155550100?My-Var=7");
        let (status, answer) = http(&kazoo, "GET", &path, "").await?;
        assert_eq!(status, 200);
        let call_id = answer["data"]["endpoints"][0]["outbound_call_id"].clone();
        let events = socket.until_end(2).await?;
        let expected = [
            "CREATE", "ANSWER", "CREATE", "ANSWER", "BRIDGE", "DESTROY", "DESTROY",
        ];
        assert_eq!(names(&events), expected);
        let own: Vec<&(String, Value)> = events
            .iter()
            .filter(|(_, data)| data["call_id"] == call_id)
            .collect();
        for (name, data) in own {
            let is_early = name == "CHANNEL_CREATE" || name == "CHANNEL_ANSWER";
            let vars = &data["custom_application_vars"];
            let has_var = vars["my_var"] == "7";
            assert_eq!(has_var, is_early || release == Release::V5, "{name} {vars}");
        }
        let (_, bridge) = &events[4];
        assert_eq!(bridge["call_id"], call_id);
        assert_eq!(bridge["other_leg_call_id"], events[2].1["call_id"]);
        let (_, end) = &events[6];
        assert_eq!(end["hangup_cause"], "NORMAL_CLEARING");
        assert!(end["duration_seconds"].is_string());
    }
    Ok(())
}

#[tokio::test]
async fn connects_a_line_that_sends_sound_while_it_rings() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    http(&kazoo, "GET", &format!("{ONE}/+14155550129"), "").await?;
    let events = socket.until_end(2).await?;
    let expected = [
        "CREATE", "ANSWER", "CREATE", "BRIDGE", "ANSWER", "DESTROY", "DESTROY",
    ];
    assert_eq!(names(&events), expected);
    Ok(())
}

#[tokio::test]
async fn a_forwarded_phone_gives_way_to_its_number() -> Tested {
    let rings = [
        "CREATE", "CREATE", "CREATE", "ANSWER", "ANSWER", "ANSWER", "BRIDGE",
    ];
    let gives_way = ["DESTROY", "DESTROY"];
    let connects = ["CREATE", "ANSWER", "BRIDGE"];
    for (release, then) in [
        (
            Release::V4_3,
            [&gives_way[..], &connects, &["DESTROY", "DESTROY"]].concat(),
        ),
        (
            Release::V5,
            [&connects[..], &["BRIDGE"], &gives_way, &["DESTROY", "DESTROY"]].concat(),
        ),
    ] {
        let kazoo = start(release, 50.0).await?;
        let mut socket = Socket::open(&kazoo).await?;
        socket.subscribe(json!({"binding": "call.*.*"})).await?;
        let path = format!("{ONE}/+14155550130");
        let (_, answer) = http(&kazoo, "GET", &path, "").await?;
        let rung = &answer["data"]["endpoints"][0]["outbound_call_id"];
        let events = socket.until_end(4).await?;
        assert_eq!(names(&events), [&rings[..], &then].concat());
        // The half of the number says whose half it is, and what it is connected to.
        let [_, (_, half), (_, behind), ..] = &events[..] else {
            return Err("no legs".into());
        };
        let (_, bridge) = &events[6];
        assert_eq!(bridge["call_id"], half["call_id"]);
        assert_eq!(&bridge["channel_loopback_other_leg_id"], rung);
        assert_eq!(bridge["other_leg_call_id"], behind["call_id"]);
        let causes = events.iter().filter(|(name, _)| name == "CHANNEL_DESTROY");
        let causes: Vec<_> = causes
            .map(|(_, end)| end["hangup_cause"].as_str().unwrap_or(""))
            .collect();
        assert_eq!(causes, ["BOWOUT", "BOWOUT", "NORMAL_CLEARING", "NORMAL_CLEARING"]);
        assert_eq!(
            events.last().map(|(_, end)| &end["call_id"]),
            Some(&behind["call_id"])
        );
    }
    Ok(())
}

#[tokio::test]
async fn rings_every_device_and_lets_one_win() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    http(&kazoo, "GET", &format!("{THREE}/+14155550100"), "").await?;
    let events = socket.until_end(4).await?;
    assert_eq!(names(&events)[..4], ["CREATE", "CREATE", "CREATE", "ANSWER"]);
    let lost = events
        .iter()
        .filter(|(_, data)| data["hangup_cause"] == "LOSE_RACE");
    assert_eq!(lost.count(), 2);
    Ok(())
}

#[tokio::test]
async fn tells_why_a_phone_was_not_reached() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    for (number, cause) in [("+14155550101", "USER_BUSY"), ("+14155550102", "NO_ANSWER")] {
        http(&kazoo, "GET", &format!("{ONE}/{number}"), "").await?;
        let events = socket.until_end(1).await?;
        assert_eq!(names(&events), ["CREATE", "DESTROY"]);
        assert_eq!(events[1].1["hangup_cause"], cause);
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_that_was_not_found_has_no_events() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    let unregistered = "devices/d0000000000000000000000000000003/quickcall/1001";
    for (path, cause) in [
        (unregistered.to_owned(), "USER_NOT_REGISTERED"),
        (format!("{ONE}/+14155550104"), "DESTINATION_OUT_OF_ORDER"),
        (format!("{ONE}/+14155550123"), "SUBSCRIBER_ABSENT"),
    ] {
        assert_eq!(http(&kazoo, "GET", &path, "").await?.0, 200);
        let (status, answer) = http(&kazoo, "POST", &path, "").await?;
        assert_eq!(
            (status, answer["data"]["error_message"].as_str()),
            (500, Some(cause))
        );
    }
    // What comes first is of the call that follows.
    http(&kazoo, "GET", &format!("{ONE}/+14155550101"), "").await?;
    assert_eq!(socket.until_end(1).await?[1].1["hangup_cause"], "USER_BUSY");
    Ok(())
}

#[tokio::test]
async fn a_post_says_that_its_phone_was_hung_up_while_it_rang() -> Tested {
    for number in ["+14155550106", "+14155550102"] {
        let kazoo = start(Release::V4_3, 1.0).await?;
        let mut socket = Socket::open(&kazoo).await?;
        socket.subscribe(json!({"binding": "call.*.*"})).await?;
        let hang_up = async {
            let event = socket.next().await?;
            let path = format!("channels/{}", event["data"]["call_id"].as_str().unwrap_or(""));
            http(&kazoo, "POST", &path, r#"{"data":{"action":"hangup"}}"#).await
        };
        let path = format!("{ONE}/{number}");
        let both = async { tokio::join!(http(&kazoo, "POST", &path, ""), hang_up) };
        let (answer, hung_up) = tokio::time::timeout(WAIT, both).await?;
        assert_eq!(hung_up?.0, 200);
        let (status, answer) = answer?;
        assert_eq!(
            (status, answer["data"]["error_message"].as_str()),
            (500, Some("ORIGINATOR_CANCEL"))
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_dropped_simulator_ends_what_is_open() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    assert!(socket.ask(json!({"action": "ping"})).await.is_ok());
    let mut kept = TcpStream::connect(kazoo.address().trim_start_matches("http://")).await?;
    let request = format!(
        "GET /v2/accounts/{ACCOUNT_ID}/{ONE}/1001 HTTP/1.1\r\nhost: x\r\nx-auth-token: {TOKEN}\r\n\r\n"
    );
    kept.write_all(request.as_bytes()).await?;
    assert!(kept.read(&mut [0; 4_096]).await? > 0);
    drop(kazoo);
    let mut rest = Vec::new();
    let end = kept.read_to_end(&mut rest);
    assert!(tokio::time::timeout(WAIT, end).await.is_ok());
    assert!(
        socket
            .next()
            .await
            .is_err_and(|error| !error.is::<tokio::time::error::Elapsed>())
    );
    Ok(())
}

#[tokio::test]
async fn hangs_up_and_knows_the_channel_no_more() -> Tested {
    // Slow enough that the call goes on until it is hung up.
    let kazoo = start(Release::V4_3, 0.1).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    let (_, answer) = http(&kazoo, "GET", &format!("{ONE}/+14155550100"), "").await?;
    let id = answer["data"]["endpoints"][0]["outbound_call_id"]
        .as_str()
        .unwrap_or("");
    let path = format!("channels/{id}");
    assert_eq!(http(&kazoo, "GET", &path, "").await?.0, 200);
    let hangup = r#"{"data":{"action":"hangup"}}"#;
    assert_eq!(http(&kazoo, "POST", &path, hangup).await?.0, 200);
    let events = socket.until_end(1).await?;
    assert_eq!(
        events.last().map(|(_, data)| data["hangup_cause"].clone()),
        Some(json!("ORIGINATOR_CANCEL"))
    );
    assert_eq!(http(&kazoo, "GET", &path, "").await?.0, 404);
    assert_eq!(http(&kazoo, "POST", &path, hangup).await?.0, 404);
    Ok(())
}

#[tokio::test]
async fn tells_events_badly_on_request() -> Tested {
    let kazoo = start(Release::V4_3, 50.0).await?;
    let mut socket = Socket::open(&kazoo).await?;
    socket.subscribe(json!({"binding": "call.*.*"})).await?;
    kazoo.tell_events(Telling {
        dropped: vec!["CHANNEL_ANSWER".to_owned()],
        repeated: 1,
        foreign: true,
        ..Telling::default()
    });
    http(&kazoo, "GET", &format!("{ONE}/+14155550101"), "").await?;
    let events = socket.until_end(3).await?;
    // Somebody else's, then the call's own, twice.
    assert_eq!(
        names(&events),
        ["CREATE", "CREATE", "CREATE", "DESTROY", "DESTROY", "DESTROY"]
    );
    kazoo.close_sockets();
    assert!(socket.next().await.is_err());
    kazoo.tell_events(Telling {
        refused: true,
        ..Telling::default()
    });
    assert!(Socket::open(&kazoo).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_webhook_may_have_an_ipv6_address() -> Tested {
    let hooks = tokio::net::TcpListener::bind("[::1]:0").await?;
    let config = Config {
        webhook: Some(format!("http://{}/hook", hooks.local_addr()?).parse()?),
        ..Config::default()
    };
    let kazoo = Simulator::start(config, "127.0.0.1:0").await?;
    http(&kazoo, "GET", &format!("{ONE}/+14155550101"), "").await?;
    tokio::time::timeout(WAIT, hooks.accept()).await??;
    Ok(())
}

#[tokio::test]
async fn posts_each_event_to_a_webhook() -> Tested {
    let hooks = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let config = Config {
        speed: 50.0,
        rate_limit: false,
        webhook: Some(format!("http://{}/hook?a=b", hooks.local_addr()?).parse()?),
        ..Config::default()
    };
    let kazoo = Simulator::start(config, "127.0.0.1:0").await?;
    http(&kazoo, "GET", &format!("{ONE}/+14155550101?My-Var=7"), "").await?;
    let mut posted = Vec::new();
    for _ in 0..2 {
        let (mut stream, _) = tokio::time::timeout(WAIT, hooks.accept()).await??;
        let mut text = String::new();
        let mut bytes = [0; 4_096];
        while !text.ends_with('}') {
            let count = stream.read(&mut bytes).await?;
            assert!(count > 0, "{text}");
            text.push_str(std::str::from_utf8(&bytes[..count])?);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .await?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or("no body")?;
        assert!(head.starts_with("POST /hook?a=b HTTP/1.1"), "{head}");
        posted.push(serde_json::from_str::<Value>(body)?);
    }
    posted.sort_by_key(|payload| payload["hook_event"].to_string());
    assert_eq!(posted[0]["hook_event"], "channel_create");
    assert_eq!(posted[0]["custom_application_vars"], json!({"My-Var": "7"}));
    assert_eq!(posted[0]["account_id"], ACCOUNT_ID);
    assert_eq!(posted[1]["hook_event"], "channel_destroy");
    assert_eq!(posted[1]["hangup_cause"], "USER_BUSY");
    Ok(())
}
