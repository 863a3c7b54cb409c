// How long the steps took against their standard times (PWD-2), for those who answer for them. The
// span stands in the address, so that a report can be kept and passed on.

import { get } from "/js/api.js";
import { barTable } from "/js/chart.js";
import { plainDay } from "/js/dates.js";
import { fill, h, query } from "/js/dom.js";
import { field, form } from "/js/form.js";
import { start } from "/js/page.js";
import { reset } from "/js/texts/reset.js";
import { elsewhere, linkButton, notice } from "/js/ui.js";

const t = reset.report;

const ANSWERABLE = ["ukpbj-head", "lpse-head", "lpse-team"];

start(async ({ me, content }) => {
  if (!ANSWERABLE.some((duty) => me.duties.includes(duty))) {
    return elsewhere([t.outsider, t.outsiderDo], linkButton(reset.back, "/reset"));
  }
  const place = h("div", { "aria-live": "polite" });
  const spans = spanForm(place);
  await show(place, spans, { from: query("from"), until: query("until") });
  fill(content, h("p", null, h("a", { href: "/reset" }, reset.back)), spans, place);
});

function spanForm(place) {
  const from = field({ name: "from", label: t.from, kind: "date" });
  const until = field({ name: "until", label: t.until, kind: "date", check: (day) => (day < from.value ? t.order : "") });
  const whole = form({
    label: t.submit,
    kind: "second",
    asks: false,
    fields: [from, until],
    submit: t.submit,
    onsubmit: async (values) => {
      await show(place, whole, values);
      history.replaceState(null, "", `?${new URLSearchParams(values)}`);
    },
  });
  whole.classList.add("span");
  return whole;
}

async function show(place, spans, { from, until }) {
  const said = new URLSearchParams(Object.entries({ from, until }).filter(([, day]) => day));
  const report = await get(`/api/reset-report?${said}`);
  spans.fields.from.value = report.from;
  spans.fields.until.value = report.until;
  fill(place, h("h2", null, t.span(plainDay(report.from), plainDay(report.until))), report.institutions.map(institution));
}

function institution(report) {
  if (!report.tickets) return h("p", { class: "empty" }, t.none);
  return h("section", null,
    report.cut ? notice("info", t.cut) : null,
    h("p", null, t.counts(report.tickets, report.returned), " ", summary(report.steps)),
    barTable({
      caption: t.caption,
      labelTitle: t.step,
      valueTitle: t.onTime,
      max: 100,
      rows: report.steps.map(row),
      columns: [
        { title: t.standard, cell: (it) => it.step.standard_time },
        { title: t.median, number: true, cell: (it) => timeText(it.step.median_minutes) },
        { title: t.max, number: true, cell: (it) => timeText(it.step.max_minutes) },
      ],
    }),
    h("p", { class: "help" }, t.explained),
  );
}

function summary(steps) {
  const total = (name) => steps.reduce((sum, step) => sum + step[name], 0);
  if (!total("judged")) return t.unjudged;
  const worst = steps.filter((step) => step.judged).sort((a, b) => a.met_percent - b.met_percent)[0];
  const tail = worst.met_percent < 100 ? t.slowest(worst.number, worst.met_percent) : t.allMet;
  return `${t.share(total("met"), total("judged"))} ${tail}`;
}

function row(step) {
  return {
    step,
    label: `${step.number}. ${step.activity}`,
    hint: step.actor_text,
    value: step.met_percent ?? 0,
    text: step.judged ? t.percent(step.met_percent, step.met, step.judged) : t.notDone,
    tone: step.met_percent === 100 ? "active" : "waiting",
  };
}

/** Minutes as people say them. */
function timeText(minutes) {
  if (minutes === null) return "–";
  const hours = Math.floor(minutes / 60);
  return hours ? t.hours(hours, minutes % 60) : t.minutes(minutes);
}
