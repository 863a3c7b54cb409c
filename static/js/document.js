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
  const shown = h("div", { class: "document-shown" });
  const load = async () => {
    const file = await getFile(`/api/documents/${id}`);
    fill(whole, view({ id, file, title, fileName }));
    announce(t.shown(title));
  };
  const button = actionButton(t.show(title), load, { kind: "second" });
  const whole = h("div", { class: "document" }, button, shown);
  if (open) button.click();
  return whole;
}

function view({ id, file, title, fileName }) {
  const address = addressOf(file);
  const alone = h("a", { class: "button second", href: `/api/documents/${id}`, target: "_blank", rel: "noopener" }, t.alone);
  const save = h("a", { class: "button second", href: address, download: fileName }, t.save(title, sizeText(file.size)));
  const foot = h("p", { class: "document-foot" }, alone, save);
  shownFiles.set(foot, address);
  if (!navigator.pdfViewerEnabled) return [h("p", null, t.notHere), foot];
  return [h("iframe", { class: "document-frame", src: address + VIEWER, title }), foot];
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
