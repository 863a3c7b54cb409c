// Pengajuan Kolektif: one signed letter and one file for many people. Everything is checked before
// anything is filed; the result has a page of its own (kolektif-lihat.js).

import { get, getAll, send } from "/js/api.js";
import "/js/combobox.js";
import "/js/csv-file.js";
import { fill, h } from "/js/dom.js";
import { leaveTo, localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { knownLetters, rememberLetter } from "/js/letters.js";
import { start } from "/js/page.js";
import { institutionFields, institutionsAs } from "/js/places.js";
import { verification as texts } from "/js/texts/verification.js";
import { actionButton, linkButton, notice, table } from "/js/ui.js";
import "/js/upload.js";

const t = texts.letters;

start(async ({ me }) => {
  if (!me.duties.includes("ukpbj-head")) {
    return [notice("info", h("p", null, t.notForYou)), linkButton(texts.toAccesses, "/pengaturan/informasi-instansi", "second")];
  }
  const places = await institutionsAs("KUKPBJ");
  return [
    section("templat", t.template, template(), codes(places)),
    section("unggah", t.upload, letterForm(me, places)),
    section("surat-anda", t.known, known(me)),
  ];
});

function section(id, title, ...children) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), children);
}

function template() {
  const get = h("a", { class: "button second", href: "/api/collective-template", download: t.templateFile }, t.templateGet);
  return [h("p", null, t.templateHelp), h("p", { class: "actions" }, get)];
}

// The codes that the file asks for.

function codes(places) {
  const place = h("div");
  const whole = h("details", { class: "letter-codes" }, h("summary", null, t.codes), place);
  whole.addEventListener("toggle", () => whole.open && !place.hasChildNodes() && void fillCodes(place, places));
  return whole;
}

async function fillCodes(place, places) {
  const roles = await getAll("/api/reference/roles?limit=100", "items");
  const found = h("p", { role: "status" });
  const unit = h("akses-combobox");
  unit.source = (text, signal) => unitsOf(places[0], text, signal);
  unit.addEventListener("change", () => {
    found.textContent = unit.choice ? t.unitCode(unit.choice.name, unit.choice.id) : "";
  });
  const columns = [
    { title: t.code, cell: (role) => h("code", null, role.code) },
    { title: t.name, cell: (role) => role.name },
  ];
  fill(place,
    h("div", { class: "form" }, field({ name: "satuan-kerja", label: t.unit, element: unit }), found),
    table({ caption: t.roleCaption, columns, rows: roles }),
    h("p", { class: "actions" }, actionButton(t.codesGet, () => saveCodes(roles, places), { kind: "second" })));
}

async function unitsOf(institution, text, signal) {
  const search = new URLSearchParams({ institution: institution.id, q: text, limit: 20 });
  const { items, next } = await get(`/api/reference/work-units?${search}`, { signal });
  return { items: items.map((it) => ({ id: it.code, name: it.name, hint: it.code })), next };
}

async function saveCodes(roles, places) {
  const units = await Promise.all(places.map((it) => getAll(`/api/reference/work-units?institution=${it.id}&limit=100`, "items")));
  const named = (kind, items) => items.map((it) => [kind, it.code, it.name]);
  const rows = [t.codesHead, ...named(t.codesRole, roles), ...named(t.codesUnit, units.flat())];
  // The mark tells spreadsheets that this is UTF-8.
  const content = `\ufeff${rows.map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv" }));
  h("a", { href: address, download: t.codesFile }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name that a spreadsheet would run as a formula is marked as text. */
function quoted(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

// The letter and its file.

function letterForm(me, places) {
  const fields = [
    ...institutionFields(places),
    field({ name: "document", label: t.document, element: h("akses-upload"), help: t.documentHelp }),
    field({ name: "file", label: t.file, element: h("akses-csv"), help: t.fileHelp }),
  ];
  const check = async ({ document, file, institution }) => {
    const search = new URLSearchParams({ document, ...(institution ? { institution } : {}) });
    const letter = await send("POST", `/api/collective?${search}`, file, { type: "text/csv", intent: "periksa surat" });
    rememberLetter(me, letter);
    checked.settled();
    leaveTo(`/kolektif/lihat?id=${letter.id}`);
  };
  const checked = form({ label: t.upload, fields, submit: t.check, draft: localDraft(me, "kolektif"), onsubmit: check });
  return checked;
}

function known(me) {
  const letters = knownLetters(me);
  if (!letters.length) return h("p", { class: "empty" }, t.knownNone);
  const line = (it) => h("li", null, h("a", { href: `/kolektif/lihat?id=${it.id}` }, t.knownLink(it.checked)));
  return [h("p", { class: "help" }, t.knownHelp), h("ul", { class: "letter-list" }, letters.map(line))];
}
