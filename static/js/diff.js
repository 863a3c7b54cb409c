// What changed between two texts, word by word, so that who signs sees at once what was corrected.
// Removed and added words differ by mark-up, line and hidden words, not by colour alone.

import { h } from "/js/dom.js";

/** Parts in reading order: `[{kind: "same" | "removed" | "added", text}]`. */
export function difference(before, after) {
  const [old, young] = [words(before), words(after)];
  const head = commonHead(old, young);
  const tail = commonTail(old.slice(head), young.slice(head));
  const middle = changes(old.slice(head, old.length - tail), young.slice(head, young.length - tail));
  const whole = [...same(old.slice(0, head)), ...middle, ...same(old.slice(old.length - tail))];
  return joined(whole);
}

/** The same as an element; `words` is `{removed, added, end}` for who listens. */
export function differenceView(before, after, said) {
  const parts = difference(before, after).map(({ kind, text }) => {
    if (kind === "same") return text;
    return h(kind === "removed" ? "del" : "ins", null, hidden(`[${said[kind]} `), text, hidden(` ${said.end}] `));
  });
  return h("p", { class: "difference" }, parts);
}

function hidden(text) {
  return h("span", { class: "unseen" }, text);
}

/** Words with the space after them: what is put together again is the text. */
function words(text) {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

function same(tokens) {
  return tokens.map((text) => ({ kind: "same", text }));
}

function commonHead(old, young) {
  let count = 0;
  while (count < old.length && count < young.length && old[count] === young[count]) count += 1;
  return count;
}

function commonTail(old, young) {
  return commonHead([...old].reverse(), [...young].reverse());
}

/** The longest common subsequence says what stayed; letters have a thousand words at most. */
function changes(old, young) {
  const width = young.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = young.length - 1; j >= 0; j -= 1) {
      const [down, right] = [longest[(i + 1) * width + j], longest[i * width + j + 1]];
      longest[i * width + j] = old[i] === young[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(down, right);
    }
  }
  const parts = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      parts.push({ kind: "same", text: old[i] });
      [i, j] = [i + 1, j + 1];
    } else if (j === young.length || (i < old.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      parts.push({ kind: "removed", text: old[i] });
      i += 1;
    } else {
      parts.push({ kind: "added", text: young[j] });
      j += 1;
    }
  }
  return parts;
}

/** Neighbours of one kind as one part. */
function joined(parts) {
  const whole = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else whole.push({ ...part });
  }
  return whole;
}
