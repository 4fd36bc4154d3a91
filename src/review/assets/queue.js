// The queue: every paper on a line, the riskiest first.

import { bar, progress } from "./app.js";
import { ask, el, isTyping } from "./dom.js";
import { say } from "./language.js";

let onlyOpen = true;
let wanted = "";

export const address = (name) => `#/d/${encodeURIComponent(name)}`;

export async function openQueue(main) {
  const queue = await ask("queue");
  bar(progress(queue.checked, queue.to_check));
  const list = el("ol", { class: "papers" });
  const search = el("input", { type: "search", placeholder: say.filter, value: wanted, oninput: () => ((wanted = search.value), fill()) });
  const only = el("input", { type: "checkbox", checked: onlyOpen, onchange: () => ((onlyOpen = only.checked), fill()) });
  main.replaceChildren(
    el("div", { class: "tools" }, el("h1", {}, say.queue), search, el("label", {}, only, say.only_open)),
    list,
  );
  const most = Math.max(1, ...queue.documents.map((paper) => paper.risk));
  let current = 0;

  function fill() {
    const words = bare(wanted).split(/\s+/).filter(Boolean);
    const fits = (paper) => {
      const text = bare([paper.name, paper.doc_type, paper.number, paper.subject, paper.issuer].join(" "));
      return (!onlyOpen || paper.checked < paper.to_check) && words.every((word) => text.includes(word));
    };
    const papers = queue.documents.filter(fits);
    list.replaceChildren(...papers.map((paper) => line(paper, most)));
    if (!papers.length) list.append(el("li", { class: "nothing" }, say.all_done));
    move(0);
  }

  function move(to) {
    const lines = [...list.querySelectorAll("a")];
    current = Math.max(0, Math.min(lines.length - 1, to));
    lines[current]?.focus({ preventScroll: to === 0 });
  }

  function key(event) {
    if (event.key === "Escape" && event.target === search) return move(0);
    if (isTyping(event)) return;
    const steps = { ArrowDown: 1, j: 1, n: 1, ArrowUp: -1, k: -1, N: -1 };
    if (event.key in steps) {
      event.preventDefault();
      move(current + steps[event.key]);
    } else if (event.key === "/") {
      event.preventDefault();
      search.focus();
    }
  }

  fill();
  return { key };
}

function line(paper, most) {
  const meter = el("i");
  meter.style.width = `${100 * Math.sqrt(paper.risk / most)}%`;
  const work = [];
  if (paper.open_fields) work.push(`${paper.open_fields} ${say.values}`);
  if (paper.open_pages.length) work.push(`${say.pages} ${paper.open_pages.slice(0, 6).join(", ")}${paper.open_pages.length > 6 ? "…" : ""}`);
  const left = work.join(" · ") || (paper.to_check ? say.done : say.nothing_to_check);
  const facts = [paper.issuer, paper.date, `${paper.pages} ${say.pages}`].filter(Boolean).join(" · ");
  return el("li", {}, el("a", { href: address(paper.name), class: work.length ? "open" : "done" },
    el("span", { class: "risk", title: `${say.risk} ${paper.risk}` }, meter),
    el("span", { class: "what" },
      el("span", { class: "kind" }, el("b", {}, say.types[paper.doc_type] ?? paper.doc_type), " ", paper.number || ""),
      el("span", { class: "subject" }, paper.subject || say.untitled),
      el("span", { class: "facts" }, facts, el("code", {}, paper.name))),
    el("span", { class: "left" }, el("b", {}, left), el("span", {}, `${paper.checked} / ${paper.to_check}`))));
}

// Marks and case do not matter when looking for something.
function bare(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}
