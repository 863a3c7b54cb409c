//! Lines for operators.

use serde_json::Value;

/// Writes one JSON line to the log. In one piece: formatting straight into the
/// unbuffered stream writes token by token, and whoever collects logs by record
/// (Spin does) gets one line as forty.
pub fn line(line: &Value) {
    let text = format!("{line}\n");
    eprint!("{text}");
}
