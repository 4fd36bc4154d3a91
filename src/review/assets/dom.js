// Elements and requests. Text goes into the page as text, never as markup: a scan may hold "<script>".

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function place(element, [x0, y0, x1, y1], width, height) {
  element.style.left = `${(100 * x0) / width}%`;
  element.style.top = `${(100 * y0) / height}%`;
  element.style.width = `${(100 * (x1 - x0)) / width}%`;
  element.style.height = `${(100 * (y1 - y0)) / height}%`;
  return element;
}

// The part of a page image within a box, with what stands around it: as wide as its parent, never taller than a quarter of that.
export function crop(source, [x0, y0, x1, y1], width, height, margin) {
  const [top, bottom] = [Math.max(0, y0 - margin / 2), Math.min(height, y1 + margin / 2)];
  const beside = Math.max(margin, (4 * (bottom - top) - (x1 - x0)) / 2);
  const [left, right] = [Math.max(0, x0 - beside), Math.min(width, x1 + beside)];
  const image = el("img", { src: source, alt: "", draggable: false });
  const frame = el("div", { class: "crop" }, image);
  frame.style.aspectRatio = `${right - left} / ${bottom - top}`;
  image.style.width = `${(100 * width) / (right - left)}%`;
  image.style.transform = `translate(${(-100 * left) / width}%, ${(-100 * top) / height}%)`;
  return frame;
}

export async function ask(path, parameters = {}) {
  return answer(await fetch(`/api/${path}?${new URLSearchParams(parameters)}`));
}

export async function tell(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error || response.statusText), { status: response.status });
  return body;
}

export function toast(text, bad = false) {
  const line = document.getElementById("toast");
  line.textContent = text;
  line.className = bad ? "shown bad" : "shown";
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (line.className = ""), bad ? 6000 : 2500);
}

// Whether keys belong to a text that is being written (by whatever input method), not to the page.
export function isTyping(event) {
  return event.isComposing || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
}
