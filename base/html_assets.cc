#include "base/html_assets.h"

namespace latcast {

const std::string_view kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f8fa; --card: #ffffff; --text: #1f2328; --muted: #59636e; --line: #d9dee3;
  --accent: #0969a2; --accent-soft: #cfe6f5; --warm: #b3450c; --warm-soft: #fbe3d3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --text: #e6edf3; --muted: #9198a1; --line: #30363d;
    --accent: #5fb2e8; --accent-soft: #173e5a; --warm: #f0955c; --warm-soft: #4a2814;
  }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --text: #000000; --muted: #444444; --line: #bbbbbb;
    --accent: #0969a2; --accent-soft: #cfe6f5; --warm: #b3450c; --warm-soft: #fbe3d3;
  }
  .tools { display: none; }
  .wide { overflow: visible !important; }
  tr, .tile, figure { break-inside: avoid; }
  h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { margin: 0; font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 36px 0 10px; font-size: 19px; }
p { margin: 6px 0 12px; max-width: 78ch; overflow-wrap: anywhere; }
.subtitle, figcaption, .note { color: var(--muted); }
.subtitle { margin: 4px 0 0; max-width: none; }
.notice { margin: 16px 0; padding: 10px 14px; max-width: none; border-left: 4px solid var(--accent);
  background: var(--accent-soft); border-radius: 4px; }
.notice.warning { border-color: var(--warm); background: var(--warm-soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 12px;
  margin: 20px 0 8px; }
.tile, figure, .wide, pre, dl.facts { background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
.tile { padding: 12px 14px; }
.tile .label { color: var(--muted); font-size: 13px; }
.tile .value { font-size: 21px; font-weight: 600; line-height: 1.3; white-space: nowrap; }
.tile .note { font-size: 12.5px; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0;
  padding: 12px 16px; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 12px 0; padding: 14px 16px; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { margin-top: 8px; font-size: 13.5px; }
pre { padding: 12px 16px; overflow-x: auto; font-size: 13px; }
.tools { margin: 8px 0; display: flex; gap: 8px; }
.tools button { font: inherit; font-size: 13px; padding: 2px 10px; color: var(--text);
  background: var(--card); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.wide { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px;
  font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: left; white-space: nowrap; }
td { border-top: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); vertical-align: bottom; }
th.sortable { cursor: pointer; }
th.sortable:hover { color: var(--text); }
th[aria-sort="descending"]::after { content: " \2193"; }
th[aria-sort="ascending"]::after { content: " \2191"; }
th.right, td.right { text-align: right; }
td:first-child { padding-left: calc(10px + 18px * var(--level, 0)); max-width: 46ch;
  overflow: hidden; text-overflow: ellipsis; }
td.bar { background: linear-gradient(to right, var(--accent-soft) var(--bar), transparent 0)
  no-repeat 0 3px / 100% calc(100% - 6px); }
tbody tr:hover td { background-color: color-mix(in srgb, var(--accent) 7%, transparent); }
tr.emphasis td { font-weight: 600; background-color: var(--warm-soft); }
tr[hidden] { display: none; }
.fold { width: 18px; margin: 0 0 0 -18px; padding: 0; border: 0; background: none;
  color: var(--muted); font: inherit; cursor: pointer; }
.tree td:first-child { padding-left: calc(28px + 18px * var(--level, 0)); }
)css";

const std::string_view kPageScript = R"js(
"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const roots = [];
  const parents = [];
  const nodes = [...body.rows].map((row, order) => {
    const node = {row, order, level: +(row.dataset.level || 0), children: [], open: true};
    while (parents.length && parents.at(-1).level >= node.level) parents.pop();
    (parents.length ? parents.at(-1).children : roots).push(node);
    parents.push(node);
    return node;
  });
  const show = (list, visible) => {
    for (const node of list) {
      node.row.hidden = !visible;
      if (node.button) {
        node.button.textContent = node.open ? "\u25be" : "\u25b8";
        node.button.setAttribute("aria-expanded", node.open);
      }
      show(node.children, visible && node.open);
    }
  };
  const openTo = level => {
    for (const node of nodes) node.open = node.level < level;
    show(roots, true);
  };

  if (table.classList.contains("tree")) {
    for (const node of nodes.filter(each => each.children.length)) {
      node.button = document.createElement("button");
      node.button.className = "fold";
      node.button.setAttribute("aria-label", "children");
      node.button.onclick = () => { node.open = !node.open; show([node], true); };
      node.row.cells[0].prepend(node.button);
    }
    const tools = document.createElement("div");
    tools.className = "tools";
    const deepest = Math.max(0, ...new Set(nodes.map(node => node.level)));
    const levels = [["fold all", 0], ["open all", deepest]];
    for (const [label, level] of levels) {
      const button = document.createElement("button");
      button.textContent = label;
      button.onclick = () => openTo(level);
      tools.append(button);
    }
    table.parentElement.before(tools);
    openTo(+table.dataset.open);
  }

  const key = (node, column) => {
    const cell = node.row.cells[column];
    const number = cell.dataset.sort;
    return number === undefined ? cell.textContent : +number;
  };
  const place = list => {
    for (const node of list) {
      body.append(node.row);
      place(node.children);
    }
  };
  const sort = (list, compare) => {
    list.sort(compare);
    for (const node of list) sort(node.children, compare);
  };
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    if (!header.classList.contains("sortable")) return;
    const cycle = header.classList.contains("right") ? ["descending", "ascending", ""]
                                                     : ["ascending", "descending", ""];
    header.onclick = () => {
      const before = header.getAttribute("aria-sort") || "";
      const now = cycle[(cycle.indexOf(before) + 1) % 3];
      for (const other of headers) other.removeAttribute("aria-sort");
      if (now) header.setAttribute("aria-sort", now);
      const sign = now === "descending" ? -1 : 1;
      sort(roots, (a, b) => {
        if (!now) return a.order - b.order;
        const x = key(a, column);
        const y = key(b, column);
        if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
        return x === y ? a.order - b.order : (x < y ? -sign : sign);
      });
      place(roots);
    };
  });
}
)js";

}  // namespace latcast
