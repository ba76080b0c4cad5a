//! What happens to a call, chosen by the last four digits of the dialled number.

use serde::Serialize;

/// What a scenario does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// The phone is answered.
    Answers,
    /// The switch refuses, or nobody takes the call, with this cause.
    Refused(&'static str),
    /// Nobody answers within the ring time: the false success.
    Unanswered,
    /// The answer takes 15 s.
    Slow,
    /// The call is placed, and the connection ends before the answer.
    ClosedBeforeAnswer,
    /// The call is placed, and the connection ends within the answer's headers.
    ClosedInHeaders,
    /// The call is placed and answered; the connection closes behind the answer.
    ClosedAfterAnswer,
    /// Nothing is placed: the connection ends when the request was read.
    ClosedBeforeCall,
    /// 401 the first time, before any call; answered from then on.
    RefusedOnce,
    /// The call is placed, and the connection ends within the body.
    CutOff,
    /// The call is placed, and no answer ever comes.
    NeverAnswers,
    /// The switch takes the command after the server gave up waiting for that: the answer is a refusal, and the call is placed.
    TakenLate,
    /// The phone is answered; the far party's line sends sound while it rings.
    EarlyMedia,
    /// The phone is forwarded to a number, which is answered: another leg comes in the place of the one that was rung.
    Forwarded,
    /// The call is placed; this status, type and body are the answer.
    Garbage(u16, &'static str, &'static str),
    /// The call is placed; the answer has 2 MB.
    Large,
    /// Nothing is placed; the answer is a redirect with this status.
    Redirect(u16),
    /// Nothing is placed; this status and message are the answer.
    Fails(u16, &'static str),
}

/// A scenario.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Scenario {
    /// The last four digits of the number that chooses it.
    pub digits: &'static str,
    /// What happens, in a line.
    pub title: &'static str,
    /// What happens, to the simulator.
    pub happening: Happening,
}

const fn scenario(digits: &'static str, title: &'static str, happening: Happening) -> Scenario {
    Scenario {
        digits,
        title,
        happening,
    }
}

/// Every scenario. A number that ends otherwise is answered.
pub const SCENARIOS: &[Scenario] = &[
    scenario("0100", "the phone is answered", Happening::Answers),
    scenario("0101", "the phone is busy", Happening::Refused("USER_BUSY")),
    scenario(
        "0102",
        "nobody answers: a success that confirms no call",
        Happening::Unanswered,
    ),
    scenario(
        "0103",
        "the call is rejected",
        Happening::Refused("CALL_REJECTED"),
    ),
    scenario(
        "0104",
        "the phone is out of order",
        Happening::Refused("DESTINATION_OUT_OF_ORDER"),
    ),
    scenario(
        "0105",
        "nobody answers, and the switch says so",
        Happening::Refused("NO_ANSWER"),
    ),
    scenario("0106", "the answer takes 15 seconds", Happening::Slow),
    scenario(
        "0107",
        "the call is placed, the connection closes before the answer",
        Happening::ClosedBeforeAnswer,
    ),
    scenario(
        "0108",
        "the call is placed, the answer is cut off",
        Happening::CutOff,
    ),
    scenario(
        "0109",
        "the call is placed, no answer comes",
        Happening::NeverAnswers,
    ),
    scenario(
        "0110",
        "the call is placed, the answer is text",
        Happening::Garbage(200, "text/plain", "failure in request, contact support"),
    ),
    scenario(
        "0111",
        "the call is placed, the answer has 2 MB",
        Happening::Large,
    ),
    scenario(
        "0112",
        "the database is down",
        Happening::Fails(503, "datastore_unreachable"),
    ),
    scenario("0113", "the server crashes", Happening::Fails(500, "init failed")),
    scenario("0114", "the answer is a redirect", Happening::Redirect(307)),
    scenario(
        "0115",
        "a proxy's page of an error",
        Happening::Garbage(502, "text/html", "<html>Bad Gateway</html>"),
    ),
    scenario(
        "0116",
        "too many requests",
        Happening::Fails(429, "too_many_requests"),
    ),
    scenario("0117", "not allowed", Happening::Fails(403, "forbidden")),
    scenario(
        "0118",
        "a request that took too long",
        Happening::Fails(408, "timeout"),
    ),
    scenario(
        "0119",
        "the connection closes, and nothing is placed",
        Happening::ClosedBeforeCall,
    ),
    scenario(
        "0120",
        "the call is placed, the connection closes within the answer's headers",
        Happening::ClosedInHeaders,
    ),
    scenario(
        "0121",
        "the phone is answered, the connection closes behind the answer",
        Happening::ClosedAfterAnswer,
    ),
    scenario("0122", "the token is refused once", Happening::RefusedOnce),
    scenario(
        "0123",
        "the phone is not registered",
        Happening::Refused("SUBSCRIBER_ABSENT"),
    ),
    scenario(
        "0124",
        "the switch gives up",
        Happening::Refused("ORIGINATOR_CANCEL"),
    ),
    scenario(
        "0125",
        "the answer is a redirect for a GET",
        Happening::Redirect(302),
    ),
    scenario(
        "0126",
        "the call is placed, the answer is a JSON list",
        Happening::Garbage(200, "application/json", "[]"),
    ),
    scenario(
        "0127",
        "the database gives no answer",
        Happening::Fails(503, "datastore_fault"),
    ),
    scenario(
        "0128",
        "the switch is slow: the answer is a refusal, and the call is placed",
        Happening::TakenLate,
    ),
    scenario(
        "0129",
        "the phone is answered, the far party's line sends sound while it rings",
        Happening::EarlyMedia,
    ),
    scenario(
        "0130",
        "the phone is forwarded to a number, which is answered",
        Happening::Forwarded,
    ),
];

/// The scenario of a call to `number`; without one it is answered.
pub(crate) fn of_number(number: &str) -> Option<&'static Scenario> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    SCENARIOS
        .iter()
        .find(|scenario| digits.len() > 4 && digits.ends_with(scenario.digits))
}
