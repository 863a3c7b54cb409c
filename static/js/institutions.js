// <akses-institutions>: a list of institutions that people put together, one by typing or many by their
// codes. Properties to set before it is in the page: `label`, `help`, `most`. `value` is the codes as a list, or
// empty; `kept` the same with names, which `value` takes as well. `change` fires.

import { get } from "/js/api.js";
import "/js/combobox.js";
import { fill, h, newId } from "/js/dom.js";
import { institutionsByCode } from "/js/institution-names.js";
import { cutOffs } from "/js/texts/cut-offs.js";
import { actionButton, announce } from "/js/ui.js";

const t = cutOffs.institutions;

class Institutions extends HTMLElement {
  #chosen = [];
  #search = null;

  connectedCallback() {
    this.#build();
  }

  get input() {
    this.#build();
    return this.#search.input;
  }

  get value() {
    return this.#chosen.length ? this.#chosen.map((it) => it.code) : "";
  }

  /** `[{code, name}]`. */
  set value(items) {
    this.#chosen = items ? [...items] : [];
    if (this.#search) this.#draw();
  }

  get kept() {
    return this.#chosen;
  }

  get missing() {
    return t.missing;
  }

  #build() {
    if (this.#search) return;
    this.#search = document.createElement("akses-combobox");
    Object.assign(this.#search, { label: this.label, help: this.help, errorId: this.errorId, source: (text, signal) => this.#find(text, signal) });
    this.#search.addEventListener("change", (event) => {
      event.stopPropagation();
      const item = this.#search.choice;
      if (!item) return;
      this.#search.choice = null;
      this.#add([{ code: item.code, name: item.name }]);
    });
    this.list = h("ul", { class: "chosen", "aria-label": t.chosen });
    this.count = h("p", { class: "help" });
    fill(this, this.#search, this.#pasting(), this.count, this.list);
    this.#draw();
  }

  async #find(text, signal) {
    const { items, next } = await get(`/api/reference/institutions?limit=20&q=${encodeURIComponent(text)}`, { signal });
    const known = new Set(this.value);
    const free = items.filter((it) => !known.has(it.code));
    return { items: free.map(({ id, code, name, kind, zone }) => ({ id, code, name, hint: `${code} · ${kind}, ${zone}` })), next };
  }

  /** A letter's annex names many: their codes can be put in at once. */
  #pasting() {
    const id = newId("kode");
    const said = h("p", { class: "error", role: "alert" });
    const text = h("textarea", { id, rows: 4, spellcheck: "false" });
    for (const name of ["input", "change"]) text.addEventListener(name, (event) => event.stopPropagation());
    const add = async () => {
      const codes = [...new Set(text.value.toUpperCase().split(/[\s,;]+/).filter(Boolean))];
      const found = await institutionsByCode(codes);
      const unknown = codes.filter((code) => !found.some((it) => it.code === code));
      text.value = unknown.join("\n");
      said.textContent = unknown.length ? t.unknown(unknown.join(", ")) : "";
      this.#add(found);
    };
    return h("details", null, h("summary", null, t.paste), h("label", { for: id }, t.pasteLabel), text, said, actionButton(t.pasteAdd, add, { kind: "second" }));
  }

  #add(items) {
    const known = new Set(this.#chosen.map((it) => it.code));
    const fresh = items.filter((it) => !known.has(it.code));
    if (!fresh.length) return;
    this.#chosen.push(...fresh);
    this.#changed(t.added(fresh.length, this.#chosen.length));
  }

  #remove(item, at) {
    this.#chosen = this.#chosen.filter((it) => it !== item);
    this.#changed(t.removed(item.name, this.#chosen.length));
    (this.list.querySelectorAll("button")[Math.min(at, this.#chosen.length - 1)] ?? this.#search).focus();
  }

  #changed(text) {
    this.#draw();
    announce(text);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #draw() {
    const line = (item, at) =>
      h("li", null, h("span", null, item.name, " ", h("span", { class: "code" }, item.code)), h("button", { type: "button", class: "quiet", "aria-label": t.removeOne(item.name), onclick: () => this.#remove(item, at) }, t.remove));
    fill(this.list, this.#chosen.map(line));
    this.list.hidden = !this.#chosen.length;
    this.count.textContent = t.count(this.#chosen.length, this.most);
  }
}

customElements.define("akses-institutions", Institutions);
