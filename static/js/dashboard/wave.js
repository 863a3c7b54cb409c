// The coming wave: how many accesses end week by week, and how many of them already wait to be
// extended (EXP-7). Officials see their institution; the directorate the country, and each.

import { get } from "/js/api.js";
import { columnChart } from "/js/chart.js";
import { briefDay, dayText, monthText, shortDay } from "/js/dates.js";
import { fill, h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { actionButton, announce } from "/js/ui.js";

const t = dashboard.wave;

const SPANS = [4, 13, 26];
const SPAN_DEFAULT = 13;

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

/** Reads the wave. The directorate's list of all institutions comes later, when it is asked for. */
export function readWave({ weeks, institution }, page = { limit: 1 }) {
  const query = new URLSearchParams({ weeks, ...page });
  if (institution) query.set("institution", institution);
  return get(`/api/coming-wave?${query}`);
}

/** Of the institutions of a VAI or Kepala UKPBJ, with the appeal; hardly ever more than one. */
export async function ownWave(me, wave) {
  const { appealPanel } = await import("/js/dashboard/appeal.js");
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
  const later = h("div");
  const show = async () => {
    const { institutionFinder } = await import("/js/dashboard/institution-finder.js");
    fill(later, institutionFinder(asked));
    later.querySelector("input").focus();
  };
  fill(later, actionButton(t.show, show, { kind: "second" }));
  return [whole, h("p", { class: "help" }, t.daysOfAll), h("h3", { class: "part" }, t.institutions), h("p", { class: "help" }, t.institutionsHelp), later];
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
