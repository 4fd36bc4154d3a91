// The values of a paper: walked through, confirmed, put right.

import { el, crop } from "./dom.js";
import { group, label, say } from "./language.js";

export function createFields(desk) {
  const list = el("div", { class: "fields" });
  const only = el("input", { type: "checkbox", onchange: () => refresh() });
  const element = el("div", { class: "values" }, el("label", { class: "only" }, only, say.only_doubtful), list);
  let chosen = null;
  let editing = false;

  const all = () => desk.sheet.fields;
  const shown = () => all().filter((field) => !only.checked || isOpen(field) || field.pointer === chosen || field.mark);
  const current = () => all().find((field) => field.pointer === chosen);
  const isOpen = (field) => (field.mark ? field.mark.standing === "outdated" : field.doubtful);

  function refresh() {
    const open = new Set([...list.querySelectorAll("details[open]")].map((details) => details.dataset.group));
    const groups = Map.groupBy ? Map.groupBy(shown(), (field) => group(field.pointer)) : grouped(shown());
    list.replaceChildren();
    for (const [name, members] of groups) {
      const left = members.filter(isOpen).length;
      const isHere = members.some((field) => field.pointer === chosen);
      const details = el("details", { data: { group: name }, open: open.has(name) || isHere || left > 0 || ["head", "signature"].includes(name) },
        el("summary", {}, say.groups[name], el("span", { class: left ? "badge open" : "badge" }, left ? String(left) : "✓")),
        members.map(row));
      list.append(details);
    }
    const warnings = desk.sheet.warnings || [];
    if (warnings.length) list.append(el("details", { class: "warnings" }, el("summary", {}, say.warnings), warnings.map((warning) => el("p", {}, warning.message))));
  }

  function grouped(fields) {
    const groups = new Map();
    for (const field of fields) groups.set(group(field.pointer), [...(groups.get(group(field.pointer)) || []), field]);
    return groups;
  }

  function row(field) {
    const isChosen = field.pointer === chosen;
    const standing = field.mark?.standing ?? (field.doubtful ? "doubtful" : "plain");
    const text = wording(field.value);
    const value = text === "" ? el("span", { class: "empty" }, field.bbox ? say.blank : say.empty) : el("span", { class: "value" }, text);
    const share = field.confidence === null || field.mark ? null : el("span", { class: "share" }, `${Math.round(100 * field.confidence)} %`);
    const mark = field.mark && el("span", { class: "mark", title: field.mark.at }, `${say[field.mark.standing]} · ${field.mark.by}`);
    const box = el("div", { class: `field ${standing}${isChosen ? " chosen" : ""}`, data: { pointer: field.pointer }, onclick: () => field.pointer === chosen || choose(field.pointer) },
      el("div", { class: "label" }, el("span", {}, label(field.pointer)), mark || share), isChosen && editing ? editor(field, text) : value);
    if (isChosen && !editing) box.append(...below(field, text));
    return box;
  }

  // What a chosen value shows more: its place on the scan, what was read, what can be done.
  function below(field, text) {
    const read = field.raw && flat(field.raw) !== flat(text) ? el("div", { class: "read" }, `${say.read_as}: `, el("q", {}, field.raw)) : null;
    const note = field.note && el("div", { class: "read" }, field.note);
    const buttons = el("div", { class: "buttons" },
      el("button", { class: "yes", onclick: confirm }, say.confirm, el("kbd", {}, "c")),
      el("button", { onclick: edit }, say.edit, el("kbd", {}, "Enter")));
    return [snippet(field), read, note, buttons].filter(Boolean);
  }

  function snippet(field) {
    const page = desk.sheet.pages.find((page) => page.page === field.page);
    if (!field.bbox || !page?.width) return null;
    const tall = field.bbox[3] - field.bbox[1] > page.height / 8;
    return tall ? null : crop(`/api/image?${new URLSearchParams({ document: desk.name, page: field.page })}`, field.bbox, page.width, page.height, page.width / 60);
  }

  function editor(field, text) {
    const area = el("textarea", { value: text, rows: Math.min(8, text.split("\n").length + Math.floor(text.length / 60)), spellcheck: false, lang: "vi", ariaLabel: label(field.pointer) });
    queueMicrotask(() => (area.focus(), area.select()));
    return el("div", { class: "editor" }, snippet(field), area, el("div", { class: "buttons" },
      el("button", { class: "yes", onclick: save }, say.save, el("kbd", {}, "Enter")), el("button", { onclick: cancel }, say.cancel, el("kbd", {}, "Esc")),
      el("small", {}, say.line_break)));
  }

  function choose(pointer, scroll = true) {
    chosen = pointer;
    editing = false;
    refresh();
    const row = list.querySelector(".field.chosen");
    if (scroll) row?.scrollIntoView({ block: "nearest" });
    desk.show(current());
  }

  function step(by, wanted = () => true) {
    const rows = shown();
    let at = rows.findIndex((field) => field.pointer === chosen);
    if (at < 0) at = by > 0 ? -1 : rows.length;
    for (let to = at + by; to >= 0 && to < rows.length; to += by) if (wanted(rows[to])) return choose(rows[to].pointer), true;
    return false;
  }

  const doubtful = (by) => step(by, isOpen) || (by > 0 && ((chosen = null), step(by, isOpen)));

  function edit() {
    if (!current()) return;
    editing = true;
    refresh();
    list.querySelector(".field.chosen")?.scrollIntoView({ block: "nearest" });
  }

  function cancel() {
    editing = false;
    refresh();
  }

  async function hand(field, is) {
    const wasOpen = isOpen(field);
    editing = false;
    const kept = await desk.keep({ kind: "field", pointer: field.pointer, was: field.value, is });
    if (kept && wasOpen) step(1, isOpen);
  }

  const confirm = () => current() && hand(current(), current().value);

  function save() {
    const field = current();
    const text = list.querySelector(".editor textarea").value.normalize("NFC").trim();
    if (text === wording(field.value)) return hand(field, field.value);
    return hand(field, Array.isArray(field.value) ? text.split("\n").map((line) => line.trim()).filter(Boolean) : text);
  }

  // Keys that belong to the text being written.
  function editKey(event) {
    if (!editing || event.isComposing) return editing;
    if (event.key === "Enter" && !event.shiftKey && event.target.tagName === "TEXTAREA") {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      cancel();
    }
    return true;
  }

  return {
    element, refresh, step, doubtful, edit, confirm, editKey, choose,
    start: () => step(1, isOpen) || step(1),
    onlyDoubtful: () => ((only.checked = !only.checked), refresh()),
  };
}

function wording(value) {
  return Array.isArray(value) ? value.join("\n") : String(value ?? "");
}

function flat(text) {
  return text.split(/\s+/).join(" ").trim();
}
