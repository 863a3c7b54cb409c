// <akses-combobox>: choose one of many by typing (ARIA combobox with a list box). Properties to
// set before it is in the page: `label`, `help`, `optional`, and `source(text, signal)`, which
// answers `[{id, name, hint}]`, a page of the API `{items, next}`, or a text to say instead.
// `choice` is what was chosen (null: nothing), `value` its id; `change` fires.

import { fill, h, newId } from "/js/dom.js";
import { combobox as t, ui } from "/js/texts.js";
import { announce } from "/js/ui.js";

/** After the last key, before the service is asked. */
const QUIET_MS = 150;

/** An answer that takes longer says that it is on its way. */
const PATIENCE_MS = 500;

class Combobox extends HTMLElement {
  #input = null;
  #choice = null;
  #items = [];
  #at = -1;
  /** The list shown is of an older text: keys wait for the new one. */
  #isStale = false;
  #steps = 0;
  #isEntered = false;
  #asked = null;

  connectedCallback() {
    this.#build();
  }

  disconnectedCallback() {
    this.#close();
  }

  /** The text box; made when it is first needed, because an error may come before the page. */
  get input() {
    this.#build();
    return this.#input;
  }

  #build() {
    if (this.#input) return;
    const id = newId("pilihan");
    // A list that scrolls would be a stop of Tab by itself, and be gone when Tab comes to it.
    this.list = h("ul", { role: "listbox", id: `${id}-daftar`, "aria-label": this.label, tabindex: "-1" });
    this.note = h("p", { class: "note" });
    this.popup = h("div", { class: "popup", hidden: true }, this.list, this.note);
    this.#input = h("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", required: !this.optional,
      "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list",
      "aria-describedby": [`${id}-bantuan`, this.errorId].filter(Boolean).join(" "), value: this.#choice?.name ?? "",
    });
    const mark = this.optional ? h("span", { class: "optional" }, ` ${ui.optional}`) : null;
    fill(this,
      h("label", { for: id }, this.label, mark),
      h("p", { class: "help", id: `${id}-bantuan` }, this.help ?? t.hint),
      h("div", { class: "combobox" }, this.#input, this.popup));
    this.#listen();
  }

  #listen() {
    this.#input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#take(null);
      this.#isStale = true;
      this.#forgetKeys();
      this.#mark(-1);
      this.#askSoon();
    });
    this.#input.addEventListener("change", (event) => event.stopPropagation());
    this.#input.addEventListener("focus", () => this.#choice || this.#askSoon(0));
    this.#input.addEventListener("click", () => this.popup.hidden && this.#askSoon(0));
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#leave());
    // Pressing on the list must not take the focus away before the choice is made.
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.at));
    });
  }

  get choice() {
    return this.#choice;
  }

  /** Sets what is chosen, `{id, name}` or null, without an event. */
  set choice(item) {
    this.#choice = item;
    if (this.#input) this.#input.value = item?.name ?? "";
  }

  get value() {
    return this.#choice?.id ?? "";
  }

  /** An id has no name to show: only what has one, and nothing, can be set. */
  set value(item) {
    if (!item || typeof item === "object") this.choice = item || null;
  }

  /** For drafts: with its name. */
  get kept() {
    return this.#choice;
  }

  /** What to say when nothing is chosen. */
  get missing() {
    return t.choose(this.label);
  }

  focus() {
    this.input.focus();
  }

  #take(item) {
    const before = this.value;
    this.#choice = item;
    if (this.value !== before) this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #askSoon(after = QUIET_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), after);
  }

  /** What was chosen is no search: who opens the list again wants to see the others. */
  async #ask() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const slow = setTimeout(() => this.#say(t.searching), PATIENCE_MS);
    try {
      const answer = await this.source(this.#choice ? "" : this.#input.value.trim(), asked.signal);
      if (!asked.signal.aborted) this.#answered(answer);
    } catch {
      if (asked.signal.aborted) return;
      this.#isStale = false;
      this.#say(t.failed);
    } finally {
      clearTimeout(slow);
    }
  }

  #answered(answer) {
    this.#isStale = false;
    if (typeof answer === "string") return this.#say(answer);
    const { items, next = null } = Array.isArray(answer) ? { items: answer } : answer;
    // Who typed a whole name and went on before the answer came has chosen it.
    if (document.activeElement !== this.#input) return this.#chooseNamed(items);
    if (!items.length) return this.#say(t.none);
    this.#show(items, next ? t.more : "");
    announce([t.count(items.length), next ? t.more : ""].join(" ").trim());
  }

  #say(text) {
    this.#show([], text);
    announce(text);
  }

  #show(items, note) {
    if (document.activeElement !== this.#input) return;
    this.#items = items;
    const option = (item, at) => {
      const hint = item.hint ? h("span", { class: "hint" }, item.hint) : null;
      const isChosen = String(item.id === this.value);
      return h("li", { role: "option", id: `${this.list.id}-${at}`, "aria-selected": isChosen, dataset: { at } }, item.name, hint);
    };
    fill(this.list, items.map(option));
    this.note.textContent = note;
    this.popup.hidden = false;
    this.popup.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-expanded", String(items.length > 0));
    this.#mark(-1);
    if (!this.#isStale) this.#followKeys();
  }

  /** What was pressed while the list of what was typed was on its way. */
  #followKeys() {
    const isEntered = this.#isEntered;
    if (this.#steps) this.#move(this.#steps);
    this.#forgetKeys();
    if (isEntered) this.#enter();
  }

  #forgetKeys() {
    this.#steps = 0;
    this.#isEntered = false;
  }

  #close() {
    clearTimeout(this.timer);
    this.#asked?.abort();
    this.#isStale = false;
    this.#forgetKeys();
    this.#hide();
  }

  #hide() {
    if (!this.#input) return;
    this.popup.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  #key(event) {
    const isOpen = !this.popup.hidden;
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.altKey && event.key === "ArrowUp") this.#close();
      else if (this.#isStale) this.#steps += event.key === "ArrowDown" ? 1 : -1;
      else if (!isOpen) this.#askSoon(0);
      else this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && (isOpen || this.#isStale)) {
      // With an open list, Enter is about the list and sends no form.
      event.preventDefault();
      if (this.#isStale) this.#isEntered = true;
      else this.#enter();
    }
  }

  /** Takes the option that the arrows are at, or the only one. */
  #enter() {
    if (this.#at >= 0 || this.#items.length === 1) this.#choose(Math.max(this.#at, 0));
  }

  #move(step) {
    const count = this.#items.length;
    if (!count) return;
    const from = this.#at < 0 && step < 0 ? 0 : this.#at;
    this.#mark((((from + step) % count) + count) % count);
    this.list.children[this.#at].scrollIntoView({ block: "nearest" });
  }

  /** Which option the arrows are at; -1 is none. */
  #mark(at) {
    this.#at = at;
    [...this.list.children].forEach((option, index) => option.classList.toggle("at", index === at));
    if (at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", this.list.children[at].id);
  }

  #choose(at) {
    const item = this.#items[at];
    if (!item) return;
    this.#close();
    this.#input.value = item.name;
    this.#take(item);
  }

  /** Who goes on from an option, or typed a whole name, has chosen it. */
  #leave() {
    if (this.#isStale) return this.#hide();
    if (!this.popup.hidden && this.#at >= 0) this.#choose(this.#at);
    else this.#chooseNamed(this.#items);
    this.#close();
  }

  /** Two of one name are told apart by eye only. */
  #chooseNamed(items) {
    const typed = this.#input.value.trim().toLowerCase();
    const named = items.filter((item) => item.name.toLowerCase() === typed);
    this.#items = items;
    if (!this.#choice && named.length === 1) this.#choose(items.indexOf(named[0]));
  }
}

customElements.define("akses-combobox", Combobox);
