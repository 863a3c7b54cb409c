// Fields with their label, help and error, and forms that send once, say what is wrong at the
// top and beside the field, and keep what was typed.

import { ApiProblem } from "/js/api.js";
import { fill, h, newId } from "/js/dom.js";
import { setUnsaved } from "/js/draft.js";
import { ui as t } from "/js/texts.js";
import { isSecondPress, once, problemNotice } from "/js/ui.js";

/**
 * One field. `kind`: text, email, password, date, number, textarea, select (`choices` as
 * `[{value, text}]`), radio (same), checkbox, or an element of ours (`element`) that has `value`, its
 * `input`, `kept` for drafts and `missing` to say when it is empty, and fires `change`. `check(value)`
 * says what is wrong with what was filled in, before anything is sent. The result has `name`, `label`,
 * `value`, `problem` (a text; empty means none), `isEmpty`, `objection` and `focusInput()`.
 */
export function field({ name, label, kind = "text", help, required = true, value, choices = [], attrs = {}, element, check }) {
  const id = newId(name);
  const helpId = help ? `${id}-bantuan` : null;
  const errorId = `${id}-salah`;
  const error = h("p", { class: "error", id: errorId });
  if (element) Object.assign(element, { label: element.label ?? label, help: element.help ?? help, optional: element.optional ?? !required, errorId });
  const own = element ?? input({ id, name, kind, choices, value, label, attrs: { ...attrs, required: required && kind !== "checkbox", "aria-describedby": [helpId, errorId].filter(Boolean).join(" ") } });
  const whole = h("div", { class: `field ${kind}` }, ...parts({ id, kind, label, help, helpId, required, own, error, element }));
  return Object.assign(define(whole, { own, error, kind, element, required, check }), { name, label, kind, element });
}

function parts({ id, kind, label, help, helpId, required, own, error, element }) {
  const mark = required ? null : h("span", { class: "optional" }, ` ${t.optional}`);
  const helpText = help ? h("p", { class: "help", id: helpId }, help) : null;
  if (element) return [own, error];
  if (kind === "checkbox") return [h("div", { class: "tick" }, own, h("label", { for: id }, label, mark)), helpText, error];
  if (kind === "radio") return [h("fieldset", null, h("legend", null, label, mark), helpText, own, error)];
  return [h("label", { for: id }, label, mark), helpText, kind === "password" ? withEye(own) : own, error];
}

function input({ id, name, kind, choices, value, attrs }) {
  if (kind === "textarea") return h("textarea", { id, name, rows: 4, value: value ?? "", ...attrs });
  if (kind === "select") {
    const options = choices.map((it) => h("option", { value: it.value, selected: it.value === value }, it.text));
    return h("select", { id, name, ...attrs }, value ? null : h("option", { value: "" }, ""), options);
  }
  if (kind === "radio") {
    const one = (it) => {
      const own = newId(name);
      return h("div", { class: "tick" }, h("input", { type: "radio", id: own, name: id, value: it.value, checked: it.value === value, ...attrs }), h("label", { for: own }, it.text, it.help ? h("span", { class: "help" }, it.help) : null));
    };
    return h("div", { class: "choices" }, choices.map(one));
  }
  if (kind === "checkbox") return h("input", { type: "checkbox", id, name, checked: Boolean(value), ...attrs });
  return h("input", { type: kind, id, name, value: value ?? "", ...attrs });
}

/** A password that can be looked at: typing blind on a phone is where people fail. */
function withEye(own) {
  const show = h("button", { type: "button", class: "quiet eye", "aria-pressed": "false" }, t.show);
  show.addEventListener("click", () => {
    const isShown = own.type === "text";
    own.type = isShown ? "password" : "text";
    show.setAttribute("aria-pressed", String(!isShown));
  });
  return h("div", { class: "password" }, own, show);
}

function define(whole, { own, error, kind, element, required, check }) {
  const inputs = () => (kind === "radio" && !element ? [...own.querySelectorAll("input")] : [element?.input ?? own]);
  return Object.defineProperties(whole, {
    value: {
      get() {
        if (kind === "checkbox") return own.checked;
        if (kind === "radio" && !element) return own.querySelector("input:checked")?.value ?? "";
        return element || kind === "password" ? own.value : own.value.trim();
      },
      set(value) {
        if (kind === "checkbox") own.checked = Boolean(value);
        else if (kind === "radio" && !element) inputs().forEach((it) => (it.checked = it.value === value));
        else own.value = value ?? "";
      },
    },
    kept: { get: () => element?.kept ?? whole.value },
    isEmpty: { get: () => required && !whole.value },
    objection: {
      get() {
        if (whole.hidden) return "";
        if (whole.isEmpty) return whole.missing ?? element?.missing ?? t.required(whole.label);
        return whole.value ? check?.(whole.value) ?? "" : "";
      },
    },
    problem: {
      get: () => error.textContent,
      set(text) {
        error.textContent = text;
        whole.classList.toggle("wrong", Boolean(text));
        for (const it of inputs()) {
          if (text) it.setAttribute("aria-invalid", "true");
          else it.removeAttribute("aria-invalid");
        }
      },
    },
    focusInput: { value: () => (inputs().find((it) => it.checked) ?? inputs()[0]).focus() },
  });
}

/** What was typed before is there again; who wants none of it begins anew. */
function restoredNote(drop) {
  const again = h("button", { type: "button", class: "quiet" }, t.draftDrop);
  again.addEventListener("click", () => {
    drop();
    location.reload();
  });
  return h("div", { class: "notice info restored", role: "status" }, h("span", null, t.draftKept), " ", again);
}

/**
 * A form of such fields. `onsubmit(values)` may be async, and answers `false` when nothing was sent
 * after all; an `ApiProblem` with fields is shown beside them (`names` maps the API's names to ours
 * where they differ), any other above the button. `draft` (draft.js) keeps what was typed; `asks: false` lets people leave without being
 * asked, where leaving loses nothing. The result has `fields` by name, `values`,
 * `show(problems)` and `settled()` (nothing unsaved any more).
 */
export function form({ fields, submit, onsubmit, draft, names = {}, extra, kind = "main", label, asks = true }) {
  const byName = Object.fromEntries(fields.map((it) => [it.name, it]));
  const summary = h("div", { class: "summary", tabindex: "-1" });
  const button = h("button", { type: "submit", class: kind }, submit);
  button.addEventListener("click", (event) => isSecondPress(event) && event.preventDefault());
  const below = h("div", { class: "actions" }, button, extra);
  const whole = h("form", { class: "form", novalidate: true, "aria-label": label }, summary, fields, below);

  const restored = draft?.load();
  if (restored) fields.forEach((it) => it.name in restored && it.kind !== "password" && (it.value = restored[it.name]));
  if (restored) summary.after(restoredNote(() => whole.settled()));

  whole.fields = byName;
  Object.defineProperty(whole, "values", { get: () => Object.fromEntries(fields.filter((it) => !it.hidden).map((it) => [it.name, it.value])) });
  whole.show = (problems) => {
    const shown = problems.map(({ field: name, detail }) => ({ at: byName[names[name] ?? name], detail }));
    fields.forEach((it) => (it.problem = shown.find((one) => one.at === it)?.detail ?? ""));
    const line = ({ at, detail }) => h("li", null, at ? h("a", { href: "#", onclick: (event) => (event.preventDefault(), at.focusInput()) }, detail) : detail);
    fill(summary, problems.length ? h("div", { class: "notice bad", role: "alert" }, h("p", null, t.problems(problems.length)), h("ul", null, shown.map(line))) : null);
    if (problems.length) summary.focus();
  };
  whole.settled = () => {
    draft?.drop();
    // Back may bring this page again, to whoever sits here then.
    fields.filter((it) => it.kind === "password").forEach((it) => (it.value = ""));
    setUnsaved(whole, false);
  };

  const kept = () => fields.filter((it) => !it.hidden && it.kind !== "password").map((it) => [it.name, it.kept]);
  const changed = (event) => {
    setUnsaved(whole, asks);
    draft?.save(Object.fromEntries(kept()));
    // With the first letter, not when the field is left: what moves under the mouse then misses the press.
    const at = fields.find((it) => it.contains(event.target));
    if (at && !at.isEmpty) at.problem = "";
  };
  // What is said at the top moves the page: the second press of a double click lands on something else.
  let pressed = null;
  const meant = (event) => {
    if (!isSecondPress(event)) pressed = event.target;
    else if (pressed === button && event.target !== button) event.preventDefault();
  };
  whole.addEventListener("click", meant, { capture: true });
  whole.addEventListener("input", changed);
  whole.addEventListener("change", changed);
  whole.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = fields.map((it) => ({ field: it.name, detail: it.objection })).filter((it) => it.detail);
    whole.show(wrong);
    if (wrong.length) return;
    void once(button, async () => {
      try {
        const isSent = (await onsubmit(whole.values)) !== false;
        if (isSent) whole.settled();
      } catch (error) {
        if (!(error instanceof ApiProblem) || !error.fields.length) {
          fill(summary, problemNotice(error));
          summary.focus();
        } else {
          whole.show(error.fields);
        }
      }
    });
  });
  return whole;
}
