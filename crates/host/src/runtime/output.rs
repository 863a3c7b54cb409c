//! What guests print goes into the log, line by line, with their name.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use serde::Deserialize;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::limits::LOG_LINE_BYTES_MAX;

/// The stdout or stderr of one instance.
#[derive(Clone)]
pub struct GuestOutput(Arc<Inner>);

struct Inner {
    component: Arc<str>,
    stream: &'static str,
    /// The line so far, until its end arrives.
    line: Mutex<Vec<u8>>,
}

impl GuestOutput {
    /// The output named `stream` of a component.
    pub fn new(component: &Arc<str>, stream: &'static str) -> Self {
        Self(Arc::new(Inner {
            component: component.clone(),
            stream,
            line: Mutex::default(),
        }))
    }

    fn take(&self, bytes: &[u8]) {
        let mut line = self.0.line.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            if *byte == b'\n' || line.len() == LOG_LINE_BYTES_MAX {
                self.0.log(&line);
                line.clear();
            }
            if *byte != b'\n' {
                line.push(*byte);
            }
        }
    }
}

impl Inner {
    fn log(&self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Inner {
            component, stream, ..
        } = self;
        // Components may say how grave it is: {"level": "WARN", "message": ...}.
        match Said::parse(&text) {
            Some(Said { level, message }) if level == "ERROR" => {
                tracing::error!(%component, stream, said = %text, "{message}");
            }
            Some(Said { level, message }) if level == "WARN" => {
                tracing::warn!(%component, stream, said = %text, "{message}");
            }
            Some(Said { message, .. }) => {
                tracing::info!(%component, stream, said = %text, "{message}");
            }
            None => tracing::info!(%component, stream, "{text}"),
        }
    }
}

/// A line in which a component says more than a text.
#[derive(Debug, PartialEq, Deserialize)]
struct Said {
    level: String,
    message: String,
}

impl Said {
    fn parse(line: &str) -> Option<Self> {
        line.starts_with('{')
            .then(|| serde_json::from_str(line).ok())?
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let line = std::mem::take(self.line.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !line.is_empty() {
            self.log(&line);
        }
    }
}

impl IsTerminal for GuestOutput {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestOutput {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for GuestOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LOG_LINE_BYTES_MAX)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for GuestOutput {
    async fn ready(&mut self) {}
}

impl AsyncWrite for GuestOutput {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_lines_with_a_level_and_leaves_others_alone() {
        let said = Said::parse(r#"{"level":"ERROR","message":"no","request":"1"}"#).unwrap();
        assert_eq!(
            (said.level.as_str(), said.message.as_str()),
            ("ERROR", "no")
        );
        for line in ["plain", "{ not json", r#"{"message":"no level"}"#, ""] {
            assert_eq!(Said::parse(line), None, "{line}");
        }
    }

    #[test]
    fn cuts_lines_at_their_end_and_at_the_bound() {
        let output = GuestOutput::new(&"x".into(), "stdout");
        output.take(b"one\ntwo");
        assert_eq!(*output.0.line.lock().unwrap(), b"two");
        output.take(&vec![b'x'; LOG_LINE_BYTES_MAX + 10]);
        assert!(output.0.line.lock().unwrap().len() <= LOG_LINE_BYTES_MAX);
    }
}
