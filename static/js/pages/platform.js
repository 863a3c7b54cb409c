// Pilih Platform: which platform, with which access, its terms at first use, and the door. The
// address says how far one is, so that Back and a page loaded anew show the same step; nobody enters
// by an address alone. What the platform is given (a signed assertion) is neither shown nor kept.

import { lastDay } from "/js/accesses.js";
import { get, send } from "/js/api.js";
import { fill, h, query } from "/js/dom.js";
import { field } from "/js/form.js";
import { start } from "/js/page.js";
import { platforms as t } from "/js/texts/platforms.js";
import { actionButton, announce, dialog, facts, linkButton, notice, once, problemNotice } from "/js/ui.js";

/** What the service answers when more is to be done first: the page is then older than the records. */
const OUTDATED = new Set(["terms-not-accepted", "terms-changed", "choose-access", "no-entry", "unknown-access"]);

start(async () => {
  const page = new PlatformPage();
  await page.read();
  page.draw();
  page.listen();
  if (!query("platform") && page.open.length && !cameBack()) void page.choose();
  return page.place;
});

/** Whether the browser's Back led here: no dialog then, for the person was leaving. */
function cameBack() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

class PlatformPage {
  constructor() {
    this.place = h("div");
    this.all = [];
  }

  async read() {
    this.all = (await get("/api/platforms")).platforms;
  }

  get open() {
    return this.all.filter((it) => it.can_enter);
  }

  listen() {
    addEventListener("popstate", () => this.draw());
    // A page that the browser kept: what was open then may be closed now.
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
  }

  /** Reads anew and draws; `told` says why. */
  async refresh(told) {
    try {
      await this.read();
      this.draw(told);
    } catch (error) {
      fill(this.place, problemNotice(error, () => this.refresh(told)));
    }
  }

  /** The next step: in the address, on the page, and under the focus. */
  go(platform, access) {
    const address = new URLSearchParams(location.search);
    address.set("platform", platform.code);
    address.delete("akses");
    if (access) address.set("akses", access.id);
    history.pushState(null, "", `?${address}`);
    this.draw();
    this.focusStep();
  }

  focusStep() {
    this.place.querySelector("h2")?.focus();
  }

  /** The step that the address says. */
  draw(told) {
    const platform = this.all.find((it) => it.code === query("platform"));
    if (!platform) {
      fill(this.place, told, this.column());
      return;
    }
    const access = accessOf(platform);
    fill(this.place, told, this.chosen(platform, access), this.step(platform, access));
  }

  step(platform, access) {
    if (!platform.can_enter) return closed([platform]);
    if (!access) return this.accesses(platform);
    return platform.terms_accepted ? this.door(platform, access) : this.terms(platform);
  }

  // Which platform.

  /** The column "Pilih Platform"; where nothing can be entered, why. */
  column() {
    const lost = query("platform") ? notice("info", t.unknown) : null;
    if (!this.all.length) return [lost, h("p", { class: "empty" }, t.none)];
    if (!this.open.length) return [lost, notice("info", t.noneOpen), closed(this.all), buttons(linkButton(t.toAccesses, "/akses"))];
    return [lost, this.chooser(t.column, "second platform-column"), h("p", { class: "help" }, t.columnHelp)];
  }

  chooser(label, kind) {
    return actionButton(label, () => this.choose(), { kind, "aria-haspopup": "dialog" });
  }

  /** The dialog with all platforms, and what comes after it. */
  async choose() {
    const choices = this.open.map((it) => ({ value: it.code, text: it.name, help: it.description }));
    const value = choices.length === 1 ? choices[0].value : query("platform");
    const which = field({ name: "platform", label: t.which, kind: "radio", choices, value });
    const others = this.all.filter((it) => !it.can_enter);
    const platform = await dialog({
      title: t.column,
      body: [which, others.length ? [h("h3", { class: "platform-others" }, t.closed), closed(others, { isFolded: true })] : null],
      actions: [{ label: t.choose, run: () => picked(which, t.missing) && this.open.find((it) => it.code === which.value) }],
    });
    if (!platform) return;
    this.go(platform);
    await this.enterIfReady(platform);
  }

  /** With one access, and terms that were accepted, there is nothing left to ask. */
  async enterIfReady(platform) {
    if (platform.accesses.length !== 1 || !platform.terms_accepted) return;
    await once(this.place.querySelector(".platform-enter"), () => this.enter(platform, platform.accesses[0]));
  }

  /** What was chosen so far, and the way back. */
  chosen(platform, access) {
    const change = access && platform.accesses.length > 1 ? actionButton(t.changeAccess, () => this.go(platform), { kind: "quiet" }) : null;
    const said = access && [t.accessText(access), h("span", { class: "hint" }, accessHelp(access))];
    return h("div", { class: "card platform-chosen" },
      facts([[t.platform, platform.name], [t.access, said]]),
      h("div", null, this.open.length ? this.chooser(t.change, "quiet") : null, change));
  }

  // Which access.

  accesses(platform) {
    const choices = platform.accesses.map((it) => ({ value: it.id, text: t.accessText(it), help: accessHelp(it) }));
    const which = field({ name: "akses", label: t.accesses, kind: "radio", choices });
    const next = (event) => {
      event.preventDefault();
      if (picked(which, t.accessMissing)) this.go(platform, platform.accesses.find((it) => it.id === which.value));
    };
    const submit = buttons(h("button", { type: "submit" }, t.next));
    return h("form", { class: "form", novalidate: true, onsubmit: next }, heading(t.accessesTitle), which, submit);
  }

  // Terms and privacy policy.

  terms(platform) {
    const place = h("div");
    const read = async () => {
      fill(place, h("p", { class: "loading", role: "status" }, t.loading));
      try {
        const shown = await get(`${addressOf(platform)}/terms`);
        const agree = actionButton(t.agree, () => this.agree(platform, shown));
        fill(place, legalText(t.terms, shown.terms), legalText(t.privacy, shown.privacy), buttons(agree));
      } catch (error) {
        fill(place, problemNotice(error, read));
      }
    };
    void read();
    return h("section", null, heading(t.termsTitle), h("p", null, t.termsLead(platform.name)), place);
  }

  /** "Setuju" to what was shown, in these versions. */
  async agree(platform, { terms, privacy }) {
    const versions = { terms_version: terms.version, privacy_version: privacy.version };
    await this.current(async () => {
      await send("POST", `${addressOf(platform)}/acceptance`, versions, { intent: `setuju ${platform.code}` });
      platform.terms_accepted = true;
      announce(t.agreedNow);
      this.draw();
      this.focusStep();
      await this.enterIfReady(platform);
    });
  }

  // The door.

  door(platform, access) {
    const enter = actionButton(t.enter, () => this.enter(platform, access), { class: "main platform-enter" });
    const leaving = h("p", { class: "platform-leaving", role: "status" });
    const { name } = platform;
    return h("section", null, heading(t.enterTitle(name)), h("p", null, t.enterHelp(name)), buttons(enter), leaving);
  }

  async enter(platform, access) {
    const nonce = query("nonce") || null;
    await this.current(async () => {
      const entry = await send("POST", `${addressOf(platform)}/entry`, { access: access.id, nonce });
      this.place.querySelector(".platform-leaving").textContent = t.leaving(platform.name);
      handOver(entry);
    });
  }

  /** Does it; where the records have changed since they were shown, shows them as they are. */
  async current(act) {
    try {
      await act();
    } catch (error) {
      if (!OUTDATED.has(error.slug)) throw error;
      await this.refresh(notice("bad", error.message));
    }
  }
}

/** With which access: the only one, or the one that the address names. */
function accessOf({ accesses }) {
  return accesses.length === 1 ? accesses[0] : accesses.find((it) => it.id === query("akses"));
}

/** What tells two accesses of the same name apart. */
function accessHelp(access) {
  return [access.institution.name, ", ", t.until, " ", lastDay(access)];
}

function addressOf(platform) {
  return `/api/platforms/${encodeURIComponent(platform.code)}`;
}

/**
 * The browser itself carries the assertion to the platform and goes along. The form is gone before
 * anything else runs: it leaves no trace in the page, its history or its storage.
 */
function handOver({ post_to: action, assertion }) {
  const carried = h("form", { method: "post", action, hidden: true }, h("input", { type: "hidden", name: "assertion", value: assertion }));
  document.body.append(carried);
  carried.submit();
  carried.remove();
}

/** Whether one of these was chosen; says so if not. */
function picked(which, missing) {
  which.problem = which.value ? "" : missing;
  if (!which.value) which.focusInput();
  return Boolean(which.value);
}

/** Platforms that cannot be entered: why, and where that is explained; folded, each is one line. */
function closed(platforms, { isFolded = false } = {}) {
  const why = (it) => [
    h("p", null, it.why_not.detail),
    h("a", { href: `/kenapa?platform=${encodeURIComponent(it.code)}`, "aria-label": t.whyFor(it.name) }, t.why),
  ];
  const row = (it) =>
    isFolded
      ? h("li", null, h("details", null, h("summary", null, it.name), why(it)))
      : h("li", null, h("strong", null, it.name), h("span", { class: "hint" }, it.description), why(it));
  return h("ul", { class: "rows platform-closed", "aria-label": t.closed }, platforms.map(row));
}

/** One of the two texts, whole or where it stands, in the version that is agreed to. */
function legalText(title, text) {
  const link = () => h("a", { href: text.url, target: "_blank", rel: "noopener noreferrer" }, t.readAt(title));
  const body = text.text ? text.text.split(/\n\s*\n/).map((part) => h("p", null, part)) : h("p", null, link());
  return h("article", { class: "card" },
    h("h3", null, title),
    h("p", { class: "hint" }, t.version(text)),
    body,
    text.accepted ? h("p", { class: "hint" }, t.agreed(text.accepted.text)) : null,
    h("details", { class: "derivation" }, h("summary", null, t.fingerprint), h("p", null, h("code", null, text.sha256))));
}

function heading(text) {
  return h("h2", { class: "platform-step", tabindex: "-1" }, text);
}

function buttons(...children) {
  return h("div", { class: "actions" }, children);
}
