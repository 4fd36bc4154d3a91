// The scan of a paper, page by page: the place of the chosen value, every word with its other readings.

import { ask, crop, el, place, toast } from "./dom.js";
import { label, say } from "./language.js";

// Words the program is less sure of than this are marked.
const DOUBT = 0.85;

export function createPage(desk) {
  const sheet = el("div", { class: "paper" });
  const pane = el("div", { class: "pane" }, sheet);
  const strip = el("nav", { class: "strip" });
  const element = el("section", { class: "scan" }, strip, pane);
  const words = el("div", { class: "words", lang: "vi" });
  let number = desk.sheet.pages[0]?.page ?? 1;
  let loaded = null; // { number, blocks } of the page that is shown
  let chosen = null; // the field whose place is shown
  let size = 1;
  let popup = null; // { word, element, readings }

  const status = () => desk.sheet.pages.find((page) => page.page === number) ?? { page: number, width: 0, height: 0 };
  const source = () => `/api/image?${new URLSearchParams({ document: desk.name, page: number })}`;
  const all = () => (loaded?.blocks ?? []).flatMap((block) => block.lines.flat());

  async function load() {
    const asked = number;
    draw();
    const found = await ask("words", { document: desk.name, page: asked }).catch(() => null);
    if (asked !== number) return;
    loaded = found && { number: asked, ...found };
    drawBoxes();
    drawWords();
  }

  function draw() {
    const { width, height } = status();
    sheet.replaceChildren();
    sheet.style.width = `${100 * size}%`;
    if (!width) return sheet.append(el("p", { class: "nothing" }, say.no_scan));
    sheet.style.aspectRatio = `${width} / ${height}`;
    const failed = () => image.replaceWith(el("p", { class: "nothing" }, say.no_image));
    const image = el("img", { src: source(), alt: `${say.page} ${number}`, draggable: false, onerror: failed });
    sheet.append(image, el("div", { class: "boxes" }));
  }

  function drawBoxes() {
    const { width, height } = status();
    const boxes = sheet.querySelector(".boxes");
    if (!boxes) return;
    const fields = desk.sheet.fields.filter((field) => field.page === number && field.bbox && (field.mark || field.doubtful));
    const outline = (field) => place(el("span", { class: `place ${field.mark?.standing ?? "doubtful"}` }), field.bbox, width, height);
    const button = (word) => place(el("button", { class: doubt(word), title: word.text, tabIndex: -1, onclick: (event) => (event.stopPropagation(), open(word)) }), word.bbox, width, height);
    boxes.replaceChildren(...fields.map(outline), ...all().filter((word) => word.bbox).map(button));
    if (chosen?.bbox && chosen.page === number) boxes.append(place(el("span", { class: "place chosen" }), chosen.bbox, width, height));
  }

  const doubt = (word) => `word${word.confidence < DOUBT && !word.corrected ? " doubtful" : ""}`;

  function drawWords() {
    if (!loaded) return words.replaceChildren(el("p", { class: "nothing" }, say.no_words));
    const one = (word) => [el("span", { class: doubt(word), onclick: () => word.bbox && open(word) }, word.text), " "];
    words.replaceChildren(...loaded.blocks.map((block) => el("p", { class: block.kind }, block.lines.map((line) => el("span", { class: "line" }, line.map(one))))));
  }

  function drawStrip() {
    const item = (page) => el("button", { class: `${page.state}${page.page === number ? " here" : ""}${page.looked_through ? " seen" : ""}`, onclick: () => go(page.page),
      title: `${say.states[page.state]}${page.reason ? `: ${page.reason}` : ""}` }, String(page.page));
    const here = status();
    const seen = el("button", { class: here.looked_through ? "seen" : "look", disabled: here.looked_through, onclick: lookThrough }, here.looked_through ? `✓ ${say.looked}` : say.look_through, el("kbd", {}, "x"));
    strip.replaceChildren(
      el("span", { class: "pages" }, desk.sheet.pages.map(item)), seen, el("span", { class: "zoom" },
        el("button", { title: say.zoom_out, onclick: () => zoom(0.8) }, "−"), el("button", { title: say.zoom_in, onclick: () => zoom(1.25) }, "+")));
  }

  function go(to) {
    close();
    number = to;
    loaded = null;
    pane.scrollTop = 0;
    drawStrip();
    return load();
  }

  function turn(by) {
    const pages = desk.sheet.pages.map((page) => page.page);
    const to = pages[pages.indexOf(number) + by];
    if (to) go(to);
  }

  // Shows where a value stands.
  function show(field) {
    chosen = field;
    close();
    if (field?.page && field.page !== number && desk.sheet.pages.some((page) => page.page === field.page)) go(field.page);
    drawBoxes();
    bring(sheet.querySelector(".place.chosen"));
  }

  function bring(box) {
    box?.scrollIntoView({ block: "center", inline: "center", behavior: "smooth" });
  }

  function zoom(factor) {
    size = factor ? Math.min(4, Math.max(0.5, size * factor)) : 1;
    sheet.style.width = `${100 * size}%`;
    bring(sheet.querySelector(".place.chosen"));
  }

  async function open(word) {
    close();
    const { width, height } = status();
    const holder = desk.fieldAt(number, word.bbox);
    const input = el("input", { value: word.text, spellcheck: false, lang: "vi", maxLength: 80, ariaLabel: say.type_it });
    const save = (event) => (event.preventDefault(), hand(input.value.normalize("NFC").trim()));
    const list = el("ol", { class: "readings" });
    const box = el("div", { class: "popup", role: "dialog", ariaLabel: say.word },
      crop(source(), word.bbox, width, height, (word.bbox[3] - word.bbox[1]) * 2),
      el("div", { class: "reading" }, el("b", {}, word.text), el("span", { class: "share" }, `${Math.round(100 * word.confidence)} %`)),
      list, el("form", { onsubmit: save }, input, el("button", { class: "yes" }, say.save)),
      holder && el("small", {}, `${say.belongs_to}: ${label(holder.pointer)}`));
    // Beside the word, not over it.
    box.classList.toggle("left", word.bbox[0] + word.bbox[2] > width);
    popup = { word, element: box, readings: [] };
    element.append(box);
    const spot = [...sheet.querySelectorAll(".boxes .word")][all().filter((w) => w.bbox).indexOf(word)];
    spot?.classList.add("chosen");
    bring(spot);
    const forms = await ask("forms", { word: word.text }).catch(() => []);
    if (popup?.word !== word) return;
    popup.readings = [...new Set([word.text, word.raw, ...(word.choices ?? []), ...forms])].filter(Boolean).slice(0, 9);
    list.replaceChildren(...popup.readings.map((reading, index) =>
      el("li", {}, el("button", { onclick: () => hand(reading) }, el("kbd", {}, String(index + 1)), reading,
        index === 0 ? el("small", {}, say.confirm) : reading === word.raw ? el("small", {}, say.read_as) : null))));
  }

  async function hand(is) {
    const { word } = popup;
    close();
    if (!(await desk.keep({ kind: "word", page: number, bbox: word.bbox, was: word.text, is }))) return load();
    Object.assign(word, { text: is, corrected: true });
    drawBoxes();
    drawWords();
  }

  function close() {
    popup?.element.remove();
    popup = null;
    sheet.querySelectorAll(".word.chosen").forEach((spot) => spot.classList.remove("chosen"));
  }

  // The next word that the program is not sure of, on this page.
  function doubtful(by) {
    const found = all().filter((word) => word.bbox && word.confidence < DOUBT && !word.corrected);
    if (!found.length) return toast(`${say.page} ${number}: ${say.nothing_to_check}`);
    const at = found.indexOf(doubtful.last);
    doubtful.last = found[(at + by + found.length) % found.length];
    open(doubtful.last);
  }

  function lookThrough() {
    if (!status().looked_through) desk.keep({ kind: "page", page: number });
  }

  // Keys that belong to the open word.
  function key(event) {
    if (!popup || event.isComposing) return Boolean(popup);
    const input = popup.element.querySelector("input");
    if (event.key === "Escape") close();
    else if (event.target !== input && popup.readings[event.key - 1]) hand(popup.readings[event.key - 1]);
    else if (event.target !== input && (event.key === "Enter" || event.key === "e")) (event.preventDefault(), input.focus(), input.select());
    else return event.target === input || !["w", "W"].includes(event.key);
    return true;
  }

  load();
  return { element, words, show, turn, zoom, doubtful, lookThrough, key, close, refresh: () => (drawStrip(), drawBoxes()) };
}
