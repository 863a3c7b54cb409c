// What repeats on many pages: status, dates, notices, dialogs, lists, tables.

import { ApiProblem } from "/js/api.js";
import { fill, h, newId } from "/js/dom.js";
import { errors, statuses, ui as t } from "/js/texts.js";

const TONES = { pending: "waiting", active: "active", rejected: "bad", inactive: "ended", expired: "ended" };

/** The status of an access as a coloured word, `access` as the API answers it. */
export function badge(access) {
  return h("span", { class: `status ${TONES[access.status] ?? "ended"}` }, access.status_text);
}

/** The status with a sentence about what it means. */
export function statusSentence(access) {
  return h("p", { class: "meaning" }, badge(access), " ", statuses[access.status] ?? "");
}

/** A moment of the API, `{at, text}`, its zone in the text. */
export function moment(value) {
  return value ? h("time", { datetime: value.at }, value.text) : "–";
}

/** A deadline with how it came about, one press away. */
export function deadline(value) {
  if (!value) return "–";
  const explained = h("details", { class: "derivation" }, h("summary", null, t.derivation), h("p", null, value.derivation));
  return h("span", { class: "deadline" }, moment(value), value.derivation ? explained : null);
}

/** Says something to who cannot see the change; `role=status` is in the page from the start. */
export function announce(text) {
  const region = document.getElementById("pengumuman") ?? h("p", { id: "pengumuman", class: "unseen", role: "status" });
  // Behind a dialog nothing is read out.
  const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (region.parentElement !== place) place.append(region);
  region.textContent = "";
  // A text that stays the same is read again only when it was gone.
  setTimeout(() => (region.textContent = text), 60);
}

/** A coloured paragraph: `good`, `bad` (read at once) or `info`. */
export function notice(kind, ...children) {
  return h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, ...children);
}

/** Why there is nothing to do here, in sentences, and where there is, as links. */
export function elsewhere(sentences, links) {
  return h("div", null, notice("info", sentences.map((text) => h("p", null, text))), h("p", { class: "actions" }, links));
}

/** What went wrong, for people: the service's own sentence, and a number for the help desk. */
export function problemText(error) {
  const known = error instanceof ApiProblem || error?.constructor?.name === "Offline";
  if (!known) console.error(error);
  return known ? error.message : errors.service;
}

/** The same as a notice; `again` makes a button. */
export function problemNotice(error, again) {
  const reference = error?.status >= 500 && error.reference ? h("p", null, errors.reference(error.reference)) : null;
  return notice("bad", h("p", null, problemText(error)), reference, again ? actionButton(errors.again, again, { kind: "second" }) : null);
}

/**
 * A button that does one thing at a time: while its promise runs, more presses do nothing.
 * `kind`: `main`, `second` (outlined), `danger`, `quiet`. What fails shows beside it.
 */
export function actionButton(label, action, { kind = "main", ...props } = {}) {
  const button = h("button", { type: "button", class: kind, ...props }, label);
  button.addEventListener("click", (event) => isSecondPress(event) || once(button, action));
  return button;
}

/**
 * The second press of a double click, wherever it lands: when the first one was answered at once, another
 * button may stand there already, which nobody meant to press.
 */
export function isSecondPress(event) {
  return event.detail > 1;
}

/** Runs `action` unless it still runs for this button; shows what fails after it. */
export async function once(button, action) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  button.nextElementSibling?.classList.contains("beside") && button.nextElementSibling.remove();
  try {
    await action();
  } catch (error) {
    const shown = problemNotice(error);
    shown.classList.add("beside");
    button.after(shown);
  } finally {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  }
}

/** Inputs in which people type a line. */
const LINES = "input:not([type=checkbox], [type=radio], [type=file])";

/**
 * Asks in a dialog. `actions` is `[{label, kind, value, run}]`: `run` may be async and keeps the
 * dialog open when it throws or answers `false`; then the dialog closes and the promise gives `value` (or what
 * `run` answered). Escape and "Batal" give `null`. Focus returns to where it was.
 */
export function dialog({ title, body, actions = [], cancel = t.cancel, wide = false }) {
  const back = document.activeElement;
  const heading = newId("judul");
  return new Promise((resolve) => {
    const box = h("dialog", { "aria-labelledby": heading, class: wide ? "wide" : null });
    // At once: the browser tells of a close in a later task, when somebody may type elsewhere already.
    const close = (answer) => {
      if (!box.isConnected) return;
      box.close();
      // What is to be read out outlives the dialog.
      document.body.append(...box.querySelectorAll("#pengumuman"));
      box.remove();
      if (back?.isConnected) back.focus();
      resolve(answer);
    };
    const act = async (run, value) => {
      const answered = run ? await run() : value;
      if (answered !== false) close(answered ?? value);
    };
    const buttons = actions.map(({ label, kind = "main", value = true, run }) => actionButton(label, () => act(run, value), { kind }));
    // What is on its way cannot be called back: whether it was done shows in a moment.
    const isBusy = () => Boolean(box.querySelector(".actions [aria-busy]"));
    if (cancel) buttons.push(h("button", { type: "button", class: "second", onclick: () => isBusy() || close(null) }, cancel));
    box.addEventListener("cancel", (event) => {
      // A file that is not chosen says "cancel" too.
      if (event.target !== box) return;
      event.preventDefault();
      isBusy() || close(null);
    });
    fill(box, h("h2", { id: heading, tabindex: "-1" }, title), body, h("div", { class: "actions" }, buttons));
    // As in a form: Enter in a line of text does what the first button says.
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.repeat || event.defaultPrevented || !actions.length || !event.target.matches(LINES)) return;
      event.preventDefault();
      buttons[0].click();
    });
    // Escape pressed twice closes without asking.
    box.addEventListener("close", () => (box.isConnected && isBusy() ? box.showModal() : close(null)));
    document.body.append(box);
    box.showModal();
    (box.querySelector("[autofocus], input, textarea, select") ?? box.querySelector("h2")).focus();
  });
}

/**
 * A list that is read page by page. `load(cursor)` answers `{items, next}`; `row(item)` makes an
 * element for the list; `empty` is shown when there is nothing. `reload()` on the result reads anew.
 */
export function pagedList({ load, row, empty, tag = "ul", label }) {
  const list = h(tag, { class: "rows", "aria-label": label });
  const foot = h("div", { class: "list-foot" });
  const whole = h("div", null, list, foot);
  const read = async (cursor) => {
    const { items, next } = await load(cursor);
    if (!cursor) list.replaceChildren();
    const made = items.map(row);
    list.append(...made);
    list.hidden = list.childElementCount === 0;
    const more = actionButton(t.more, () => read(next), { kind: "second" });
    fill(foot, list.hidden ? h("p", { class: "empty" }, empty) : null, next ? more : null);
    if (cursor && made.length) {
      announce(t.moreDone(made.length));
      const first = made[0].querySelector("a, button") ?? made[0];
      if (first === made[0]) first.tabIndex = -1;
      first.focus();
    }
  };
  whole.reload = () => read(null);
  whole.ready = read(null).catch((error) => {
    fill(foot, problemNotice(error, () => whole.reload()));
  });
  return whole;
}

/** A table that becomes cards on a narrow screen. `columns` is `[{title, cell(row), number}]`. */
export function table({ caption, columns, rows }) {
  const head = h("tr", null, columns.map((it) => h("th", { scope: "col", class: it.number ? "number" : null }, it.title)));
  const line = (row) =>
    h("tr", null, columns.map((it) => h("td", { "data-label": it.title, class: it.number ? "number" : null }, h("div", null, it.cell(row)))));
  return h("div", { class: "table" }, h("table", null, h("caption", null, caption), h("thead", null, head), h("tbody", null, rows.map(line))));
}

/** Facts as pairs; `[label, value]`, those without a value left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, shown.map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value))));
}

/** A link that looks like a button. */
export function linkButton(label, href, kind = "main") {
  // It may stand where the button of a double click was.
  const stay = (event) => isSecondPress(event) && event.preventDefault();
  return h("a", { class: `button ${kind}`, href, onclick: stay }, label);
}

/** Bytes as people say them. */
export function sizeText(bytes) {
  const unit = bytes < 1024 * 1024 ? [Math.max(1, bytes / 1024), "kB"] : [bytes / 1024 / 1024, "MB"];
  return `${unit[0].toLocaleString("id-ID", { maximumFractionDigits: unit[1] === "kB" ? 0 : 2 })} ${unit[1]}`;
}
