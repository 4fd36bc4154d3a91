// A paper on the desk: the scan on one side, its values and words on the other, and the keys that move between them.

import { bar, progress, who } from "./app.js";
import { ask, el, isTyping, tell, toast } from "./dom.js";
import { createFields } from "./fields.js";
import { say } from "./language.js";
import { createPage } from "./page.js";
import { address } from "./queue.js";

export async function openSheet(main, name) {
  let sheet;
  try {
    sheet = await ask("document", { document: name });
  } catch (error) {
    main.replaceChildren(el("p", { class: "nothing" }, error.message));
    return { key: (event) => event.key === "Escape" && leave() };
  }
  const desk = { name, get sheet() { return sheet; }, keep, show: (field) => page.show(field), fieldAt };
  const page = createPage(desk);
  const fields = createFields(desk);
  const tabs = el("div", { class: "tabs", role: "tablist" });
  const side = el("section", { class: "side" }, tabs, fields.element, page.words);
  main.replaceChildren(page.element, side);
  turnTo("fields");
  refresh();
  fields.start();

  // Hands in a change, and shows how the paper stands now.
  async function keep(change) {
    try {
      sheet = await tell("corrections", { document: name, by: who(), change });
      toast(say.saved);
    } catch (error) {
      toast(error.status === 409 ? say.outdated_error : `${say.error}: ${error.message}`, true);
      sheet = await ask("document", { document: name });
      refresh();
      return false;
    }
    refresh();
    if (sheet.entry.checked === sheet.entry.to_check) toast(say.document_done);
    return true;
  }

  function refresh() {
    const { entry } = sheet;
    const title = [say.types[entry.doc_type] ?? entry.doc_type, entry.number].filter(Boolean).join(" ");
    bar(el("a", { href: "#/", class: "back", title: say.back }, "←"), el("span", { class: "title" }, el("b", {}, title), " ", entry.subject || ""), progress(entry.checked, entry.to_check));
    page.refresh();
    fields.refresh();
  }

  function fieldAt(number, [x0, y0, x1, y1]) {
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const holds = ({ page: on, bbox: b }) => on === number && b && x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3];
    const size = ({ bbox: b }) => (b[2] - b[0]) * (b[3] - b[1]);
    return sheet.fields.filter(holds).sort((a, b) => size(a) - size(b))[0];
  }

  function turnTo(tab) {
    side.dataset.tab = tab;
    const button = (id) => el("button", { role: "tab", ariaSelected: String(id === tab), onclick: () => turnTo(id) }, say[id]);
    tabs.replaceChildren(button("fields"), button("text"));
  }

  function leave() {
    location.hash = "#/";
  }

  async function next() {
    const { documents } = await ask("queue");
    const open = documents.filter((paper) => paper.name !== name && paper.checked < paper.to_check);
    location.hash = open.length ? address(open[0].name) : "#/";
  }

  function key(event) {
    if (page.key(event) || fields.editKey(event) || isTyping(event)) return;
    const keys = {
      ArrowDown: () => fields.step(1), j: () => fields.step(1), ArrowUp: () => fields.step(-1), k: () => fields.step(-1),
      n: () => fields.doubtful(1), N: () => fields.doubtful(-1), Enter: fields.edit, e: fields.edit, c: fields.confirm, " ": fields.confirm,
      w: () => page.doubtful(1), W: () => page.doubtful(-1), ArrowLeft: () => page.turn(-1), "[": () => page.turn(-1), ArrowRight: () => page.turn(1), "]": () => page.turn(1),
      x: page.lookThrough, t: () => turnTo(side.dataset.tab === "fields" ? "text" : "fields"), f: fields.onlyDoubtful,
      "+": () => page.zoom(1.25), "=": () => page.zoom(1.25), "-": () => page.zoom(0.8), 0: () => page.zoom(0), g: next, u: leave, Escape: leave,
    };
    const act = keys[event.key];
    // A button that has the focus keeps its own Enter and blank.
    if (!act || (event.target.closest("button, a, summary") && ["Enter", " "].includes(event.key))) return;
    event.preventDefault();
    act();
  }

  return { key, close: page.close };
}
