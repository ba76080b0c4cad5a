//! Makes a request and reads a reply, with no more than the crate.

use quickcall::{Call, Config, Quickcall, Reply, State};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::new(
        "https://kazoo.example.com:8443/v2",
        "0123456789abcdef0123456789abcdef",
    );
    let quickcall = Quickcall::new(&config)?;
    let call = Call::to_device("dddddddddddddddddddddddddddddddd", "(415) 555-0100");
    let request = quickcall.build(&call)?;
    assert_eq!(request.number, "4155550100");
    let body =
        br#"{"status": "success", "data": {"application_name": "transfer", "application_response": "SUCCESS",
        "endpoints": [{"outbound_call_id": "0123456789abcdef0123456789abcdef0123-quickcall"}]}}"#;
    let reply = Reply {
        status: 200,
        body: Some(body),
        request_id: None,
        retry_after: None,
        took: 1_000,
        token: None,
    };
    assert_eq!(reply.outcome(request.asked)?.state, State::Started);
    Ok(())
}
