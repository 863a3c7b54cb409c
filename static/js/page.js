// What every page has around its content: who is signed in, the menu, a session that
// ends, a line that drops, a newer version. A page calls `start` once.

import { ApiProblem, me, onSessionEnd, signIn, signOut } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { dropDrafts, leaveTo } from "/js/draft.js";
import { field } from "/js/form.js";
import { page as t, signIn as words } from "/js/texts.js";
import { actionButton, announce, dialog, problemNotice } from "/js/ui.js";

/** How often an open page asks whether it is still the newest, at most. */
const VERSION_CHECK_MS = 5 * 60_000;

const VERSION_ADDRESS = "/versi.json";

/** Where this browser keeps who is signed in, for its other tabs and for what Back brings back. */
const SIGNED_IN = "akses.masuk";

/** Where people land who asked for nothing else. */
export const HOME = "/akses";

/**
 * Draws a page. `render({ me, content })` fills `content` (or answers nodes for it); with
 * `open: true` also for who is not signed in (`me` is then null).
 */
export async function start(render, { open = false } = {}) {
  const content = document.getElementById("konten");
  fill(content, h("p", { class: "loading", role: "status" }, t.loading));
  watchLine();
  watchVersion();
  watchPerson(content);
  const draw = async () => {
    try {
      const person = await me().catch((error) => {
        if (error instanceof ApiProblem && error.status === 401) return null;
        throw error;
      });
      if (!person && !open) return leaveTo(signInAddress());
      drawMenu(person);
      if (person) shownTo(person);
      onSessionEnd(() => signInHere(person));
      const shown = await render({ me: person, content });
      if (shown !== undefined) fill(content, shown);
      else content.querySelector(":scope > .loading")?.remove();
      content.dataset.ready = "";
    } catch (error) {
      fill(content, problemNotice(error, draw));
    }
  };
  await draw();
}

/** A text for the next page that `start`s, shown once. */
export function tellNextPage(text) {
  sessionStorage.setItem("akses.berita", text);
}

/** What the last page left to say; null when nothing. */
export function news() {
  const text = sessionStorage.getItem("akses.berita");
  sessionStorage.removeItem("akses.berita");
  return text;
}

function signInAddress() {
  return `/masuk?ke=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Only a path of this service; anything else would lead people away. */
export function safeTarget(path) {
  return /^\/(?![/\\])[\w\-./?=&%]*$/.test(path) ? path : HOME;
}

// The menu.

const NAV = [
  { href: "/akses", text: t.nav.accesses },
  { href: "/pengaturan/informasi-instansi", text: t.nav.settings },
  { href: "/platform", text: t.nav.platforms },
  { href: "/pesan", text: t.nav.messages },
  { href: "/verifikasi", text: t.nav.queue, if: (it) => it.is_verifier },
  { href: "/rapat/antrean", text: t.nav.meetings, if: (it) => it.is_verifier },
  { href: "/pengganti", text: t.nav.substitutes, duties: ["vai"] },
  { href: "/kolektif", text: t.nav.collective, duties: ["ukpbj-head"] },
  { href: "/serah-terima", text: t.nav.handovers, duties: ["budget-user", "ukpbj-head"] },
  { href: "/reset", text: t.nav.resets, duties: ["work-unit-head", "ukpbj-head", "lpse-head", "lpse-team"] },
  { href: "/dasbor", text: t.nav.dashboard, duties: ["vai", "ukpbj-head", "directorate"] },
  { href: "/pemutusan", text: t.nav.cutOffs, duties: ["directorate"] },
];

function drawMenu(person) {
  const place = document.getElementById("menu");
  const bar = place.parentElement;
  bar.querySelectorAll(":scope > .account, :scope > .toggle").forEach((it) => it.remove());
  if (!person) {
    fill(place);
    if (location.pathname !== "/masuk") place.before(h("div", { class: "account" }, h("a", { href: "/masuk" }, t.signIn)));
    return;
  }
  const shown = NAV.filter((it) => it.if?.(person) ?? it.duties?.some((duty) => person.duties.includes(duty)) ?? true);
  fill(place, h("ul", null, shown.map((it) => h("li", null, h("a", { href: it.href, "aria-current": isCurrent(it.href) ? "page" : null }, it.text)))));
  place.before(toggleFor(bar), accountOf(person));
}

/** On a narrow screen the menu waits behind one button (style.css); Escape puts it back. */
function toggleFor(bar) {
  const toggle = h("button", { type: "button", class: "quiet toggle", "aria-expanded": "false", "aria-controls": "menu" }, t.menu);
  const open = (isOpen) => toggle.setAttribute("aria-expanded", String(isOpen));
  toggle.addEventListener("click", () => open(toggle.getAttribute("aria-expanded") !== "true"));
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || toggle.getAttribute("aria-expanded") !== "true") return;
    open(false);
    toggle.focus();
  });
  return toggle;
}

function accountOf(person) {
  const leave = actionButton(t.signOut, async () => {
    await signOut();
    dropDrafts();
    sessionStorage.clear();
    localStorage.removeItem(SIGNED_IN);
    leaveTo("/masuk");
  }, { kind: "quiet" });
  return h("div", { class: "account" }, h("a", { href: "/pengaturan/profil", title: t.signedInAs(person.name) }, person.name), leave);
}

function isCurrent(href) {
  const folder = href.startsWith("/pengaturan/") ? "/pengaturan" : href;
  return location.pathname === href || location.pathname.startsWith(`${folder}/`);
}

// A session that ends: sign in here, and go on with what was typed.

let asking = null;

/** True when the same person signed in again; one dialog for all that waits. */
function signInHere(person) {
  asking ??= askHere(person).finally(() => (asking = null));
  return asking;
}

async function askHere(person) {
  const email = field({ name: "email", label: words.email, kind: "email", value: person?.email ?? "", attrs: { autocomplete: "username" } });
  const password = field({ name: "password", label: words.password, kind: "password", attrs: { autocomplete: "current-password" } });
  const signedIn = await dialog({
    title: t.notSignedInTitle,
    body: h("div", null, h("p", null, t.notSignedInBody), email, password),
    actions: [{ label: words.submit, run: () => signIn(email.value, password.value) }],
  });
  if (!signedIn) return false;
  if (person && signedIn.id !== person.id) {
    announce(t.otherPerson);
    // Without the fragment: an address that differs in nothing else would not load anew.
    leaveTo(location.pathname + location.search);
    return false;
  }
  return true;
}

// Somebody signs out, or somebody else in, in another tab or before Back leads here again: what the
// former person saw is not for the next one, and nothing of it may be sent in the other's name.

let shown = null;

function shownTo(person) {
  shown = person.id;
  try {
    localStorage.setItem(SIGNED_IN, shown);
  } catch {
    // A full store: then Back loads anew, and other tabs hear of it with their next change.
  }
}

function watchPerson(content) {
  const check = () => {
    if (!shown || localStorage.getItem(SIGNED_IN) === shown) return;
    fill(content);
    leaveTo(location.pathname + location.search);
  };
  addEventListener("storage", (event) => event.key === SIGNED_IN && check());
  addEventListener("pageshow", (event) => event.persisted && check());
}

// A line that drops.

function watchLine() {
  const bar = h("p", { class: "bar-note offline", role: "status" });
  document.querySelector(".top").after(bar);
  const say = () => {
    bar.textContent = navigator.onLine ? "" : t.offline;
  };
  addEventListener("offline", say);
  addEventListener("online", () => {
    say();
    announce(t.online);
  });
  say();
}

// A newer version.

function watchVersion() {
  let mine = null;
  let asked = 0;
  const check = async () => {
    if (document.hidden || Date.now() - asked < VERSION_CHECK_MS) return;
    asked = Date.now();
    const answer = await fetch(VERSION_ADDRESS, { cache: "no-cache" }).catch(() => null);
    if (!answer?.ok) return;
    const { version } = await answer.json();
    if (mine && version !== mine && !document.querySelector(".newer")) offerReload();
    mine ??= version;
  };
  addEventListener("load", () => setTimeout(check, 1500));
  addEventListener("focus", check);
  document.addEventListener("visibilitychange", check);
  setInterval(check, VERSION_CHECK_MS);
}

function offerReload() {
  const reload = h("button", { type: "button", class: "quiet", onclick: () => location.reload() }, t.reload);
  document.querySelector(".top").after(h("div", { class: "bar-note newer", role: "status" }, t.newer, " ", reload));
}
