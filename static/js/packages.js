// <akses-packages>: the procurements that are not finished, one after the other. `value` is the list as the
// service takes it (null while it is empty and must not be), for a field of form.js; `change` fires.

import { fill, h, newId } from "/js/dom.js";
import { accesses } from "/js/texts/accesses.js";
import { ui } from "/js/texts.js";
import { announce } from "/js/ui.js";

const t = accesses.ending.package;

/** As the service has it. */
export const PACKAGES_MAX = 30;
const TITLE_CHARS_MAX = 200;
const CODE_CHARS_MAX = 40;

class Packages extends HTMLElement {
  #rows = [];
  #mark = h("span", { class: "optional", hidden: true }, ` ${ui.optional}`);

  connectedCallback() {
    if (this.list) return;
    if (!this.#rows.length) this.#rows.push(this.#row({}));
    this.list = h("div", { class: "packages" });
    this.add = h("button", { type: "button", class: "second", onclick: () => this.#addAndGo() }, t.add);
    fill(this, h("p", { class: "label" }, this.label, this.#mark), h("p", { class: "help" }, this.help), this.list, this.add);
    this.#draw();
  }

  /** Whether an empty list will do. */
  get optional() {
    return !this.#mark.hidden;
  }

  set optional(isOptional) {
    this.#mark.hidden = !isOptional;
  }

  /** What is named; null while nothing is and something has to be. */
  get value() {
    const named = this.#rows.map(read).filter((it) => it.title || it.code);
    return named.length || this.optional ? named : null;
  }

  set value(packages) {
    this.#rows = (packages ?? []).map((it) => this.#row(it));
    if (!this.#rows.length) this.#rows.push(this.#row({}));
    if (this.list) this.#draw();
  }

  /** For drafts. */
  get kept() {
    return this.value;
  }

  /** Where an error leads: the first row without its name. */
  get input() {
    return (this.#rows.find((row) => !row.title.value.trim()) ?? this.#rows[0]).title;
  }

  get missing() {
    return t.missing;
  }

  /** What is wrong with what is typed; empty when nothing. */
  get slip() {
    const at = this.#rows.map(read).findIndex((it) => it.code && !it.title);
    return at < 0 ? "" : t.titleMissing(at + 1);
  }

  #row({ title = "", code = "", handed_over: handedOver = false }) {
    const row = {};
    const [titleId, codeId, tickId] = [newId("paket"), newId("kode"), newId("serah")];
    row.title = h("input", { id: titleId, type: "text", maxlength: TITLE_CHARS_MAX, value: title, "aria-describedby": this.errorId });
    row.code = h("input", { id: codeId, type: "text", maxlength: CODE_CHARS_MAX, value: code ?? "" });
    row.tick = h("input", { id: tickId, type: "checkbox", checked: handedOver });
    row.legend = h("legend");
    row.remove = h("button", { type: "button", class: "quiet", onclick: () => this.#remove(row) });
    row.box = h("fieldset", { class: "package" }, row.legend,
      h("div", null, h("label", { for: titleId }, t.title), row.title),
      h("div", null, h("label", { for: codeId }, t.code, h("span", { class: "optional" }, ` ${ui.optional}`)), row.code),
      h("div", { class: "tick" }, row.tick, h("label", { for: tickId }, t.handedOver)),
      row.remove);
    return row;
  }

  #draw() {
    this.#rows.forEach((row, at) => {
      row.legend.textContent = t.legend(at + 1);
      row.remove.textContent = t.remove(at + 1);
      row.remove.hidden = this.#rows.length === 1;
    });
    fill(this.list, this.#rows.map((row) => row.box));
    this.add.hidden = this.#rows.length >= PACKAGES_MAX;
  }

  #addAndGo() {
    const row = this.#row({});
    this.#rows.push(row);
    this.#draw();
    announce(t.added(this.#rows.length));
    row.title.focus();
  }

  #remove(row) {
    const at = this.#rows.indexOf(row);
    this.#rows.splice(at, 1);
    this.#draw();
    announce(t.removed);
    this.#rows[Math.max(0, at - 1)].title.focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function read(row) {
  return { title: row.title.value.trim(), code: row.code.value.trim() || null, handed_over: row.tick.checked };
}

customElements.define("akses-packages", Packages);
