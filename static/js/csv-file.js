// <akses-csv>: a list of people as spreadsheets save it. Read here, so that what is no CSV at all is
// told before it is sent; `value` is its text. Properties as of akses-upload: `label`, `help`.

import { fill, h, newId } from "/js/dom.js";
import { verification as texts } from "/js/texts/verification.js";

const t = texts.letters;

/** As the service has it. */
const FILE_BYTES_MAX = 65_536;

/** How the archives begin that Excel saves by itself. */
const ZIP_START = "PK";

class CsvFile extends HTMLElement {
  #input = null;
  #text = "";
  /** What is wrong with the file that was chosen last. */
  #problem = "";

  connectedCallback() {
    this.#build();
  }

  /** The file input; made when it is first needed, because an error may come before the page. */
  get input() {
    this.#build();
    return this.#input;
  }

  #build() {
    if (this.#input) return;
    const id = newId("csv");
    const described = [`${id}-aturan`, `${id}-hasil`, this.errorId].filter(Boolean).join(" ");
    this.#input = h("input", { id, class: "unseen", type: "file", accept: ".csv,text/csv", required: true, "aria-describedby": described });
    this.result = h("p", { id: `${id}-hasil`, class: "csv-result", role: "status" });
    const choose = h("label", { for: id, class: "button second" }, t.fileChoose);
    const help = h("p", { class: "help", id: `${id}-aturan` }, this.help);
    fill(this, h("label", { for: id }, this.label), help, h("div", { class: "drop" }, this.#input, choose), this.result);
    this.#input.addEventListener("change", (event) => {
      event.stopPropagation();
      void this.#read(this.#input.files[0]);
    });
    this.#input.addEventListener("input", (event) => event.stopPropagation());
  }

  get value() {
    return this.#text;
  }

  /** No page can put a file here: it can only be taken away. */
  set value(text) {
    if (!text) this.#take("", "", false);
  }

  /** For drafts: a browser gives no file twice. */
  get kept() {
    return "";
  }

  get missing() {
    return this.#problem || t.fileMissing;
  }

  focus() {
    this.input.focus();
  }

  async #read(file) {
    if (!file) return this.#take("", "", false);
    if (file.size > FILE_BYTES_MAX) return this.#refuse(t.fileTooLarge);
    const text = await decoded(file);
    if (text?.startsWith(ZIP_START)) return this.#refuse(t.fileExcel);
    if (text === null) return this.#refuse(t.fileNotUtf8);
    this.#take(text, t.fileChosen(file.name, peopleIn(text)), false);
  }

  #refuse(why) {
    this.input.value = "";
    this.#take("", why, true);
  }

  #take(text, said, isWrong) {
    this.#text = text;
    this.#problem = isWrong ? said : "";
    this.input;
    this.result.textContent = said;
    this.result.classList.toggle("error", isWrong);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Its text; null when it is none. An archive is none either, but is known by how it begins. */
async function decoded(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const start = new TextDecoder("latin1").decode(bytes.slice(0, 2));
    return start === ZIP_START ? start : null;
  }
}

/** Lines below the head that say something. */
function peopleIn(text) {
  return text.split(/\r\n|\r|\n/).slice(1).filter((line) => /[^\s,;]/.test(line)).length;
}

customElements.define("akses-csv", CsvFile);
