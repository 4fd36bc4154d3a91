// The page as a whole: who is here, in which language, and which view is open.

import { el, isTyping } from "./dom.js";
import { language, say, speak } from "./language.js";
import { openQueue } from "./queue.js";
import { openSheet } from "./sheet.js";

const main = document.getElementById("main");
const top = document.getElementById("top");
let view = { key() {} };

export function who() {
  return localStorage.getItem("vanthu-who") || "";
}

// The bar at the top; a view puts its own things between name and switches.
export function bar(...middle) {
  const other = language() === "vi" ? "en" : "vi";
  const change = () => (speak(other), show());
  top.replaceChildren(
    el("a", { class: "brand", href: "#/", title: say.back }, el("img", { src: "/assets/icon.svg", alt: "" }), el("b", {}, "vanthu")),
    el("div", { class: "middle" }, ...middle),
    el("button", { class: "quiet", onclick: askName, title: say.who }, who() || say.who),
    el("button", { class: "quiet", onclick: change }, other === "en" ? "English" : "Tiếng Việt"),
    el("button", { class: "quiet", onclick: showHelp, title: say.keys }, "?"),
  );
}

export function progress(checked, all) {
  const share = all ? checked / all : 1;
  const fill = el("i");
  fill.style.width = `${100 * share}%`;
  const text = say.progress(checked.toLocaleString(language()), all.toLocaleString(language()));
  return el("div", { class: "progress", title: text }, el("span", { class: "track" }, fill), el("span", { class: "count" }, text));
}

function askName() {
  const input = el("input", { value: who(), placeholder: say.name, autocomplete: "name", maxLength: 80, required: true });
  const keep = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    localStorage.setItem("vanthu-who", input.value.trim());
    dialog.close();
    show();
  };
  const form = el("form", { onsubmit: keep }, el("h2", {}, say.who), el("p", {}, say.who_why), input, el("button", { class: "main" }, say.start));
  const dialog = showDialog(form);
  input.select();
}

function showHelp() {
  const rows = say.help.map(([keys, what]) => el("tr", {}, el("th", {}, keys), el("td", {}, what)));
  showDialog(el("h2", {}, say.keys), el("table", { class: "keys" }, el("tbody", {}, rows)), el("form", { method: "dialog" }, el("button", { class: "main" }, say.close)));
}

function showDialog(...content) {
  const dialog = el("dialog", {}, ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

async function show() {
  document.title = `${say.title} · vanthu`;
  view.close?.();
  const name = location.hash.startsWith("#/d/") ? decodeURIComponent(location.hash.slice(4)) : null;
  main.className = name === null ? "queue" : "sheet";
  view = name === null ? await openQueue(main) : await openSheet(main, name);
  if (!who()) askName();
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if (!isTyping(event) && event.key === "?") return showHelp();
  view.key(event);
});
window.addEventListener("hashchange", show);
speak(localStorage.getItem("vanthu-language") || "vi");
show();
