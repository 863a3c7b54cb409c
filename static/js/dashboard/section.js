// A part of the dashboard that loads by itself: one that fails says so in its place and can be
// tried again, while the others stand.

import { fill, h, newId } from "/js/dom.js";
import { page } from "/js/texts.js";
import { problemNotice } from "/js/ui.js";

/** `load()` answers the nodes of the section; `redraw()` on the result loads it anew. */
export function section(title, load) {
  const heading = newId("bagian");
  const body = h("div", null, h("p", { class: "loading" }, page.loading));
  const whole = h("section", { class: "card", "aria-labelledby": heading }, h("h2", { id: heading }, title), body);
  whole.redraw = async () => {
    body.setAttribute("aria-busy", "true");
    try {
      fill(body, await load());
    } catch (error) {
      fill(body, problemNotice(error, whole.redraw));
    } finally {
      body.removeAttribute("aria-busy");
    }
  };
  void whole.redraw();
  return whole;
}
