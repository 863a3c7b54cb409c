// The one link to a new password, as opening a message or giving a pickup code makes it (PWD-3):
// shown once, with what it means, until it is over.

import "/js/countdown.js";
import { fill, h } from "/js/dom.js";
import { messageBox } from "/js/texts/message-box.js";
import { linkButton, moment, notice } from "/js/ui.js";

const t = messageBox.link;

/**
 * `link` as the API answers it: `{url, expires}`. Whatever host its address names, the token stays on
 * this one. Only who is signed in was told the service's clock (`counts`): for others the laptop's own may
 * be wrong, and must not take a good link away.
 */
export function linkPanel(link, { counts }) {
  const { pathname, hash } = new URL(link.url);
  const countdown = counts ? h("akses-countdown", { until: link.expires.at }) : null;
  const heading = h("h3", { tabindex: "-1" }, t.heading);
  const panel = h("section", { class: "single-use", "aria-label": t.heading },
    heading,
    h("ul", null, [t.once, t.own, t.sessions].map((text) => h("li", null, text))),
    h("p", null, t.until, " ", moment(link.expires), countdown ? [" (", countdown, ")"] : null),
    h("p", { class: "actions" }, linkButton(t.go, pathname + hash)),
  );
  countdown?.addEventListener("over", () => fill(panel, notice("info", h("p", null, t.over))));
  return Object.assign(panel, { focusHeading: () => heading.focus() });
}
