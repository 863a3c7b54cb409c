// The appeal to apply early that the directorate's letter asks for (EXP-7): one mail to each person
// whose access ends soon, once for an institution and week. Its last day is a Sunday of the chart above,
// so that the number beside it is the number that is mailed about.

import { ApiProblem, send } from "/js/api.js";
import { dayText, daysBetween, plainDay, today } from "/js/dates.js";
import { fill, h, newId } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { dashboard } from "/js/texts/dashboard.js";
import { actionButton, announce, dialog, notice } from "/js/ui.js";

const t = dashboard.appeal;

/** As the service has it. */
const DAYS_MAX = 90;

/** What is offered first, in weeks: reminders begin a month before the end, an appeal comes before them. */
const WEEKS_USUAL = 6;

/** `item` is an institution of the coming wave. */
export function appealPanel(me, item) {
  const heading = newId("imbauan");
  const body = h("div");
  const whole = h("section", { class: "appeal", "aria-labelledby": heading }, h("h3", { id: heading }, t.title), h("p", { class: "help" }, t.help), body);
  const sent = localDraft(me, `imbauan:${item.institution.id}:${item.weeks[0].week}`);
  const draw = () => fill(body, sent.load() ? told(sent.load(), item) : offer(item, sent, draw));
  draw();
  return whole;
}

/** What the service says of a colleague's appeal names the next week itself. */
function told({ text, isMine }, item) {
  return notice(isMine ? "good" : "info", h("p", null, text), isMine ? h("p", null, t.next(nextMonday(item))) : null);
}

function offer(item, sent, redraw) {
  const choices = choicesOf(item);
  if (!choices.some((it) => it.accesses)) return h("p", { class: "empty" }, t.nobody);
  const id = newId("sampai");
  const usual = choices[Math.min(WEEKS_USUAL, choices.length) - 1];
  const chosen = usual.accesses ? usual : choices.find((it) => it.accesses);
  const options = choices.map((it) => h("option", { value: it.days, disabled: it.accesses === 0, selected: it === chosen }, t.option(plainDay(it.until), it.accesses)));
  const select = h("select", { id }, options);
  const ask = () => confirm(item, choices.find((it) => String(it.days) === select.value), sent).then((isSent) => isSent && redraw());
  return h("div", { class: "inline-form" }, h("div", { class: "field" }, h("label", { for: id }, t.until), select), actionButton(t.send, ask));
}

/** The Sundays within reach, each with what ends until then and nobody asked to extend. */
function choicesOf(item) {
  const here = today(item.zone);
  let accesses = 0;
  const all = item.weeks.map((week) => {
    accesses += week.accesses - week.waiting;
    return { until: week.last_day, days: daysBetween(here, week.last_day), accesses };
  });
  return all.filter(({ days }) => days >= 1 && days <= DAYS_MAX);
}

function confirm(item, choice, sent) {
  const body = h("div", null, h("p", null, t.who(choice.accesses, dayText(choice.until))), h("p", null, t.once(nextMonday(item))));
  return dialog({ title: t.confirm(item.institution.name), body, actions: [{ label: t.send, run: () => sendAppeal(item, choice, sent) }] });
}

async function sendAppeal(item, choice, sent) {
  const body = { institution: item.institution.id, within_days: choice.days };
  try {
    const answer = await send("POST", "/api/appeals", body, { intent: `imbauan ${item.institution.id}` });
    sent.save({ text: t.sent(answer.people, plainDay(answer.until), answer.sent.text), isMine: true });
  } catch (error) {
    // A colleague was first: what the service says of it is what this page has to say as well.
    if (!(error instanceof ApiProblem) || error.slug !== "appeal-already-sent") throw error;
    sent.save({ text: error.message, isMine: false });
  }
  announce(sent.load().text);
}

function nextMonday(item) {
  return item.weeks.length > 1 ? dayText(item.weeks[1].first_day) : "";
}
