//! Routes under `/internal` are for operators and their schedulers.

use crate::config::variable;
use crate::identity::same_secret;
use crate::problem::Problem;
use spin_sdk::http::{HeaderMap, StatusCode};

/// Lets operators in: `authorization: Bearer <operator_token>`. Without a
/// configured token the route does not exist.
///
/// # Errors
/// 404 when no token is configured, 401 when another one was sent.
pub fn admit(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get("authorization");
    let sent = sent.and_then(|value| value.to_str().ok());
    opens(&variable("operator_token"), sent)
}

fn opens(configured: &str, authorization: Option<&str>) -> Result<(), Problem> {
    if configured.is_empty() {
        return Err(Problem::not_found());
    }
    let sent = authorization.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    if sent.is_some_and(|token| same_secret(token, configured)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "not-an-operator",
        "Alamat ini hanya untuk pengelola layanan, dengan kunci pengelola.",
    )
    .with_header("www-authenticate", "Bearer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_configured_token_opens_and_no_token_closes() {
        for (configured, sent, expected) in [
            ("", None, Err("not-found")),
            ("", Some("Bearer "), Err("not-found")),
            ("rahasia", None, Err("not-an-operator")),
            ("rahasia", Some("rahasia"), Err("not-an-operator")),
            ("rahasia", Some("Basic rahasia"), Err("not-an-operator")),
            ("rahasia", Some("Bearer rahasi"), Err("not-an-operator")),
            ("rahasia", Some("Bearer rahasia "), Err("not-an-operator")),
            ("rahasia", Some("Bearer "), Err("not-an-operator")),
            ("rahasia", Some("Bearer rahasia"), Ok(())),
            ("rahasia", Some("bearer rahasia"), Ok(())),
        ] {
            let admitted = opens(configured, sent).map_err(|problem| problem.kind().to_owned());
            assert_eq!(
                admitted,
                expected.map_err(str::to_owned),
                "{configured:?} {sent:?}"
            );
        }
    }
}
