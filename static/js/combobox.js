// <akses-combobox>: choose one of many by typing (ARIA combobox with a list box). Properties to
// set before it is in the page: `label`, `help`, `optional`, and `source(text, signal)`, which
// answers `[{id, name, hint}]`. `choice` is what was chosen (null: nothing), `value` its id; `change` fires.

import { fill, h, newId } from "/js/dom.js";
import { combobox as t, ui } from "/js/texts.js";
import { announce } from "/js/ui.js";

/** After the last key, before the service is asked. */
const QUIET_MS = 150;

class Combobox extends HTMLElement {
  #choice = null;
  #items = [];
  #at = -1;
  #asked = null;

  connectedCallback() {
    if (this.input) return;
    const id = newId("pilihan");
    this.list = h("ul", { role: "listbox", id: `${id}-daftar`, "aria-label": this.label, hidden: true });
    this.input = h("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", required: !this.optional,
      "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list", "aria-describedby": `${id}-bantuan`,
      value: this.#choice?.name ?? "",
    });
    const mark = this.optional ? h("span", { class: "optional" }, ` ${ui.optional}`) : null;
    fill(this, h("label", { for: id }, this.label, mark), h("p", { class: "help", id: `${id}-bantuan` }, this.help ?? t.hint), h("div", { class: "combobox" }, this.input, this.list));
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#take(null);
      this.#askSoon();
    });
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.input.addEventListener("focus", () => this.#choice || this.#askSoon(0));
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    // Pressing on the list must not take the focus away before the choice is made.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
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
    if (this.input) this.input.value = item?.name ?? "";
  }

  get value() {
    return this.#choice?.id ?? "";
  }

  /** Only clearing makes sense without a name. */
  set value(id) {
    if (!id) this.choice = null;
    else if (typeof id === "object") this.choice = id;
  }

  focus() {
    this.input.focus();
  }

  setAttribute(name, value) {
    super.setAttribute(name, value);
    if (name === "aria-invalid") this.input?.setAttribute(name, value);
  }

  removeAttribute(name) {
    super.removeAttribute(name);
    if (name === "aria-invalid") this.input?.removeAttribute(name);
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

  async #ask() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const items = await this.source(this.input.value.trim(), asked.signal);
      if (asked.signal.aborted || this.#choice || document.activeElement !== this.input) return;
      this.#show(items);
    } catch {
      if (!asked.signal.aborted) this.#say(t.failed);
    }
  }

  #show(items) {
    this.#items = items;
    this.#at = -1;
    this.input.removeAttribute("aria-activedescendant");
    if (!items.length) return this.#say(t.none);
    const option = (item, at) =>
      h("li", { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false", dataset: { at } }, item.name, item.hint ? h("span", { class: "hint" }, item.hint) : null);
    fill(this.list, items.map(option));
    this.#open();
    announce(t.count(items.length));
  }

  #say(text) {
    this.#items = [];
    fill(this.list, h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "empty" }, text));
    this.#open();
    announce(text);
  }

  #open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.#at = -1;
  }

  #key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.#askSoon(0);
      else this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && this.#at >= 0) {
      event.preventDefault();
      this.#choose(this.#at);
    }
  }

  #move(step) {
    const count = this.#items.length;
    if (!count) return;
    this.#at = (this.#at + step + count) % count;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.#at)));
    const active = this.list.children[this.#at];
    this.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  #choose(at) {
    const item = this.#items[at];
    if (!item) return;
    this.input.value = item.name;
    this.#take(item);
    this.#close();
  }
}

customElements.define("akses-combobox", Combobox);
