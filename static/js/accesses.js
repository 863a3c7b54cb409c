// One's accesses, wherever they are shown: read from the service, named, dated, and led on from.

import { get } from "/js/api.js";
import { plainDay } from "/js/dates.js";
import { h, newId } from "/js/dom.js";
import { accesses } from "/js/texts/accesses.js";
import { badge, deadline, linkButton } from "/js/ui.js";

const t = accesses.access;

/** As many as the service gives at once. */
const PAGE_SIZE_MAX = 100;

/** One page of them, as `pagedList` wants it. */
export async function readAccesses(cursor, limit = PAGE_SIZE_MAX) {
  const after = cursor ? `&after=${encodeURIComponent(cursor)}` : "";
  const { accesses: items, next } = await get(`/api/accesses?limit=${limit}${after}`);
  return { items, next };
}

/** All of them; people hold a handful. */
export async function allAccesses() {
  const all = [];
  let cursor = null;
  do {
    const { items, next } = await readAccesses(cursor);
    all.push(...items);
    cursor = next;
  } while (cursor);
  return all;
}

/** Where each thing is done. */
export const places = {
  list: (id) => `/pengaturan/informasi-instansi#${anchor(id)}`,
  register: (role) => `/daftar-akses?role=${encodeURIComponent(role)}`,
  registerAgain: (access) => `/daftar-akses?role=${encodeURIComponent(access.role.id)}&akses=${access.id}`,
  renew: (id) => `/perbaikan-data?akses=${id}`,
  end: (id) => `/nonaktifkan?akses=${id}`,
  history: (id) => `/riwayat?akses=${id}`,
  why: (id) => `/kenapa?akses=${id}`,
  meeting: (request) => `/rapat?id=${request}`,
};

/** The id of an access's element in the list, so that links lead to it. */
export function anchor(id) {
  return `akses-${id}`;
}

/** The zone of its institution, as the service writes it; empty while it has no end. */
export function zoneOf(access) {
  return /(WIB|WITA|WIT)$/.exec(access.ends?.text ?? access.request?.deadline.text ?? "")?.[0] ?? "";
}

/** `akhir hari 14 Januari 2027 (WIB)`: of its last day, or another's. */
export function lastDay(access, day = access.valid_until) {
  return day ? h("time", { datetime: day }, t.lastDay(plainDay(day), zoneOf(access))) : null;
}

/** By when a verifier decides, how long that is, and how it came about (VER-3). */
export function due({ deadline: value, overdue }) {
  const shown = deadline(value);
  if (!overdue) shown.querySelector("time").after(h("akses-countdown", { class: "hint", until: value.at }));
  return shown;
}

/** Which access a page is about: role, place, status; and until when it works, unless there is `more` to say. */
export function accessHead(access, more = access.status === "active" ? [t.until, lastDay(access)] : null) {
  return h("div", { class: "card access-head" },
    h("p", { class: "access-role" }, access.role.name),
    h("p", { class: "access-place" }, t.place(access)),
    h("p", { class: "access-state" }, badge(access), " ", more));
}

/** For links and buttons that repeat: read out, each says after its name what it is about. */
export function about(subjects, controls) {
  for (const subject of subjects) subject.id ||= newId("tentang");
  const ids = subjects.map((subject) => subject.id).join(" ");
  for (const control of controls.filter(Boolean)) control.setAttribute("aria-describedby", ids);
  return controls;
}

/** When the address names none, or none of one's own: choose one. `href` says where each leads. */
export function accessChoice({ title, text, accesses: shown, href, empty }) {
  const row = (access) => h("li", null, h("a", { class: "choice", href: href(access.id) },
    h("span", { class: "choice-name" }, access.role.name),
    h("span", { class: "choice-place" }, t.place(access)), badge(access)));
  return [
    h("h2", { class: "first" }, title),
    text ? h("p", null, text) : null,
    shown.length ? h("ul", { class: "rows choices-list" }, shown.map(row)) : h("p", { class: "empty" }, empty),
    h("p", { class: "actions" }, linkButton(t.toList, "/pengaturan/informasi-instansi", "second")),
  ];
}
