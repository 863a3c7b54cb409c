//! One question to SiRUP: is this the password of that user? The contract is
//! `sirup-contract.json` beside this crate's Cargo.toml.
//!
//! SiRUP is somebody else's: whatever comes that is not in the contract, or not in
//! time, is no answer. What is said about that is for operators and holds nothing
//! of what was asked or answered.

use akses_domain::sirup::UserName;
use akses_endpoint::Day;
use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use http_body_util::BodyExt;
use serde::de::{Deserialize, Deserializer};
use serde_json::json;
use spin_sdk::http::{FullBody, Request, StatusCode, send};
use spin_sdk::wasip3::clocks::monotonic_clock;
use std::pin::pin;
use zeroize::Zeroizing;

/// From the question to the end of the answer.
const CALL_MS: u64 = 5_000;

/// An answer has some 300 bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// The longest member of an answer.
const MEMBER_CHARS_MAX: usize = 200;

/// A SiRUP password: it has no `Debug`, and its memory is overwritten when it goes.
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// How long it is.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }

    /// Whether no keyboard types it.
    pub(crate) fn has_control_characters(&self) -> bool {
        self.0.chars().any(char::is_control)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// What SiRUP says.
pub(crate) enum Verdict {
    /// It is this user's password.
    Right(Box<User>),
    /// It is not, or there is no such user.
    Wrong,
}

/// A user as the contract has it. Members that we do not know may be added there.
#[derive(serde::Deserialize)]
pub(crate) struct User {
    pub(crate) user_id: String,
    pub(crate) user_name: String,
    pub(crate) registered_on: Day,
    pub(crate) full_name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) work_unit_code: Option<String>,
}

/// Why there is no answer, for operators.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unanswered(pub(crate) String);

impl From<&str> for Unanswered {
    fn from(why: &str) -> Self {
        Self(why.to_owned())
    }
}

/// Asks, and waits no longer than [`CALL_MS`] for the whole answer.
pub(crate) async fn verify(
    origin: &str,
    user_name: &UserName,
    password: &Password,
) -> Result<Verdict, Unanswered> {
    let limit = pin!(monotonic_clock::wait_for(CALL_MS * 1_000_000));
    let answer = pin!(ask(origin, user_name, password));
    match select(answer, limit).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Unanswered(format!("nothing whole within {CALL_MS} ms"))),
    }
}

async fn ask(
    origin: &str,
    user_name: &UserName,
    password: &Password,
) -> Result<Verdict, Unanswered> {
    if origin.is_empty() {
        return Err("variable sirup_origin is not set".into());
    }
    let question = json!({ "user_name": user_name.as_str(), "password": *password.0 }).to_string();
    let request = Request::post(format!("{}/v1/verify", origin.trim_end_matches('/')))
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("content-length", question.len())
        .body(FullBody::new(Bytes::from(question)))
        .map_err(|_| Unanswered::from("variable sirup_origin is no origin"))?;
    let answer = send(request)
        .await
        .map_err(|error| Unanswered(format!("{error}")))?;
    let is_json = answer
        .headers()
        .get("content-type")
        .is_some_and(|value| is_json(value.as_bytes()));
    match answer.status() {
        StatusCode::UNAUTHORIZED => Ok(Verdict::Wrong),
        StatusCode::OK if is_json => {
            let body = read(answer.into_body()).await?;
            let user = parse(&body, user_name)?;
            Ok(Verdict::Right(Box::new(user)))
        }
        StatusCode::OK => Err("200 with something else than JSON".into()),
        status => Err(Unanswered(format!("status {}", status.as_u16()))),
    }
}

fn is_json(content_type: &[u8]) -> bool {
    let end = content_type.iter().position(|byte| *byte == b';');
    let essence = &content_type[..end.unwrap_or(content_type.len())];
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/json")
}

async fn read<B>(mut body: B) -> Result<Bytes, Unanswered>
where
    B: BodyExt<Data = Bytes> + Unpin,
{
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unanswered::from("200 whose body broke off"))?;
        if let Ok(part) = frame.into_data() {
            if whole.len() + part.len() > ANSWER_BYTES_MAX {
                return Err(Unanswered(format!(
                    "200 with more than {ANSWER_BYTES_MAX} bytes"
                )));
            }
            whole.extend_from_slice(&part);
        }
    }
    Ok(whole.freeze())
}

/// The user that was asked about; an answer about somebody else is none.
fn parse(body: &[u8], asked: &UserName) -> Result<User, Unanswered> {
    let user: User = serde_json::from_slice(body)
        .map_err(|_| Unanswered::from("200 with JSON that is not in the contract"))?;
    let members = [Some(&user.user_id), user.full_name.as_ref()]
        .into_iter()
        .chain([user.role.as_ref(), user.work_unit_code.as_ref()]);
    let is_plain = |text: &String| {
        let chars = text.chars().count();
        (1..=MEMBER_CHARS_MAX).contains(&chars) && !text.chars().any(char::is_control)
    };
    if !members.flatten().all(is_plain) {
        return Err("200 with a member that is not in the contract".into());
    }
    match user.user_name.parse::<UserName>() {
        Ok(named) if named.key() == asked.key() => Ok(user),
        _ => Err("200 about another user".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> UserName {
        "Budi".parse().unwrap()
    }

    #[test]
    fn sir_4_an_answer_of_the_contract_is_understood() {
        let body = br#"{"user_id":"7","user_name":"budi","registered_on":"2019-03-04",
            "full_name":"Budi Santoso","role":null,"added_later":{"x":[1]}}"#;
        let user = parse(body, &asked()).unwrap_or_else(|why| panic!("{why:?}"));
        assert_eq!(
            (user.user_id.as_str(), user.user_name.as_str()),
            ("7", "budi")
        );
        assert_eq!(user.registered_on.0.to_string(), "2019-03-04");
        assert_eq!(user.full_name.as_deref(), Some("Budi Santoso"));
        assert_eq!((user.role, user.work_unit_code), (None, None));
    }

    #[test]
    fn sir_4_what_is_not_in_the_contract_is_no_answer_and_is_not_repeated() {
        let long = format!(
            r#"{{"user_id":"{}","user_name":"budi","registered_on":"2019-03-04"}}"#,
            "7".repeat(201)
        );
        for body in [
            "",
            "rahasia",
            "[]",
            r#"{"user_id":"7","user_na"#,
            r#"{"user_id":"7","user_name":"budi"}"#,
            r#"{"user_id":7,"user_name":"budi","registered_on":"2019-03-04"}"#,
            r#"{"user_id":"","user_name":"budi","registered_on":"2019-03-04"}"#,
            r#"{"user_id":"7","user_name":"rahasia","registered_on":"2019-03-04"}"#,
            r#"{"user_id":"7","user_name":"budi","registered_on":"2019-02-30"}"#,
            r#"{"user_id":"7","user_name":"budi","registered_on":"rahasia"}"#,
            r#"{"user_id":"7","user_name":"budi","registered_on":"2019-03-04","role":"\u0000"}"#,
            &long,
        ] {
            let Err(Unanswered(why)) = parse(body.as_bytes(), &asked()) else {
                panic!("taken for an answer: {body}");
            };
            assert!(!why.contains("rahasia") && !why.contains("budi"), "{why}");
        }
    }

    #[test]
    fn json_has_one_content_type() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/json-seq", false),
            ("text/html", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type.as_bytes()), expected, "{content_type}");
        }
    }
}
