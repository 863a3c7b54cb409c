// A PDF of the service where it is needed: shown in the page when the browser can (phones mostly
// cannot), and always to be saved. It is fetched only when asked for, so that a slow line pays for
// nothing that nobody reads; what is refused is said in its place.

import { getFile } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { documents as t } from "/js/texts.js";
import { actionButton, announce, sizeText } from "/js/ui.js";

/**
 * One document by its id. `title` names it ("Surat Permohonan"), `fileName` is what it is saved as;
 * `open: true` shows it at once.
 */
export function documentView({ id, title, fileName, open = false }) {
  const shown = h("div", { class: "document-shown" });
  const load = async () => {
    const file = await getFile(`/api/documents/${id}`);
    fill(whole, view(file, title, fileName));
    announce(t.shown(title));
  };
  const button = actionButton(t.show(title), load, { kind: "second" });
  const whole = h("div", { class: "document" }, button, shown);
  if (open) button.click();
  return whole;
}

function view(file, title, fileName) {
  const address = URL.createObjectURL(file);
  const save = h("a", { class: "button second", href: address, download: fileName }, t.save(title, sizeText(file.size)));
  if (!navigator.pdfViewerEnabled) return [h("p", null, t.notHere), save];
  return [h("iframe", { class: "document-frame", src: address, title }), h("p", { class: "document-foot" }, save)];
}
