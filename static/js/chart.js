// Charts that are tables first: every number stands in a table too, what the chart says stands above it
// in a sentence, and bars are SVG with attributes only (the policy forbids inline styles). Colours
// come from classes of the style sheet; whatever a colour says, a word or a pattern says as well.

import { h, newId } from "/js/dom.js";
import { chart as t } from "/js/texts.js";
import { table } from "/js/ui.js";

const SVG = "http://www.w3.org/2000/svg";

/** Steps of the vertical scale, times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];

/** The plot is so high, in CSS pixels; its width is the page's. */
const PLOT_HEIGHT = 200;

/** Above the plot, for the number over the highest column; below it, for two lines of labels. */
const HEAD_HEIGHT = 22;
const FOOT_HEIGHT = 44;

/** A digit of the scale, in CSS pixels. */
const LETTER_WIDTH = 8;

/** More columns than these are labelled in twos. */
const COLUMNS_LOOSE_MAX = 14;

/** So many letters stand side by side over all columns, on a narrow screen and at a desk; with more, only the highest is written. */
const LETTERS_NARROW_MAX = 45;
const LETTERS_MAX = 110;

/** On a narrow screen a label below the labels needs the room of so many columns (of twice as many where they are dense). */
const COLUMNS_PER_UNDER = 2;

/**
 * Rows with a bar: `rows` is `[{label, value, text, tone, hint}]` and `columns` adds cells as in
 * ui.table. `tone` is a class (`waiting`, `bad`, `active`, `ended`); `text` stands for `value` where
 * the number alone says too little. The chart is the table.
 */
export function barTable({ caption, summary, labelTitle, valueTitle, rows, max, columns = [] }) {
  const most = max ?? Math.max(1, ...rows.map((it) => it.value));
  const head = [h("th", { scope: "col" }, labelTitle), h("th", { scope: "col", class: "bar-cell" }, valueTitle), columns.map((it) => h("th", { scope: "col", class: it.number ? "number" : null }, it.title))];
  const line = (row) =>
    h("tr", null,
      h("th", { scope: "row" }, row.label, row.hint ? h("span", { class: "hint" }, row.hint) : null),
      h("td", { class: "bar-cell" }, h("div", { class: "bar-line" }, bar(row.value, most, row.tone), h("span", { class: "bar-value" }, row.text ?? number(row.value)))),
      columns.map((it) => h("td", { "data-label": it.title, class: it.number ? "number" : null }, h("div", null, it.cell(row)))),
    );
  return h("div", { class: "chart" },
    summary ? h("p", { class: "chart-summary" }, summary) : null,
    h("table", { class: columns.length > 1 ? "bars wide" : "bars" }, h("caption", null, caption), h("thead", null, h("tr", null, head)), h("tbody", null, rows.map(line))),
  );
}

/** One bar, as long as `value` is of `max`. Only for the eye: its number stands beside it. */
function bar(value, max, tone) {
  const share = value > 0 ? Math.max(1, (value / max) * 100) : 0;
  return svg("svg", { class: "bar-track", width: "100%", height: 14, "aria-hidden": "true", focusable: "false" },
    svg("rect", { class: "track", width: "100%", height: 14, rx: 3 }),
    share ? svg("rect", { class: `bar-fill ${tone ?? ""}`.trim(), width: `${share}%`, height: 14, rx: 3 }) : null,
  );
}

/**
 * Columns along time: `columns` is `[{label, under, name, value, part}]`, `part` being how much of
 * `value` is hatched. `label` stands below each column, `under` below that where it changes, `name` is the
 * whole name for the table. `words` is `{name, value, part, rest}`: what the three numbers are called.
 */
export function columnChart({ title, summary, columns, words }) {
  const heading = newId("bagan");
  const said = newId("bagan");
  const hatch = newId("arsir");
  const hasParts = Boolean(words.part);
  const most = Math.max(0, ...columns.map((it) => it.value));
  const figures = h("details", { class: "figures" }, h("summary", null, t.figures(columns.length)), figuresTable({ title, columns, words, hasParts }));
  addEventListener("beforeprint", () => (figures.open = true));
  return h("figure", { class: "chart", "aria-labelledby": heading },
    h("figcaption", null, h("span", { class: "chart-title", id: heading }, title), h("p", { class: "chart-summary", id: said }, summary)),
    most ? [hasParts ? legend(words, hatch) : null, plot(columns, scale(most), { heading, said, hatch })] : null,
    figures,
  );
}

function figuresTable({ title, columns, words, hasParts }) {
  const cells = [
    { title: words.name, cell: (it) => it.name },
    { title: words.value, number: true, cell: (it) => number(it.value) },
  ];
  if (hasParts) {
    cells.push({ title: words.part, number: true, cell: (it) => number(it.part) });
    cells.push({ title: words.rest, number: true, cell: (it) => number(it.value - it.part) });
  }
  return table({ caption: title, columns: cells, rows: columns });
}

function legend(words, hatch) {
  const place = { width: 16, height: 16, rx: 3 };
  const entry = (text, isHatched) =>
    h("li", null, svg("svg", { class: "swatch", width: 16, height: 16, "aria-hidden": "true" }, svg("rect", { class: "bar-fill", ...place }), isHatched ? hatched(hatch, place) : null), text);
  return h("ul", { class: "legend" }, entry(words.rest, false), entry(words.part, true));
}

/** The highest line of the scale and the lines below it: round numbers, four or five of them. */
function scale(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, STEPS.map((it) => it * power).find((it) => it >= rough));
  const whole = Math.ceil(step);
  const count = Math.ceil(most / whole);
  return Array.from({ length: count + 1 }, (_, at) => at * whole);
}

function plot(columns, lines, { heading, said, hatch }) {
  const top = lines[lines.length - 1];
  const isDense = columns.length > COLUMNS_LOOSE_MAX;
  const most = Math.max(...columns.map((it) => it.value));
  const letters = columns.length * number(most).length;
  const room = letters > LETTERS_MAX ? "plot packed" : letters > LETTERS_NARROW_MAX ? "plot tight" : "plot";
  const width = 100 / columns.length;
  const y = (value) => HEAD_HEIGHT + PLOT_HEIGHT * (1 - value / top);
  const grid = lines.map((value) => svg("line", { class: value ? "grid" : "axis", x1: 0, x2: "100%", y1: y(value), y2: y(value) }));
  const ticks = lines.map((value) => svg("text", { class: "tick-text", x: "100%", y: y(value), dy: "0.35em", "text-anchor": "end" }, number(value)));
  const one = (column, at) => {
    const x = at * width;
    const middle = `${x + width / 2}%`;
    const inside = { x: `${x + width * 0.14}%`, width: `${width * 0.72}%` };
    const isSkipped = isDense && at % 2 === 1;
    const followers = columns.slice(at + 1, at + COLUMNS_PER_UNDER * (isDense ? 2 : 1));
    const isCrowded = followers.some((it) => it.under);
    return svg("g", { class: "column" },
      svg("title", null, t.column(column.name, number(column.value), column.part ? number(column.part) : "")),
      column.value ? svg("rect", { class: "bar-fill", ...inside, y: y(column.value), height: y(0) - y(column.value) }) : null,
      column.part ? hatched(hatch, { ...inside, y: y(column.part), height: y(0) - y(column.part) }) : null,
      column.value ? svg("text", { class: column.value === most ? "value-text peak" : "value-text", x: middle, y: y(column.value) - 6, "text-anchor": "middle" }, number(column.value)) : null,
      isSkipped ? null : svg("text", { class: "label-text", x: middle, y: y(0) + 18, "text-anchor": "middle" }, column.label),
      column.under ? svg("text", { class: isCrowded ? "label-text under crowded" : "label-text under", x: middle, y: y(0) + 36, "text-anchor": "middle" }, column.under) : null,
    );
  };
  const height = HEAD_HEIGHT + PLOT_HEIGHT + FOOT_HEIGHT;
  return h("div", { class: room },
    svg("svg", { class: "scale", width: number(top).length * LETTER_WIDTH, height, "aria-hidden": "true", focusable: "false" }, ticks),
    svg("svg", { class: "columns", width: "100%", height, role: "img", "aria-labelledby": heading, "aria-describedby": said, focusable: "false" }, stripes(hatch), grid, columns.map(one)),
  );
}

/** Stripes over what is part of a column: told apart without colour. */
function stripes(id) {
  const stripe = svg("rect", { class: "hatch", width: 3, height: 6 });
  return svg("defs", null, svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, stripe));
}

function hatched(id, place) {
  return svg("rect", { fill: `url(#${id})`, ...place });
}

/** Numbers as Indonesian writes them: 1.234. */
export function number(value) {
  return value.toLocaleString("id-ID");
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null));
  return element;
}
