//! The import against a stand-in for the service, over a real socket.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::*;

const TOKEN: &str = "rahasia";

/// Every request's path and body, in order.
type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// Takes every row whose text has no `salah` in it.
async fn stand_in() -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let requests = seen.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let requests = requests.clone();
            let service = service_fn(move |request| take(request, requests.clone()));
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    (address, seen)
}

async fn take(request: Request<Incoming>, seen: Seen) -> Result<Response<Full<Bytes>>, Infallible> {
    let authorised = request.headers().get(header::AUTHORIZATION)
        == Some(&format!("Bearer {TOKEN}").parse().unwrap());
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let wrong = body.lines().position(|line| line.contains("salah"));
    let (status, answer) = match wrong {
        _ if !authorised => (401, "{}".to_owned()),
        Some(index) => {
            let line = index + 1;
            let error = format!(r#"{{"line":{line},"field":"name","detail":"tidak boleh"}}"#);
            (422, format!(r#"{{"errors":[{error}]}}"#))
        }
        None => {
            let added = body.lines().count() - 1;
            (
                200,
                format!(r#"{{"added":{added},"changed":0,"unchanged":0}}"#),
            )
        }
    };
    seen.lock().unwrap().push((path, body));
    let answer = Response::builder().status(status).body(Full::from(answer));
    Ok(answer.unwrap())
}

fn source(kind: &'static str, text: &str) -> Source {
    Source {
        kind,
        name: format!("{kind}.csv"),
        text: text.to_owned(),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 27).unwrap()
}

#[tokio::test]
async fn sends_bounded_chunks_and_counts() {
    let (address, seen) = stand_in().await;
    let mut institutions = "code,name,kind,zone\n".to_owned();
    for number in 0..1_001 {
        institutions.push_str(&format!("I{number},Instansi {number},Lembaga,WIB\n"));
    }
    let mut client = Client::connect(&format!("http://{address}"), TOKEN)
        .await
        .unwrap();
    let said = Mutex::new(Vec::new());
    let sources = vec![source("institutions", &institutions)];
    import(&mut client, sources, today(), |line| {
        said.lock().unwrap().push(line)
    })
    .await
    .unwrap();
    let seen = seen.lock().unwrap();
    let rows: Vec<_> = seen
        .iter()
        .map(|(_, body)| body.lines().count() - 1)
        .collect();
    assert_eq!(rows, [500, 500, 1]);
    assert!(seen.iter().all(|(path, body)| {
        path == "/internal/import/institutions" && body.starts_with("code,name,kind,zone\n")
    }));
    let said = said.into_inner().unwrap();
    assert_eq!(said, ["institutions: 1001 new, 0 changed, 0 unchanged"]);
}

#[tokio::test]
async fn a_wrong_row_is_named_by_its_line_and_later_files_wait() {
    let (address, seen) = stand_in().await;
    let mut institutions = "code,name,kind,zone\n".to_owned();
    for number in 0..600 {
        let name = if number == 550 { "salah" } else { "benar" };
        institutions.push_str(&format!("I{number},{name},Lembaga,WIB\n"));
    }
    let mut client = Client::connect(&format!("http://{address}"), TOKEN)
        .await
        .unwrap();
    let mut kinds = KINDS.iter();
    let kind = kinds.find(|kind| kind.name == "institutions").unwrap();
    let table = Table::parse("institutions.csv", &institutions, kind.columns).unwrap();
    let (tally, errors) = send(&mut client, kind, &table).await.unwrap();
    assert_eq!(tally.added, 500);
    let lines: Vec<_> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [552], "row 550 stands on line 552 of the file");

    let sources = vec![
        source("institutions", &institutions),
        source("work-units", "code,institution,name,address\nU,I0,Unit,\n"),
    ];
    let result = import(&mut client, sources, today(), drop).await;
    assert!(
        result
            .unwrap_err()
            .to_string()
            .starts_with("not all of institutions.csv")
    );
    let seen = seen.lock().unwrap();
    assert!(seen.iter().all(|(path, _)| path.ends_with("/institutions")));
}

#[tokio::test]
async fn nothing_is_sent_when_any_file_is_malformed() {
    let (address, seen) = stand_in().await;
    let mut client = Client::connect(&format!("http://{address}"), TOKEN)
        .await
        .unwrap();
    let sources = vec![
        source(
            "roles",
            "code,name,authority,verified_by,decree,registrable,duty\n",
        ),
        source("accesses", "email,role\nx,y\n"),
    ];
    assert!(import(&mut client, sources, today(), drop).await.is_err());
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_token_and_a_missing_service_are_clear() {
    let (address, _) = stand_in().await;
    let service = format!("http://{address}");
    let sources = || vec![source("institutions", "code,name,kind,zone\nA,B,C,D\n")];
    let refused = import_into(&service, "salah", sources(), today()).await;
    assert!(format!("{:#}", refused.unwrap_err()).contains("operator_token"));

    // Port 9 (discard) is not served here.
    let gone = import_into("http://127.0.0.1:9", TOKEN, sources(), today()).await;
    assert!(
        gone.unwrap_err()
            .to_string()
            .contains("is the service running?")
    );
}

#[test]
fn reads_the_files_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read_folder(folder.path()).is_err());
    std::fs::write(folder.path().join("work-units.csv"), "x").unwrap();
    std::fs::write(folder.path().join("roles.csv"), "y").unwrap();
    let sources = read_folder(folder.path()).unwrap();
    let kinds: Vec<_> = sources.iter().map(|source| source.kind).collect();
    assert_eq!(kinds, ["roles", "work-units"]);

    std::fs::write(folder.path().join("roles.csv"), b"caf\xe9").unwrap();
    assert!(read_folder(folder.path()).is_err());
}
