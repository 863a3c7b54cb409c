//! A successful answer.

use crate::problem::Problem;
use bytes::Bytes;
use serde::Serialize;
use spin_sdk::http::{HeaderName, HeaderValue, StatusCode};

/// Status, headers and body of a success.
#[derive(Debug)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// 200 with a JSON body.
    ///
    /// # Errors
    /// An internal problem when the value has no JSON form.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|e| Problem::internal(e.to_string()))?;
        Ok(Self::bytes("application/json; charset=utf-8", body))
    }

    /// 201 with a JSON body and where the new thing is.
    ///
    /// # Errors
    /// An internal problem when the value has no JSON form.
    pub fn created(location: &str, value: &impl Serialize) -> Result<Self, Problem> {
        let mut reply = Self::json(value)?.header("location", location)?;
        reply.status = StatusCode::CREATED;
        Ok(reply)
    }

    /// 200 with any body.
    pub fn bytes(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![(
                HeaderName::from_static("content-type"),
                HeaderValue::from_static(content_type),
            )],
            body: body.into(),
        }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// Adds a header.
    ///
    /// # Errors
    /// An internal problem when the value cannot stand in a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Problem> {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Problem::internal(format!("header {name} cannot hold its value")))?;
        self.headers.push((HeaderName::from_static(name), value));
        Ok(self)
    }
}
