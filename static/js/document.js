// A PDF of the service where it is needed: shown in the page when the browser can (phones mostly
// cannot), and always to be opened on its own and to be saved. It is fetched only when asked for, so that a slow line pays for
// nothing that nobody reads; what is refused is said in its place.

import { getFile } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { documents as t } from "/js/texts.js";
import { actionButton, announce, sizeText } from "/js/ui.js";

/** What the viewer of Chromium and the one of Firefox leave out, so that the paper has the width. */
const VIEWER = "#navpanes=0&view=FitH&pagemode=none";

/** Files that are shown; each is given back when its element is gone and another one comes. */
const shownFiles = new Map();

/**
 * One document by its id. `title` names it ("Surat Permohonan"), `fileName` is what it is saved as;
 * `open: true` shows it at once.
 */
export function documentView({ id, title, fileName, open = false }) {
  const path = `/api/documents/${id}`;
  const alone = h("a", { class: "button second", href: path, target: "_blank", rel: "noopener" }, t.alone);
  if (!navigator.pdfViewerEnabled) {
    const save = h("a", { class: "button second", href: path, download: fileName }, t.save(title));
    return h("div", { class: "document" }, h("p", null, t.notHere), h("p", { class: "document-foot" }, alone, save));
  }
  const load = async () => {
    const file = await getFile(path);
    const address = addressOf(file);
    const save = h("a", { class: "button second", href: address, download: fileName }, t.save(title, sizeText(file.size)));
    fill(whole, h("iframe", { class: "document-frame", src: address + VIEWER, title }), h("p", { class: "document-foot" }, alone, save));
    shownFiles.set(save, address);
    announce(t.shown(title));
  };
  const button = actionButton(t.show(title), load, { kind: "second" });
  const whole = h("div", { class: "document" }, h("div", { class: "document-foot" }, button, alone));
  if (open) button.click();
  return whole;
}

/** A browser keeps a file as long as its address: whoever looks through many needs only the last. */
function addressOf(file) {
  for (const [element, address] of shownFiles) {
    if (element.isConnected) continue;
    URL.revokeObjectURL(address);
    shownFiles.delete(element);
  }
  return URL.createObjectURL(file);
}
