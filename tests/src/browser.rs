//! A person at a browser: Debian's Chromium, driven by what they read.
//!
//! Everything is found by the name that a screen reader says, waits for the page
//! by condition and never by time, and a failure tells what the page said, where
//! it was, what the console got, and which picture shows it. A browser that is
//! dropped at the end of a test that passed has had a clean console.

mod axe;
mod webdriver;

use crate::client::Client;
use crate::program::project;
use crate::world::{Person, World};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use webdriver::{Element, Failure, Session};

/// What finds things in a page; comes before each script.
const PAGE_JS: &str = include_str!("browser/page.js");

/// A page that has not done it by then will not.
const WAIT_MS_MAX: u64 = 15_000;
const POLL_MS: u64 = 20;

/// Where pictures go; git ignores it.
const PICTURES: &str = "tests/screenshots";
/// A picture of a longer page ends there.
const PICTURE_HEIGHT_MAX: f64 = 6_000.0;
/// What of a page's text is shown with a failure.
const WORDS_SHOWN: usize = 3_000;

/// A small phone and an old laptop, in CSS pixels.
const PHONE: Screen = Screen::new(360, 740);
const DESK: Screen = Screen::new(1280, 800);

/// Presses of Tab before a page has no such control.
const TABS_MAX: usize = 120;

/// Keys that are no letters, as WebDriver writes them.
const KEYS: [(&str, &str); 16] = [
    ("Shift", "\u{e008}"),
    ("Control", "\u{e009}"),
    ("Alt", "\u{e00a}"),
    ("Tab", "\u{e004}"),
    ("Enter", "\u{e007}"),
    ("Escape", "\u{e00c}"),
    ("Space", " "),
    ("Backspace", "\u{e003}"),
    ("Delete", "\u{e017}"),
    ("PageUp", "\u{e00e}"),
    ("PageDown", "\u{e00f}"),
    ("Home", "\u{e011}"),
    ("ArrowLeft", "\u{e012}"),
    ("ArrowUp", "\u{e013}"),
    ("ArrowRight", "\u{e014}"),
    ("ArrowDown", "\u{e015}"),
];

/// How large the window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Screen {
    width: u32,
    height: u32,
}

impl Screen {
    const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

/// What the machine around the page is like.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    screen: Screen,
    is_dark: bool,
    is_offline: bool,
    /// Until an answer begins.
    latency_ms: u32,
}

/// A browser of one person, with a profile of its own.
pub struct Browser {
    session: Session,
    service: Client,
    password: &'static str,
    around: Cell<Surroundings>,
    clicks: Cell<u32>,
    console: RefCell<Vec<String>>,
    forgiven: RefCell<Vec<String>>,
}

impl Browser {
    /// One at a desk, in the light, for the pages of this world.
    pub fn new(world: &World) -> Self {
        let browser = Self {
            session: Session::start(),
            service: world.client().clone(),
            password: world.password(),
            around: Cell::new(Surroundings {
                screen: DESK,
                is_dark: false,
                is_offline: false,
                latency_ms: 0,
            }),
            clicks: Cell::new(0),
            console: RefCell::default(),
            forgiven: RefCell::default(),
        };
        browser.surround();
        browser
    }

    // What the machine is like.

    /// On a small phone from now on (360 × 740).
    #[track_caller]
    pub fn phone(&self) -> &Self {
        self.with(|around| around.screen = PHONE)
    }

    /// At a desk from now on (1280 × 800).
    #[track_caller]
    pub fn desk(&self) -> &Self {
        self.with(|around| around.screen = DESK)
    }

    /// As who asked for dark pages.
    #[track_caller]
    pub fn dark(&self) -> &Self {
        self.with(|around| around.is_dark = true)
    }

    /// As who asked for light pages.
    #[track_caller]
    pub fn light(&self) -> &Self {
        self.with(|around| around.is_dark = false)
    }

    /// Takes the line away, or gives it back.
    #[track_caller]
    pub fn offline(&self, is_offline: bool) -> &Self {
        if is_offline {
            self.forgive("net::ERR_INTERNET_DISCONNECTED");
        }
        self.with(|around| around.is_offline = is_offline)
    }

    /// Lets answers come so late.
    #[track_caller]
    pub fn slow(&self, latency_ms: u32) -> &Self {
        self.with(|around| around.latency_ms = latency_ms)
    }

    #[track_caller]
    fn with(&self, change: impl FnOnce(&mut Surroundings)) -> &Self {
        let mut around = self.around.get();
        change(&mut around);
        self.around.set(around);
        self.surround();
        self
    }

    /// Tells the browser; each tab has to be told.
    #[track_caller]
    fn surround(&self) {
        let around = self.around.get();
        let Screen { width, height } = around.screen;
        let scheme = if around.is_dark { "dark" } else { "light" };
        let orders = [
            (
                "Emulation.setDeviceMetricsOverride",
                json!({ "width": width, "height": height, "deviceScaleFactor": 1,
                        "mobile": around.screen == PHONE }),
            ),
            (
                "Emulation.setEmulatedMedia",
                json!({ "features": [
                    { "name": "prefers-color-scheme", "value": scheme },
                    // Nothing to wait for, and no colour half way to another.
                    { "name": "prefers-reduced-motion", "value": "reduce" },
                ] }),
            ),
            ("Network.enable", json!({})),
            (
                "Network.emulateNetworkConditions",
                json!({ "offline": around.is_offline, "latency": around.latency_ms,
                        "downloadThroughput": -1, "uploadThroughput": -1 }),
            ),
        ];
        for (order, params) in orders {
            self.must(order, self.session.devtools(order, &params));
        }
    }

    // Going somewhere.

    /// Opens a page, such as `/masuk?ke=/pesan`, and waits until it is drawn; it
    /// may have led on to another.
    #[track_caller]
    pub fn open(&self, path: &str) -> &Self {
        let url = format!("{}{path}", self.service.base());
        self.must(path, self.session.post("/url", &json!({ "url": url })));
        self.ready()
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) -> &Self {
        self.must("reload", self.session.post("/refresh", &json!({})));
        self.ready()
    }

    /// The browser's own way back.
    #[track_caller]
    pub fn back(&self) -> &Self {
        self.must("back", self.session.post("/back", &json!({})));
        self.ready()
    }

    /// Waits until the page is drawn.
    #[track_caller]
    pub fn ready(&self) -> &Self {
        self.until("the page is drawn", || {
            self.holds("return isReady()", json!([]))
        })
    }

    /// Waits until the address is this path, with or without what follows `?`.
    #[track_caller]
    pub fn at(&self, path: &str) -> &Self {
        self.until(&format!("the address is {path}"), || {
            let address = self.try_address().map_err(|failure| failure.to_string())?;
            let bare = address.split(['?', '#']).next();
            if address == path || bare == Some(path) {
                Ok(())
            } else {
                Err(format!("it is {address}"))
            }
        })
        .ready()
    }

    /// Where the page is: path, query and fragment.
    #[track_caller]
    pub fn address(&self) -> String {
        self.must("address", self.try_address())
    }

    fn try_address(&self) -> Result<String, Failure> {
        let url = self.session.get("/url")?;
        let url = url.as_str().unwrap_or_default();
        Ok(url
            .strip_prefix(&self.service.base())
            .unwrap_or(url)
            .to_owned())
    }

    /// Whether leaving would ask first. (What the browser then asks is not ours,
    /// and chromedriver answers it by itself.)
    #[track_caller]
    pub fn asks_before_leaving(&self) -> bool {
        let script = "return !dispatchEvent(new Event('beforeunload', { cancelable: true }))";
        self.must("leaving", self.script(script, json!([]))) == true
    }

    /// Goes on in the tab that was opened last.
    #[track_caller]
    pub fn newest_tab(&self) -> &Self {
        let handles = self.must("tabs", self.session.get("/window/handles"));
        let newest = handles.as_array().and_then(|all| all.last()).cloned();
        self.must(
            "tab",
            self.session.post("/window", &json!({ "handle": newest })),
        );
        self.surround();
        self.ready()
    }

    /// Closes this tab and goes on in another.
    #[track_caller]
    pub fn close_tab(&self) -> &Self {
        self.must("close", self.session.delete("/window"));
        self.newest_tab()
    }

    // Who one is.

    /// Signs in on the page made for it, and waits to be led on.
    #[track_caller]
    pub fn sign_in(&self, email: &str) -> &Self {
        self.open("/masuk").sign_in_here(email, self.password);
        self.until("led on from /masuk", || {
            let address = self.try_address().map_err(|failure| failure.to_string())?;
            if address.starts_with("/masuk") {
                return Err(address);
            }
            Ok(())
        })
        .ready()
    }

    /// Fills the form of /masuk in and sends it.
    #[track_caller]
    pub fn sign_in_here(&self, email: &str, password: &str) -> &Self {
        self.fill("Surel", email)
            .fill("Kata sandi", password)
            .click_button("Masuk")
    }

    /// With this person's session, without a page: where signing in is not what
    /// the test is about.
    #[track_caller]
    pub fn as_person(&self, person: &Person) -> &Self {
        let cookie = json!({ "name": "akses_session", "value": person.token, "httpOnly": true,
                             "url": self.service.base(), "sameSite": "Lax" });
        self.must(
            "cookie",
            self.session.devtools("Network.setCookie", &cookie),
        );
        self
    }

    /// Loses the session, as a browser does that forgets or a service that ends
    /// it.
    #[track_caller]
    pub fn lose_session(&self) -> &Self {
        self.must("cookies", self.session.delete("/cookie"));
        self
    }

    // Doing things.

    /// Presses a button; there must be one of this name only.
    #[track_caller]
    pub fn click_button(&self, name: &str) -> &Self {
        self.press_on(Kind::Button, name, None)
    }

    /// Follows a link.
    #[track_caller]
    pub fn click_link(&self, name: &str) -> &Self {
        self.press_on(Kind::Link, name, None)
    }

    /// Presses a button twice in the time of one press.
    #[track_caller]
    pub fn double_click_button(&self, name: &str) -> &Self {
        let button = self.element(Kind::Button, name, None);
        let press =
            json!([{ "type": "pointerDown", "button": 0 }, { "type": "pointerUp", "button": 0 }]);
        let mut steps =
            vec![json!({ "type": "pointerMove", "x": 0, "y": 0, "origin": button.to_value() })];
        for _ in 0..2 {
            steps.extend(press.as_array().into_iter().flatten().cloned());
        }
        let actions =
            json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": steps }] });
        self.must(name, self.session.post("/actions", &actions));
        self.count_clicks(2)
    }

    /// Types into the field of this label, in place of what is there.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) -> &Self {
        self.type_into(label, text, None)
    }

    /// Chooses in a list, or one of several round buttons.
    #[track_caller]
    pub fn choose(&self, label: &str, option: &str) -> &Self {
        self.choose_in(label, option, None)
    }

    /// Types into a field that offers what fits, and takes an offer.
    #[track_caller]
    pub fn pick(&self, label: &str, typed: &str, option: &str) -> &Self {
        self.fill(label, typed).press_on(Kind::Option, option, None)
    }

    /// Ticks a box that is not ticked.
    #[track_caller]
    pub fn tick(&self, label: &str) -> &Self {
        self.tick_in(label, None)
    }

    /// Chooses a file.
    #[track_caller]
    pub fn attach(&self, label: &str, file: &Path) -> &Self {
        let file = std::path::absolute(file).expect("a path");
        let input = self.element(Kind::Field, label, None);
        let path = file.to_string_lossy();
        self.must(label, self.session.send_keys(&input, &path));
        self
    }

    /// Does the next thing in the row, card or group that says this.
    pub fn beside<'a>(&'a self, text: &'a str) -> Beside<'a> {
        Beside {
            browser: self,
            text,
        }
    }

    /// Presses keys one after the other: `"Tab"`, `"Shift+Tab"`, `"a"`.
    #[track_caller]
    pub fn keys(&self, keys: &[&str]) -> &Self {
        let mut steps = Vec::new();
        for key in keys {
            let parts: Vec<&str> = if *key == "+" {
                vec!["+"]
            } else {
                key.split('+').collect()
            };
            let codes: Vec<String> = parts.into_iter().map(|part| self.key_code(part)).collect();
            for code in &codes {
                steps.push(json!({ "type": "keyDown", "value": code }));
            }
            for code in codes.iter().rev() {
                steps.push(json!({ "type": "keyUp", "value": code }));
            }
        }
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": steps }] });
        self.must("keys", self.session.post("/actions", &actions));
        self
    }

    #[track_caller]
    fn key_code(&self, name: &str) -> String {
        let known = KEYS.iter().find(|(known, _)| *known == name);
        match known {
            Some((_, code)) => (*code).to_owned(),
            None if name.chars().count() == 1 => name.to_owned(),
            None => self.fail(&format!("no key is called {name}")),
        }
    }

    /// Types where the focus is.
    #[track_caller]
    pub fn type_text(&self, text: &str) -> &Self {
        let active = self.must("focus", self.session.active());
        self.must(text, self.session.send_keys(&active, text));
        self
    }

    /// Presses Tab until the control of this name has the focus.
    #[track_caller]
    pub fn tab_to(&self, name: &str) -> &Self {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            self.keys(&["Tab"]);
            let focused = self.focused_name();
            if focused == name {
                return self;
            }
            passed.push(focused);
        }
        self.fail(&format!(
            "Tab does not lead to “{name}”, but to {}",
            passed.join(" | ")
        ))
    }

    /// What a screen reader calls what has the focus; empty when nothing has.
    #[track_caller]
    pub fn focused_name(&self) -> String {
        let named = self
            .session
            .active()
            .and_then(|active| self.session.computed_name(&active));
        self.must("focus", named)
    }

    /// Waits until the focus is there.
    #[track_caller]
    pub fn focus_is(&self, name: &str) -> &Self {
        self.until(&format!("the focus is on “{name}”"), || {
            let focused = self
                .session
                .active()
                .and_then(|active| self.session.computed_name(&active));
            match focused {
                Ok(focused) if focused == name => Ok(()),
                Ok(focused) => Err(format!("it is on “{focused}”")),
                Err(failure) => Err(failure.to_string()),
            }
        })
    }

    // Reading.

    /// Waits for a heading of this name, on a page that is drawn.
    #[track_caller]
    pub fn heading(&self, name: &str) -> &Self {
        self.until(&format!("a heading “{name}”"), || {
            self.find(Kind::Heading, name, None)?;
            self.holds("return isReady()", json!([]))
        })
    }

    /// Waits until the page says this.
    #[track_caller]
    pub fn see(&self, text: &str) -> &Self {
        self.until(&format!("the page says “{text}”"), || {
            self.holds("return words().includes(arguments[0])", json!([text]))
        })
    }

    /// Waits until the page does not say this any more.
    #[track_caller]
    pub fn dont_see(&self, text: &str) -> &Self {
        self.until(&format!("the page does not say “{text}”"), || {
            self.holds("return !words().includes(arguments[0])", json!([text]))
        })
    }

    /// Waits for a dialog of this title before everything else.
    #[track_caller]
    pub fn dialog(&self, title: &str) -> &Self {
        self.until(&format!("a dialog “{title}”"), || {
            let script = "const it = front(); return it.matches('dialog') && namesOf(it).includes(arguments[0])";
            self.holds(script, json!([title]))
        })
    }

    /// Presses a button of the open dialog, which is gone, and the focus back, before
    /// the page does anything else: whoever types on types into the right field.
    #[track_caller]
    pub fn closes_at_once(&self, button: &str) -> &Self {
        let script = "\
const it = front();
arguments[0].click();
return !it.isConnected && document.activeElement !== document.body;";
        let pressed = self.element(Kind::Button, button, None).to_value();
        let closed = self.must(button, self.script(script, json!([pressed])));
        if closed != true {
            self.fail(&format!("“{button}” leaves the dialog for a while"));
        }
        self.count_clicks(1)
    }

    /// Waits until no dialog is open.
    #[track_caller]
    pub fn no_dialog(&self) -> &Self {
        self.until("no dialog is open", || {
            self.holds("return !front().matches('dialog')", json!([]))
        })
    }

    /// What the page says, with every white space a blank.
    #[track_caller]
    pub fn text(&self) -> String {
        let words = self.must("text", self.script("return words()", json!([])));
        words.as_str().unwrap_or_default().to_owned()
    }

    /// What a field holds.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        let field = self.element(Kind::Field, label, None);
        let script = "const it = arguments[0]; return it.type === 'checkbox' ? String(it.checked) : it.value";
        let value = self.must(label, self.script(script, json!([field.to_value()])));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a field holds this.
    #[track_caller]
    pub fn holds_value(&self, label: &str, value: &str) -> &Self {
        self.until(&format!("“{label}” holds “{value}”"), || {
            let field = self.find(Kind::Field, label, None)?;
            let script = "const it = arguments[0].value; return it === arguments[1] || it";
            match self.script(script, json!([field.to_value(), value])) {
                Ok(Value::Bool(true)) => Ok(()),
                Ok(other) => Err(format!("it holds {other}")),
                Err(failure) => Err(failure.to_string()),
            }
        })
    }

    /// What a script of the test's own answers; for what has no words.
    #[track_caller]
    pub fn ask_page(&self, script: &str) -> Value {
        self.must(script, self.script(script, json!([])))
    }

    // Judging.

    /// A state that people get to: kept as a picture, and without a finding of
    /// axe-core.
    ///
    /// # Panics
    /// With each finding and where it is.
    #[track_caller]
    pub fn axe(&self, state: &str) -> &Self {
        let picture = self.screenshot(state);
        let findings = self.must(state, axe::findings(&self.session));
        self.no_findings(&findings, &format!("{state} ({})", picture.display()))
    }

    /// As [`Browser::axe`], without a picture and for what colours decide only:
    /// for a state that was looked at in the other light.
    ///
    /// # Panics
    /// With each finding and where it is.
    #[track_caller]
    pub fn axe_colours(&self, state: &str) -> &Self {
        let findings = self.must(state, axe::colour_findings(&self.session));
        self.no_findings(&findings, state)
    }

    #[track_caller]
    fn no_findings(&self, findings: &[String], state: &str) -> &Self {
        let address = self.try_address().unwrap_or_default();
        let findings = findings.join("\n");
        assert!(
            findings.is_empty(),
            "axe-core on {state} at {address}:\n{findings}"
        );
        self
    }

    /// Keeps a picture of the page; its name says also on what it was shown.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        self.must(name, self.try_screenshot(name))
    }

    fn try_screenshot(&self, name: &str) -> Result<PathBuf, Failure> {
        let around = self.around.get();
        let mut params = json!({ "format": "png" });
        // A dialog stands before what shows of the page, not before all of it.
        if self.script("return !front().matches('dialog')", json!([]))? == true {
            let metrics = self.session.devtools("Page.getLayoutMetrics", &json!({}))?;
            let height = metrics["cssContentSize"]["height"].as_f64();
            let (least, height) = (around.screen.height.into(), height.unwrap_or_default());
            params["captureBeyondViewport"] = true.into();
            params["clip"] = json!({ "x": 0, "y": 0, "scale": 1, "width": around.screen.width,
                                     "height": height.clamp(least, PICTURE_HEIGHT_MAX) });
        }
        let picture = self.session.devtools("Page.captureScreenshot", &params)?;
        let content = BASE64_STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        let folder = project().join(PICTURES);
        fs::create_dir_all(&folder).expect("a folder in the project");
        let path = folder.join(picture_name(name, around));
        fs::write(&path, content.expect("base64")).expect("a file in the project");
        Ok(path)
    }

    /// That nothing is wider than the screen.
    #[track_caller]
    pub fn fits_the_width(&self) -> &Self {
        let script = "const it = document.scrollingElement; return it.scrollWidth <= innerWidth \
                      || [...document.querySelectorAll('main *, header *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1) \
                      .slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join('\\n')";
        let verdict = self.must("width", self.script(script, json!([])));
        if verdict != true {
            self.fail(&format!("the page scrolls sideways because of {verdict}"));
        }
        self
    }

    /// Clicks so far; typing and keys are none.
    pub fn clicks(&self) -> u32 {
        self.clicks.get()
    }

    /// Opens a page with nothing kept from before; answers how many bytes came
    /// over the wire for it, headers and answers of the service included.
    #[track_caller]
    pub fn bytes_over_the_wire(&self, path: &str) -> u64 {
        let cleared = self
            .session
            .devtools("Network.clearBrowserCache", &json!({}));
        self.must("cache", cleared);
        self.open(path);
        let script = "return ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type)) \
                      .reduce((sum, it) => sum + it.transferSize, 0)";
        let bytes = self.must("sizes", self.script(script, json!([])));
        bytes.as_u64().expect("a number of bytes")
    }

    /// What the console may say in this test: a part of the message.
    pub fn forgive(&self, part: &str) -> &Self {
        self.forgiven.borrow_mut().push(part.to_owned());
        self
    }

    /// That the console got no error and the policy stopped nothing.
    #[track_caller]
    pub fn console_clean(&self) -> &Self {
        let errors = self.console_errors();
        if !errors.is_empty() {
            self.fail(&format!("the console got {} errors", errors.len()));
        }
        self
    }

    /// Forgets what the console got so far: it was told already.
    pub fn forget_complaints(&self) {
        let _ = self.session.console();
        self.console.borrow_mut().clear();
    }

    /// All errors that nobody forgives.
    fn console_errors(&self) -> Vec<String> {
        let new = self.session.console().unwrap_or_default();
        let mut console = self.console.borrow_mut();
        console.extend(new.iter().filter_map(complaint));
        let forgiven = self.forgiven.borrow();
        let counts = |line: &&String| !forgiven.iter().any(|part| line.contains(part.as_str()));
        console.iter().filter(counts).cloned().collect()
    }

    // Beneath.

    #[track_caller]
    fn press_on(&self, kind: Kind, name: &str, beside: Option<&str>) -> &Self {
        self.until(&format!("{} “{name}” is pressed", kind.word()), || {
            let element = self.find(kind, name, beside)?;
            self.session
                .click(&element)
                .map_err(|failure| failure.to_string())
        })
        .count_clicks(1)
    }

    fn count_clicks(&self, count: u32) -> &Self {
        self.clicks.set(self.clicks.get() + count);
        self
    }

    #[track_caller]
    fn type_into(&self, label: &str, text: &str, beside: Option<&str>) -> &Self {
        self.until(&format!("“{label}” is filled in"), || {
            let field = self.find(Kind::Field, label, beside)?;
            let typed = self.script(FOCUS_OR_SET, json!([field.to_value(), text]));
            let is_set = typed.map_err(|failure| failure.to_string())?;
            let keys = match (is_set == true, text) {
                (true, _) => return Ok(()),
                // What is there is selected.
                (false, "") => "\u{e017}",
                (false, text) => text,
            };
            self.session
                .send_keys(&field, keys)
                .map_err(|failure| failure.to_string())
        })
    }

    #[track_caller]
    fn choose_in(&self, label: &str, option: &str, beside: Option<&str>) -> &Self {
        self.until(
            &format!("“{option}” of “{label}” is chosen"),
            || {
                let holder = self
                    .find(Kind::Field, label, beside)
                    .or_else(|_| self.find(Kind::Group, label, beside))?;
                let found = self.script(OPTION, json!([holder.to_value(), option]));
                let found = found.map_err(|failure| failure.to_string())?;
                let chosen =
                    Element::from_value(&found).ok_or_else(|| format!("there are {found}"))?;
                self.session
                    .click(&chosen)
                    .map_err(|failure| failure.to_string())
            },
        )
        .count_clicks(1)
    }

    #[track_caller]
    fn tick_in(&self, label: &str, beside: Option<&str>) -> &Self {
        self.until(&format!("“{label}” is ticked"), || {
            let tick = self.find(Kind::Field, label, beside)?;
            let is_ticked = self.script("return arguments[0].checked", json!([tick.to_value()]));
            if is_ticked.map_err(|failure| failure.to_string())? == true {
                return Ok(());
            }
            let clicked = self.session.click(&tick);
            clicked.map_err(|failure| failure.to_string())?;
            self.count_clicks(1);
            Ok(())
        })
    }

    #[track_caller]
    fn element(&self, kind: Kind, name: &str, beside: Option<&str>) -> Element {
        let found = RefCell::new(None);
        self.until(&format!("{} “{name}”", kind.word()), || {
            *found.borrow_mut() = Some(self.find(kind, name, beside)?);
            Ok(())
        });
        found.into_inner().expect("it was waited for")
    }

    fn find(&self, kind: Kind, name: &str, beside: Option<&str>) -> Result<Element, String> {
        let script = "return find(arguments[0], arguments[1], arguments[2])";
        let found = self.script(script, json!([kind.word(), name, beside]));
        let found = found.map_err(|failure| failure.to_string())?;
        Element::from_value(&found["element"]).ok_or_else(|| found["problem"].to_string())
    }

    fn script(&self, script: &str, args: Value) -> Result<Value, Failure> {
        self.session.execute(&format!("{PAGE_JS}\n{script}"), args)
    }

    fn holds(&self, script: &str, args: Value) -> Result<(), String> {
        match self.script(script, args) {
            Ok(Value::Bool(true)) => Ok(()),
            Ok(_) => Err("not so".to_owned()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// Tries until it succeeds, and fails with the last reason.
    #[track_caller]
    fn until(&self, what: &str, attempt: impl Fn() -> Result<(), String>) -> &Self {
        let start = Instant::now();
        loop {
            let Err(reason) = attempt() else { return self };
            if start.elapsed() > Duration::from_millis(WAIT_MS_MAX) {
                self.fail(&format!(
                    "waited {WAIT_MS_MAX} ms in vain: {what}: {reason}"
                ));
            }
            thread::sleep(Duration::from_millis(POLL_MS));
        }
    }

    #[track_caller]
    fn must<T>(&self, what: &str, result: Result<T, Failure>) -> T {
        match result {
            Ok(value) => value,
            Err(failure) => self.fail(&format!("{what}: {failure}")),
        }
    }

    /// Ends the test with all that helps to see why.
    #[track_caller]
    fn fail(&self, what: &str) -> ! {
        let test = thread::current()
            .name()
            .unwrap_or("gagal")
            .replace("::", "-");
        let mut report = what.to_owned();
        let address = self
            .try_address()
            .unwrap_or_else(|failure| failure.to_string());
        let _ = write!(report, "\n  at {address}");
        match self.try_screenshot(&format!("gagal-{test}")) {
            Ok(picture) => _ = write!(report, "\n  picture: {}", picture.display()),
            Err(failure) => _ = write!(report, "\n  no picture: {failure}"),
        }
        for line in self.console_errors() {
            let _ = write!(report, "\n  console: {line}");
        }
        let text = self.script("return document.body.innerText", json!([]));
        let text = text.ok().and_then(|text| text.as_str().map(str::to_owned));
        let shown: String = text.unwrap_or_default().chars().take(WORDS_SHOWN).collect();
        panic!("{report}\n--- the page says\n{shown}\n---");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.console_clean();
        }
    }
}

/// The part of a page that says something, to do things in.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    browser: &'a Browser,
    text: &'a str,
}

impl<'a> Beside<'a> {
    /// As [`Browser::click_button`].
    #[track_caller]
    pub fn click_button(self, name: &str) -> &'a Browser {
        self.browser.press_on(Kind::Button, name, Some(self.text))
    }

    /// As [`Browser::click_link`].
    #[track_caller]
    pub fn click_link(self, name: &str) -> &'a Browser {
        self.browser.press_on(Kind::Link, name, Some(self.text))
    }

    /// As [`Browser::fill`].
    #[track_caller]
    pub fn fill(self, label: &str, text: &str) -> &'a Browser {
        self.browser.type_into(label, text, Some(self.text))
    }

    /// As [`Browser::choose`].
    #[track_caller]
    pub fn choose(self, label: &str, option: &str) -> &'a Browser {
        self.browser.choose_in(label, option, Some(self.text))
    }

    /// As [`Browser::tick`].
    #[track_caller]
    pub fn tick(self, label: &str) -> &'a Browser {
        self.browser.tick_in(label, Some(self.text))
    }
}

/// What can be found by name.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Button,
    Link,
    Field,
    Group,
    Heading,
    Option,
}

impl Kind {
    /// As page.js calls it.
    const fn word(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Link => "link",
            Self::Field => "field",
            Self::Group => "group",
            Self::Heading => "heading",
            Self::Option => "option",
        }
    }
}

/// Selects what a field holds, so that typing replaces it, and answers false. A
/// date is set instead: how it is typed depends on the machine's language.
const FOCUS_OR_SET: &str = "\
const [it, text] = arguments;
it.focus();
if (!['date', 'datetime-local', 'time', 'month'].includes(it.type)) { it.select?.(); return false; }
it.value = text;
it.dispatchEvent(new Event('input', { bubbles: true }));
it.dispatchEvent(new Event('change', { bubbles: true }));
return true;";

/// The option or the label of the round button that is called so, or the names of
/// those that are there.
const OPTION: &str = "\
const [holder, name] = arguments;
const all = holder.matches('select') ? [...holder.options] : [...holder.querySelectorAll('input[type=radio]')];
const called = (it) => it.matches('option') ? [squeeze(it.textContent)] : namesOf(it);
const found = all.find((it) => called(it).includes(name));
return found ?? all.map((it) => called(it)[0]).join(' | ');";

/// What of a console entry is a complaint. That the service refuses something is
/// an answer that pages know what to do with.
fn complaint(entry: &Value) -> Option<String> {
    let message = entry["message"].as_str().unwrap_or_default();
    let is_refusal = entry["source"] == "network"
        && message.contains("/api/")
        && message.contains("responded with a status of 4");
    let is_severe = entry["level"] == "SEVERE" || message.contains("Content Security Policy");
    (is_severe && !is_refusal).then(|| message.to_owned())
}

/// `Tinjau & kirim` on a dark phone is `tinjau-kirim-360-gelap.png`.
fn picture_name(name: &str, around: Surroundings) -> String {
    let mut plain = String::new();
    for word in name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if !plain.is_empty() {
            plain.push('-');
        }
        plain.push_str(&word.to_lowercase());
    }
    let width = if around.screen == DESK {
        String::new()
    } else {
        format!("-{}", around.screen.width)
    };
    let dark = if around.is_dark { "-gelap" } else { "" };
    format!("{plain}{width}{dark}.png")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_in_its_name_what_it_shows_and_on_what() {
        let mut around = Surroundings {
            screen: DESK,
            is_dark: false,
            is_offline: false,
            latency_ms: 0,
        };
        assert_eq!(
            picture_name("masuk: kata sandi salah", around),
            "masuk-kata-sandi-salah.png"
        );
        around.screen = PHONE;
        around.is_dark = true;
        assert_eq!(
            picture_name("Tinjau & kirim", around),
            "tinjau-kirim-360-gelap.png"
        );
    }

    #[test]
    fn a_refusal_is_an_answer_and_everything_else_a_complaint() {
        let entry = |source: &str, message: &str| json!({ "level": "SEVERE", "source": source, "message": message });
        let refusal = "http://x/api/me - Failed to load resource: the server responded with a status of 401 ()";
        assert_eq!(complaint(&entry("network", refusal)), None);
        for (source, message) in [
            (
                "network",
                "http://x/js/a.js - Failed to load resource: the server responded with a status of 404 ()",
            ),
            (
                "network",
                "http://x/api/me - Failed to load resource: the server responded with a status of 500 ()",
            ),
            ("javascript", "http://x/js/a.js 1:2 Uncaught TypeError"),
        ] {
            assert_eq!(complaint(&entry(source, message)).as_deref(), Some(message));
        }
        let noted = json!({ "level": "INFO", "source": "console-api", "message": "hello" });
        assert_eq!(complaint(&noted), None);
    }
}
