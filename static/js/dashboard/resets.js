// How long the steps of password resets took, against their standard times (PWD-2).

import { get } from "/js/api.js";
import { barTable } from "/js/chart.js";
import { plainDay } from "/js/dates.js";
import { h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { linkButton } from "/js/ui.js";

const t = dashboard.resets;

/** `names` are those of the institutions by id: the report has ids only. */
export async function resetTimes(names) {
  const report = await get("/api/reset-report");
  const span = [plainDay(report.from), plainDay(report.until)];
  const shown = report.institutions.map((it) => [
    report.institutions.length > 1 && names.get(it.institution) ? h("h3", null, t.titleOf(names.get(it.institution))) : null,
    it.tickets ? [chartOf(it, span), it.cut ? h("p", { class: "help" }, t.cut) : null] : [h("p", null, t.none(...span)), h("p", { class: "help" }, t.noneTodo)],
  ]);
  return [shown, h("div", { class: "actions" }, linkButton(t.report, "/reset/laporan", "second"))];
}

function chartOf({ tickets, returned, steps }, span) {
  const rows = steps.map((step) => ({
    label: `${step.number}. ${step.activity}`,
    hint: step.actor_text,
    value: step.met_percent ?? 0,
    text: step.met_percent === null ? "–" : `${step.met_percent}%`,
    tone: step.met_percent === 100 ? "active" : "waiting",
    step,
  }));
  const columns = [
    { title: t.judged, number: true, cell: ({ step }) => (step.judged ? t.of(step.met, step.judged) : t.notYet) },
    { title: t.actual, number: true, cell: ({ step }) => (step.median_minutes === null ? "–" : t.minutes(step.median_minutes)) },
    { title: t.standard, number: true, cell: ({ step }) => step.standard_time },
  ];
  const summary = t.summary(tickets, returned, ...span) + latest(steps);
  return barTable({ caption: t.caption, summary, labelTitle: t.label, valueTitle: t.value, rows, max: 100, columns });
}

/** Which step was late most often; nothing when none was judged. */
function latest(steps) {
  const judged = steps.filter((step) => step.met_percent !== null);
  if (!judged.length) return "";
  const worst = judged.reduce((most, step) => (step.met_percent < most.met_percent ? step : most));
  return worst.met_percent === 100 ? t.allMet : t.slowest(`langkah ${worst.number}`, worst.met_percent);
}
