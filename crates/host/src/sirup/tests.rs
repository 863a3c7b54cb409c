//! The stand-in speaks the contract, and is as bad as it says.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use clap::ValueEnum;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

const CONTRACT: &str = include_str!("../../../../components/link-sirup/sirup-contract.json");

async fn start() -> Sirup {
    let options = SirupOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        users: vec!["Budi:kata:sandi:2020-02-29".parse().unwrap()],
        mood: None,
    };
    Sirup::start(options).await.unwrap()
}

/// What comes back; none for a body that does not end, or not well.
async fn ask(sirup: &Sirup, body: Value) -> (StatusCode, Option<Bytes>) {
    let stream = TcpStream::connect(sirup.address).await.unwrap();
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post("/v1/verify")
        .header("host", "sirup")
        .body(Full::new(Bytes::from(body.to_string())))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status();
    let body = http_body_util::Limited::new(answer.into_body(), 1_000_000).collect();
    let body = timeout(Duration::from_millis(1_000), body).await;
    (
        status,
        body.ok().and_then(Result::ok).map(|body| body.to_bytes()),
    )
}

fn members(schema: &Value) -> BTreeSet<String> {
    let properties = schema["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema["required"].as_array().unwrap().iter();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn sir_4_answers_are_those_of_the_contract() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    let schemas = &contract["components"]["schemas"];
    let question = json!({ "user_name": "BUDI", "password": "kata:sandi" });
    let asked: BTreeSet<_> = question.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members(&schemas["Question"]), asked);
    let sirup = start().await;
    let questions = [
        question,
        json!({ "user_name": "pa.kemenkeu", "password": PASSWORD }),
    ];
    for question in questions {
        let (status, body) = ask(&sirup, question).await;
        assert_eq!(status, StatusCode::OK);
        let user: Value = serde_json::from_slice(&body.unwrap()).unwrap();
        let said: BTreeSet<_> = user.as_object().unwrap().keys().cloned().collect();
        assert!(said.is_subset(&members(&schemas["User"])), "{user}");
        assert!(said.is_superset(&required(&schemas["User"])), "{user}");
    }
    for wrong in [
        json!({ "user_name": "Budi", "password": "kata:sandI" }),
        json!({ "user_name": "Tidak Ada", "password": "kata:sandi" }),
    ] {
        assert_eq!(ask(&sirup, wrong).await.0, StatusCode::UNAUTHORIZED);
    }
    let answers: BTreeSet<_> = contract["paths"]["/v1/verify"]["post"]["responses"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(answers, ["200", "401"].into());
    sirup.stop().await;
}

#[tokio::test]
async fn every_mood_is_no_answer_of_the_contract() {
    let sirup = start().await;
    for mood in Mood::value_variants() {
        // It would take a minute.
        if *mood == Mood::Slow {
            continue;
        }
        let name = mood.to_possible_value().unwrap();
        let question = json!({ "user_name": name.get_name(), "password": "x" });
        let (status, body) = ask(&sirup, question).await;
        assert_ne!(status, StatusCode::UNAUTHORIZED, "{mood:?}");
        let user = body.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let is_answer = status == StatusCode::OK
            && user.is_some_and(|user| {
                user["registered_on"].is_string() && user["user_name"] == name.get_name()
            });
        assert!(!is_answer, "{mood:?}");
    }
    sirup.stop().await;
}

#[test]
fn users_are_written_with_or_without_a_number() {
    let user: User = "budi:a:b:2020-01-02".parse().unwrap();
    assert_eq!(
        (user.password.as_str(), user.user_id.as_str()),
        ("a:b", "id-budi")
    );
    let user: User = "budi:a:b:2020-01-02:77".parse().unwrap();
    assert_eq!(
        (user.password.as_str(), user.user_id.as_str()),
        ("a:b", "77")
    );
    for wrong in [
        "",
        "budi",
        "budi:a",
        "budi:a:2020-02-30",
        "budi:a:gestern:77",
    ] {
        assert!(wrong.parse::<User>().is_err(), "{wrong}");
    }
}
