// A part of the dashboard that loads by itself: one that fails says so in its place and can be
// tried again, while the others stand. All load at once and are shown in their order, so that nothing that
// somebody reads is pushed away by what comes later.

import { fill, h, newId } from "/js/dom.js";
import { page } from "/js/texts.js";
import { problemNotice } from "/js/ui.js";

/** `load()` answers the nodes of the section; `redraw()` on the result loads it anew. */
export function section(title, load) {
  const heading = newId("bagian");
  const body = h("div");
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
  whole.ready = whole.redraw();
  return whole;
}

/** The same, loaded when somebody comes to it: what stands far below costs a slow line nothing before. */
export function laterSection(title, load) {
  let isNear = false;
  const whole = section(title, () => (isNear ? load() : [h("p", { class: "loading" }, page.loading)]));
  const come = () => {
    watcher.disconnect();
    removeEventListener("beforeprint", come);
    isNear = true;
    void whole.redraw();
  };
  const watcher = new IntersectionObserver((entries) => entries.some((it) => it.isIntersecting) && come());
  addEventListener("beforeprint", come);
  void whole.ready.then(() => watcher.observe(whole));
  return whole;
}

/** Puts sections into `place`, each as soon as it and those before it are there. */
export async function showInOrder(place, sections) {
  for (const it of sections) {
    await it.ready;
    place.querySelector(":scope > .loading")?.remove();
    place.append(it, h("p", { class: "loading" }, page.loading));
  }
  place.querySelector(":scope > .loading")?.remove();
}
