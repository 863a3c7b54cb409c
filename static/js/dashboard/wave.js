// The coming wave: how many accesses end week by week, and how many of them already wait to be
// extended (EXP-7). Officials see their institution; the directorate the country, and each.

import { get } from "/js/api.js";
import { columnChart } from "/js/chart.js";
import { appealPanel } from "/js/dashboard/appeal.js";
import "/js/combobox.js";
import { briefDay, dayText, monthText, shortDay } from "/js/dates.js";
import { h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { announce, pagedList } from "/js/ui.js";

const t = dashboard.wave;

const SPANS = [4, 13, 26];
const SPAN_DEFAULT = 13;

/** Institutions of one page of the list. */
const PAGE_ROWS = 10;

/** What the address asks for: `?minggu=26&instansi=ID`. */
export function wanted() {
  const query = new URLSearchParams(location.search);
  const weeks = Number(query.get("minggu"));
  return { weeks: SPANS.includes(weeks) ? weeks : SPAN_DEFAULT, institution: query.get("instansi") ?? "" };
}

/** The dashboard's address for these; what is usual is left out. */
export function addressOf({ weeks, institution }) {
  const query = new URLSearchParams();
  if (institution) query.set("instansi", institution);
  if (weeks !== SPAN_DEFAULT) query.set("minggu", weeks);
  return query.size ? `/dasbor?${query}` : "/dasbor";
}

/** Reads the wave; for the directorate the first page of institutions. */
export function readWave({ weeks, institution }, after) {
  const query = new URLSearchParams({ weeks, limit: PAGE_ROWS });
  if (institution) query.set("institution", institution);
  if (after) query.set("after", after);
  return get(`/api/coming-wave?${query}`);
}

/** Of the institutions of a VAI or Kepala UKPBJ, with the appeal; hardly ever more than one. */
export function ownWave(me, wave) {
  return wave.institutions.flatMap((item) => [
    wave.institutions.length > 1 ? h("h3", null, item.institution.name) : null,
    chartOf(item),
    h("p", { class: "help" }, t.days(item.zone)),
    appealPanel(me, item),
  ]);
}

/** Of one institution, as the directorate looks at it. */
export function oneWave(item, asked) {
  return [
    h("p", null, h("a", { href: addressOf({ ...asked, institution: "" }) }, t.back)),
    chartOf(item),
    h("p", { class: "help" }, `${t.days(item.zone)} ${t.noVerifierHint}`),
  ];
}

/** The country, and a list of all institutions. */
export function nationalWave(wave, asked) {
  const columns = columnsOf(wave.national);
  const whole = columnChart({ title: t.chart(asked.weeks), summary: summaryOf(wave.national, false), columns, words: t.wordsOfAll });
  return [whole, h("p", { class: "help" }, t.daysOfAll), h("h3", { class: "part" }, t.institutions), finder(asked), institutionList(wave, asked)];
}

function chartOf(item) {
  return columnChart({ title: t.chart(item.weeks.length), summary: summaryOf(item.weeks, true), columns: columnsOf(item.weeks), words: t.words });
}

function columnsOf(weeks) {
  return weeks.map((week, at) => {
    const isNewMonth = at === 0 || monthText(week.first_day) !== monthText(weeks[at - 1].first_day);
    return {
      label: String(Number(week.first_day.slice(8))),
      under: isNewMonth ? monthText(week.first_day) : null,
      name: t.week(shortDay(week.first_day), briefDay(week.last_day)),
      value: week.accesses,
      part: week.waiting ?? 0,
    };
  });
}

function summaryOf(weeks, hasParts) {
  const until = dayText(weeks[weeks.length - 1].last_day);
  const all = sum(weeks, "accesses");
  if (!all) return t.none(until);
  const waiting = hasParts ? sum(weeks, "waiting") : 0;
  const peak = weeks.reduce((most, week) => (week.accesses > most.accesses ? week : most));
  return [t.summary(all, until), hasParts ? t.parts(waiting, all - waiting) : "", t.peak(t.week(shortDay(peak.first_day), shortDay(peak.last_day)), peak.accesses)].join("");
}

function sum(weeks, name) {
  return weeks.reduce((all, week) => all + week[name], 0);
}

/** How many weeks: `onchange(weeks)` when another span is chosen. */
export function spanChoice(weeks, onchange) {
  const options = SPANS.map((it) => h("option", { value: it, selected: it === weeks }, t.spanText(it)));
  const select = h("select", { id: "jangka" }, options);
  select.addEventListener("change", () => onchange(Number(select.value)));
  return h("div", { class: "field inline" }, h("label", { for: "jangka" }, t.span), select);
}

/** Says what a newly drawn chart says. */
export function announceWave(wave) {
  const weeks = wave.national ?? wave.institutions[0]?.weeks;
  if (weeks) announce(summaryOf(weeks, !wave.national));
}

function finder(asked) {
  const search = document.createElement("akses-combobox");
  search.label = t.choose;
  search.optional = true;
  search.source = async (text, signal) => {
    const { items } = await get(`/api/reference/institutions?limit=20&q=${encodeURIComponent(text)}`, { signal });
    return items.map(({ id, name, kind, zone }) => ({ id, name, hint: `${kind}, ${zone}` }));
  };
  search.addEventListener("change", () => {
    if (search.value) location.assign(addressOf({ ...asked, institution: search.value }));
  });
  return h("div", { class: "finder" }, search);
}

function institutionList(first, asked) {
  let known = first;
  const row = ({ institution, zone, accesses, waiting }) =>
    h("li", { class: "line" },
      h("a", { href: addressOf({ ...asked, institution: institution.id }) }, institution.name),
      h("span", { class: "hint" }, zone),
      h("span", { class: accesses ? "line-text" : "line-text quiet-text" }, t.row(accesses, waiting)),
    );
  return pagedList({
    label: t.institutions,
    empty: t.noInstitutions,
    row,
    load: async (cursor) => {
      const page = cursor ? await readWave(asked, cursor) : (known ?? (await readWave(asked)));
      known = null;
      return { items: page.institutions, next: page.next };
    },
  });
}
