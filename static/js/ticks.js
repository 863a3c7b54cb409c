// <akses-ticks>: some of a few, as boxes to tick. Properties to set before it is in the page: `label`,
// `help`, `choices` as `[{value, text}]`. `value` is the ticked ones as a list, or empty; `change` fires.

import { fill, h, newId } from "/js/dom.js";
import { cutOffs } from "/js/texts/cut-offs.js";

const t = cutOffs.ticks;

class Ticks extends HTMLElement {
  #boxes = null;

  connectedCallback() {
    this.#build();
  }

  #build() {
    if (this.#boxes) return;
    const helpId = newId("bantuan");
    this.#boxes = this.choices.map(({ value }) => h("input", { type: "checkbox", id: newId("pilihan"), value, "aria-describedby": this.errorId }));
    const lines = this.choices.map(({ text }, at) => h("div", { class: "tick" }, this.#boxes[at], h("label", { for: this.#boxes[at].id }, text)));
    const help = this.help ? h("p", { class: "help", id: helpId }, this.help) : null;
    fill(this, h("fieldset", { "aria-describedby": help ? helpId : null }, h("legend", null, this.label), help, h("div", { class: "choices" }, lines)));
  }

  /** The box that gets the focus, and the mark of an error. */
  get input() {
    this.#build();
    return this.#boxes[0];
  }

  get value() {
    this.#build();
    const ticked = this.#boxes.filter((it) => it.checked).map((it) => it.value);
    return ticked.length ? ticked : "";
  }

  set value(values) {
    this.#build();
    for (const box of this.#boxes) box.checked = Boolean(values) && values.includes(box.value);
  }

  get missing() {
    return t.missing(this.label);
  }
}

customElements.define("akses-ticks", Ticks);
