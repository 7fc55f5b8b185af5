// Draws a timeline that fills: a row for each of the newest requests, a bar for each of its states.
// The Python side is live.py; it sends `view` (rows, others, now, summary) and `words` (what each state means).
// A widget draws with `render`, the panel in JupyterLab with `draw`.

const SVG = "http://www.w3.org/2000/svg";
const ROW = 20; // pixels
const LEFT = 150; // pixels for the labels
const WIDTH = 760;
const LOOKS = {
  // color, color of the lines on it, and which lines: for those who see no colors
  sent: ["#ffffff", "#6b7683", "rising"],
  token: ["#f3dcea", "#cc79a7", "dots"],
  handover: ["#ffffff", "#6b7683", "dots"],
  loop: ["#d55e00", null, null],
  thread: ["#a9d0ea", "#5b9fcb", "level"],
  process: ["#a3dcc9", "#5fb89b", "crossed"],
  back: ["#fbe3b3", "#e69f00", "upright"],
  held: ["#fdf3dc", "#e69f00", "falling"],
  waiting: ["#e3e7eb", null, null],
  responding: ["#d6eefb", "#56b4e9", "upright"],
  after: ["#ffffff", "#6b7683", "crossed"],
};
const LINES = {
  rising: "M0 8L8 0",
  falling: "M0 0L8 8",
  crossed: "M0 8L8 0M0 0L8 8",
  level: "M0 4L8 4",
  upright: "M4 0L4 8",
  dots: "M3 4L5 4",
};
const SHADE = { fill: "#1f2933", opacity: 0.12 };
let views = 0; // several views of one page must not share the names of their patterns

function element(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function patterns(prefix) {
  const defs = element("defs", {});
  for (const [kind, [color, line, lines]] of Object.entries(LOOKS)) {
    const pattern = element(
      "pattern",
      { id: `${prefix}-${kind}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      element("rect", { width: 8, height: 8, fill: color }),
    );
    if (lines) pattern.append(element("path", { d: LINES[lines], stroke: line, "stroke-width": 1.3 }));
    defs.append(pattern);
  }
  return defs;
}

function legend(words, used, shaded, prefix) {
  const list = document.createElement("div");
  list.style.cssText = "display:flex;flex-wrap:wrap;gap:2px 16px;margin:4px 0;font-size:12px";
  for (const [kind, meaning] of Object.entries(words)) {
    if (!used.has(kind)) continue;
    const sample = element("svg", { width: 24, height: 12, "aria-hidden": "true" });
    sample.append(
      patterns(`${prefix}-l-${kind}`),
      element("rect", { width: 24, height: 12, fill: `url(#${prefix}-l-${kind}-${kind})`, stroke: "#6b7683" }),
    );
    const item = document.createElement("span");
    item.append(sample, ` ${meaning}`);
    list.append(item);
  }
  if (shaded) {
    const sample = element("svg", { width: 24, height: 12, "aria-hidden": "true" });
    sample.append(element("rect", { width: 24, height: 12, fill: "white" }), element("rect", { ...SHADE, width: 24, height: 12 }));
    const item = document.createElement("span");
    item.append(sample, " behind the rows: a loop is held by something that is no request");
    list.append(item);
  }
  return list;
}

function told(row, words) {
  const parts = row.states.map(([kind, start, end]) => `${words[kind] ?? kind} ${((end - start) / 1000).toFixed(1)} ms`);
  return `${row.label.trim()}: ${parts.join(", ")}`;
}

function chart(view, words, prefix, choose) {
  const first = Math.min(...view.rows.flatMap((row) => row.states.map((state) => state[1])), view.now);
  const span = Math.max(view.now - first, 1);
  const x = (time) => LEFT + ((WIDTH - LEFT - 10) * (Math.max(time, first) - first)) / span;
  const height = ROW * view.rows.length + 30;
  const svg = element("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: choose ? "group" : "img",
    "aria-label": view.summary,
    style: `width:100%;max-width:${WIDTH}px;background:white;font:11px sans-serif`,
  });
  svg.append(patterns(prefix));
  for (const [start, end] of view.others) {
    if (end <= first) continue;
    const attributes = { x: x(start), width: Math.max(x(end) - x(start), 1), height: height - 26 };
    svg.append(element("rect", { ...SHADE, ...attributes, class: "other" }));
  }
  view.rows.forEach((row, number) => {
    const y = ROW * number;
    const drawn = element("g", {});
    if (choose) {
      const button = { tabindex: 0, role: "button", "aria-label": told(row, words), "data-request": row.label, cursor: "pointer" };
      for (const [key, value] of Object.entries(button)) drawn.setAttribute(key, value);
      drawn.append(element("rect", { x: 0, y, width: WIDTH, height: ROW, fill: "transparent" }));
      // The next view may replace the row before the button is released; and assistive technology only clicks.
      for (const pressed of ["pointerdown", "click"]) drawn.addEventListener(pressed, () => choose(told(row, words)));
      drawn.addEventListener("keydown", (event) => event.key === "Enter" && choose(told(row, words)));
    }
    svg.append(drawn);
    drawn.append(element("text", { x: LEFT - 6, y: y + 14, "text-anchor": "end", fill: "#1f2933" }, row.label));
    for (const [kind, start, end] of row.states) {
      const bar = { x: x(start), y: y + 3, width: Math.max(x(end) - x(start), 0.5), height: ROW - 5 };
      drawn.append(element("rect", { ...bar, fill: `url(#${prefix}-${kind})`, stroke: "#6b7683", "stroke-width": 0.4 }));
    }
  });
  for (let tick = 0; tick <= 4; tick += 1) {
    const time = first + (span * tick) / 4;
    const label = `${(time / 1000).toFixed(span < 20000 ? 1 : 0)} ms`;
    const anchor = tick === 4 ? "end" : "middle";
    svg.append(element("text", { x: x(time), y: height - 8, "text-anchor": anchor, fill: "#6b7683" }, label));
  }
  return svg;
}

/**
 * Draws a view into an element, in place of what was there.
 *
 * `choose` is called with what a request did, in words, when its row is clicked. The request whose row has the keyboard's
 * focus keeps it; where it is no longer among those that are shown, the oldest of them gets it.
 */
export function draw(el, view, words, prefix, choose = null) {
  const text = document.createElement("div");
  text.style.cssText = "font-size:13px";
  text.textContent = view.summary ?? "";
  const rows = view.rows ?? [];
  const used = new Set(rows.flatMap((row) => row.states.map((state) => state[0])));
  const shaded = (view.others ?? []).length > 0;
  const drawn = rows.length ? [legend(words, used, shaded, prefix), chart(view, words, prefix, choose)] : [];
  const focused = el.contains(document.activeElement) ? document.activeElement.dataset.request : undefined;
  el.replaceChildren(text, ...drawn);
  if (focused === undefined) return;
  const buttons = [...el.querySelectorAll("[data-request]")];
  (buttons.find((button) => button.dataset.request === focused) ?? buttons[0])?.focus();
}

function render({ model, el }) {
  views += 1;
  const prefix = `fwlab-timeline-${views}`;
  const redraw = () => draw(el, model.get("view"), model.get("words"), prefix);
  model.on("change:view", redraw);
  redraw();
  return () => model.off("change:view", redraw);
}

export default { render };
