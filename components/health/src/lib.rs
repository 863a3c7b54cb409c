//! `GET /health`: whether the service can serve, for load balancers and
//! operators. It opens the database and says nothing about its content.

use akses_endpoint::{Call, Problem, Reply, Response, log, serve, store};
use serde::Serialize;
use serde_json::json;
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    /// The number of the database's schema.
    schema: u32,
}

#[http_service]
async fn health(request: Request) -> Response {
    serve(request, Method::GET, check).await
}

async fn check(_: Call) -> Result<Reply, Problem> {
    match store::health::check() {
        Ok(schema) => Reply::json(&Health {
            status: "ok",
            schema,
        })?
        .header("cache-control", "no-store"),
        Err(fault) => {
            let line = json!({ "level": "ERROR", "message": format!("not healthy: {fault:?}") });
            log::line(&line);
            Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-healthy",
                "Layanan belum dapat melayani karena penyimpanannya bermasalah. Coba lagi sebentar lagi.",
            )
            .with_header("cache-control", "no-store")
            .with_header("retry-after", "5"))
        }
    }
}
