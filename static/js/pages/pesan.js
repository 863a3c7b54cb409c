// The message box. Reading the list opens nothing; opening a message about a reset makes its one
// link, which is shown once, here, to its owner (PWD-3).

import { get, now, send } from "/js/api.js";
import "/js/countdown.js";
import { documentView } from "/js/document.js";
import { fill, h } from "/js/dom.js";
import { start } from "/js/page.js";
import { linkPanel } from "/js/reset/link.js";
import { messageBox } from "/js/texts/message-box.js";
import { actionButton, facts, moment, pagedList } from "/js/ui.js";

const t = messageBox.messages;

start(async ({ content }) => {
  const list = pagedList({ load, row: (message) => fill(h("li", { class: "card" }), messageView(message)), empty: t.none, label: t.label });
  await list.ready;
  fill(content, list);
});

async function load(cursor) {
  const { messages, next } = await get(`/api/messages${cursor ? `?after=${encodeURIComponent(cursor)}` : ""}`);
  return { items: messages, next };
}

function messageView(message) {
  return [
    h("div", { class: "card-head" }, h("h2", null, message.subject), state(message.read)),
    h("p", null, message.body),
    message.kind === "reset-letter" ? letterPart(message) : rightPart(message),
    h("p", null, h("a", { href: `/reset/tiket?id=${message.ticket}` }, t.ticket)),
  ];
}

function state(isRead) {
  return h("span", { class: `status ${isRead ? "ended" : "waiting"}` }, isRead ? t.read : t.unread);
}

function open(message) {
  return send("POST", `/api/messages/${message.id}/open`);
}

function markRead(place) {
  place.closest("li").querySelector(".card-head .status").replaceWith(state(true));
}

function letterPart(message) {
  const place = h("div");
  const read = actionButton(t.readLetter, async () => {
    await open(message);
    markRead(place);
    fill(place, documentView({ id: message.letter, title: t.letter, fileName: t.letterFile, open: true }));
  });
  return [facts([[t.came, moment(message.created)]]), fill(place, read)];
}

function rightPart(message) {
  const isOver = Date.parse(message.expires.at) <= now();
  const left = isOver ? null : h("akses-countdown", { until: message.expires.at });
  const known = facts([[t.came, moment(message.created)], [t.until, [moment(message.expires), " ", left]]]);
  return [known, isOver ? h("p", { class: "empty" }, t.over) : opening(message)];
}

function opening(message) {
  const place = h("div");
  const offer = (isAgain) => {
    const make = async () => {
      const { link } = await open(message);
      const panel = linkPanel(link, { counts: true });
      markRead(place);
      fill(place, panel, offer(true));
      panel.focusHeading();
    };
    const button = actionButton(isAgain ? t.again : t.open, make, { kind: isAgain ? "second" : "main" });
    return [h("p", { class: "help" }, isAgain ? t.againMeaning : t.openMeaning), button];
  };
  return fill(place, offer(message.read));
}
