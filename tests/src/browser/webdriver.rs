//! What of W3C WebDriver the tests need, spoken with Debian's chromedriver.
//!
//! The protocol is JSON over HTTP, which the tests speak anyway; the WebDriver
//! crates bring an async runtime and a hundred crates more for the same dozen of
//! commands.

use crate::program::Process;
use serde_json::{Value, json};
use std::env;
use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use ureq::Agent;

/// How the driver marks an element among other JSON; the number is the standard's.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

const READY_LINE: &str = "ChromeDriver was started successfully on port ";

/// Longer than any script or page load, which the driver bounds itself.
const ANSWER_MS_MAX: u64 = 60_000;
const SCRIPT_MS_MAX: u64 = 30_000;
const PAGE_MS_MAX: u64 = 20_000;

/// Chromium as people have it, but for what would call home or needs a screen.
/// With a pipe for its orders it ends when the driver does, in whatever way.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=id",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
];

/// One driver for all browsers of a test program.
static DRIVER: LazyLock<Driver> = LazyLock::new(Driver::start);

struct Driver {
    base: String,
    chromium: PathBuf,
    _process: Mutex<Process>,
    _folder: TempDir,
}

impl Driver {
    fn start() -> Self {
        let chromium = on_path("chromium");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(on_path("chromedriver"));
        command.arg("--port=0");
        let mut process = Process::start(&mut command, &folder.path().join("stderr.log"));
        let port = process.wait_for(READY_LINE);
        Self {
            base: format!("http://127.0.0.1:{}", port.trim_end_matches('.')),
            chromium,
            _process: Mutex::new(process),
            _folder: folder,
        }
    }
}

/// A program that the test command installs.
fn on_path(name: &str) -> PathBuf {
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&folders).map(|folder| folder.join(name));
    places.find(|place| place.is_file()).unwrap_or_else(|| {
        panic!("{name} is missing; type\n  cargo akses test\nwhich installs it or says how")
    })
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub(super) struct Failure(String);

impl Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An element that the page had when it was found.
#[derive(Debug, Clone)]
pub(super) struct Element(String);

impl Element {
    /// The one that a script answered; none for anything else.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Some(Self(value[ELEMENT_KEY].as_str()?.to_owned()))
    }

    /// To hand it to a script.
    pub(super) fn to_value(&self) -> Value {
        json!({ ELEMENT_KEY: self.0 })
    }
}

/// A Chromium with a profile of its own.
pub(super) struct Session {
    agent: Agent,
    base: String,
    _profile: TempDir,
}

impl Session {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub(super) fn start() -> Self {
        let profile = tempfile::Builder::new().prefix("akses-chromium-").tempdir();
        let profile = profile.expect("a temporary folder");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_millis(ANSWER_MS_MAX)))
            .build()
            .new_agent();
        let sessions = format!("{}/session", DRIVER.base);
        let wanted = capabilities(&DRIVER.chromium, profile.path());
        let started = answer(&agent, "POST", &sessions, Some(&wanted))
            .unwrap_or_else(|failure| panic!("Chromium does not start: {failure}"));
        let id = started["sessionId"].as_str().expect("a session has an id");
        Self {
            base: format!("{sessions}/{id}"),
            agent,
            _profile: profile,
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Failure> {
        answer(&self.agent, "GET", &format!("{}{path}", self.base), None)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.base);
        answer(&self.agent, "POST", &url, Some(body))
    }

    pub(super) fn delete(&self, path: &str) -> Result<Value, Failure> {
        answer(&self.agent, "DELETE", &format!("{}{path}", self.base), None)
    }

    /// Runs the body of a function in the page.
    pub(super) fn execute(&self, script: &str, args: Value) -> Result<Value, Failure> {
        self.post(
            "/execute/sync",
            &json!({ "script": script, "args": list(args) }),
        )
    }

    /// The same; the last argument is to be called with the answer.
    pub(super) fn execute_later(&self, script: &str, args: Value) -> Result<Value, Failure> {
        self.post(
            "/execute/async",
            &json!({ "script": script, "args": list(args) }),
        )
    }

    /// A command of the DevTools protocol.
    pub(super) fn devtools(&self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": method, "params": params }),
        )
    }

    /// What the console got since this was asked last.
    pub(super) fn console(&self) -> Result<Vec<Value>, Failure> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }))?;
        Ok(entries.as_array().cloned().unwrap_or_default())
    }

    pub(super) fn click(&self, element: &Element) -> Result<(), Failure> {
        let path = format!("/element/{}/click", element.0);
        self.post(&path, &json!({})).map(drop)
    }

    /// Types into an element, as keys that are pressed.
    pub(super) fn send_keys(&self, element: &Element, text: &str) -> Result<(), Failure> {
        let path = format!("/element/{}/value", element.0);
        self.post(&path, &json!({ "text": text })).map(drop)
    }

    /// What a screen reader calls the element, as the browser computes it.
    pub(super) fn computed_name(&self, element: &Element) -> Result<String, Failure> {
        let name = self.get(&format!("/element/{}/computedlabel", element.0))?;
        Ok(name.as_str().unwrap_or_default().to_owned())
    }

    /// What has the focus.
    pub(super) fn active(&self) -> Result<Element, Failure> {
        let active = self.get("/element/active")?;
        Element::from_value(&active).ok_or_else(|| Failure("nothing has the focus".to_owned()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The driver may be gone, and Chromium with it.
        let _ = self.delete("");
    }
}

fn capabilities(chromium: &Path, profile: &Path) -> Value {
    let mut args: Vec<String> = FLAGS.map(str::to_owned).into();
    args.push(format!("--user-data-dir={}", profile.display()));
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": chromium, "args": args },
        "goog:loggingPrefs": { "browser": "ALL" },
        // A question that nobody expects is to fail the next command.
        "unhandledPromptBehavior": "ignore",
        "timeouts": { "script": SCRIPT_MS_MAX, "pageLoad": PAGE_MS_MAX },
    } } })
}

fn list(args: Value) -> Value {
    match args {
        Value::Array(_) => args,
        Value::Null => json!([]),
        one => json!([one]),
    }
}

/// One command: its `value`, or the driver's words about why not.
fn answer(agent: &Agent, method: &str, url: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let unheard = |error: ureq::Error| Failure(format!("no answer of chromedriver: {error}"));
    let sent = match (method, body) {
        ("POST", body) => agent.post(url).send_json(body),
        ("DELETE", _) => agent.delete(url).call(),
        _ => agent.get(url).call(),
    };
    let mut response = sent.map_err(unheard)?;
    let mut content: Value = response
        .body_mut()
        .with_config()
        .limit(u64::MAX)
        .read_json()
        .map_err(unheard)?;
    let value = content["value"].take();
    if response.status().is_success() {
        return Ok(value);
    }
    let message = value["message"].as_str().unwrap_or_default();
    let first_line = message.lines().next().unwrap_or_default();
    let kind = value["error"].as_str().unwrap_or("unknown error");
    Err(Failure(format!("{kind}: {first_line}")))
}
