#!/usr/bin/env python3
"""Make pairs of true text and OCR text: make_ocr_pairs.py CORPUS_DIR TOOLS_DIR OUT_DIR [PAGES] [TEST_PAGES] [FIRST]

Takes stretches of clean text from CORPUS_DIR (`*.txt.zst`), renders them to pages with TOOLS_DIR/render.py in several
typefaces and sizes, degrades the pages with TOOLS_DIR/degrade.py, reads each with the English and with the Vietnamese
model of Tesseract, and aligns word by word. The test pages come from the blocks of the local papers that `vanthu dict
train` holds out, the training pages from the text it trains on. With PAGES 0 all pages are test pages. Writes OUT_DIR/pairs.tsv (split, model, level, page, line, truth, read) and, for whole
pages, OUT_DIR/{split}-{model}-{page}.{ocr,truth}.txt with the same line structure; of test pages also the scan and its
text, OUT_DIR/scan-{page}.{tif,gold.txt}. Pages from number 84 on, from 156 on every second one, are also shrunk to
110-170 dpi and some of them thickened, as poor scans of poor copies are. With FIRST > 0 the run goes on from there.

Needs: python with typst, opencv, numpy and pillow; zstd; tesseract with `eng` and `vie`; fonts Tinos, Liberation, DejaVu.
Runs one engine at a time (OMP_THREAD_LIMIT=1); a page takes about ten seconds.
"""
import os, pathlib, random, re, subprocess, sys, tempfile, unicodedata
from PIL import Image

LEVELS = ["clean", "office", "photocopy", "archive", "lowres"]
STYLES = [("Tinos", 14), ("Tinos", 13), ("Liberation Serif", 12), ("Arimo", 12), ("DejaVu Serif", 11), ("Noto Serif", 12)]
WEIGHTS = [6, 4, 2, 2, 1, 1]
SOURCES = [("admin_laocai_sct", 6), ("admin_tthc", 2), ("law_congbao", 2), ("law_phapdien", 1)]


def corpus(folder, name):
    raw = subprocess.run(["zstd", "-dcq", f"{folder}/{name}.txt.zst"], check=True, capture_output=True).stdout
    usable = lambda l: 3 <= len(l.split()) <= 120 and "…" not in l and "..." not in l
    return [(n, l) for n, l in enumerate(raw.decode("utf-8").split("\n")) if usable(l)]


def part(number):
    """What `vanthu dict train` uses a line of the local papers for (src/dictionary/compile/corpus.rs)."""
    at = number % 5000
    if at >= 4500: return "test"
    return "neither" if at >= 4440 or at < 60 <= number - at else "train"


def page_markup(lines, rng):
    """About a page of text in the mark-up of render.py: some headings, some capitals, mostly paragraphs."""
    out, words = [], 0
    for line in lines:
        n = len(line.split())
        if n <= 14 and rng.random() < 0.35: out.append("@title " + line.upper())
        elif n <= 12 and rng.random() < 0.3: out.append("@h " + line)
        elif n <= 12 and rng.random() < 0.2: out.append("@i " + line)
        else: out.append(line if not line.startswith("@") else line[1:])
        words += n
        if words > 330: break
    return out


def truth_of(markup):
    return [re.sub(r"^@(title|h|i) ", "", l) for l in markup]


def worsen(scan, number):
    """A coarser scan with bolder strokes: where hats and horns run into their letters."""
    import cv2, numpy
    rng = random.Random(number)
    image = cv2.imread(scan, cv2.IMREAD_GRAYSCALE)
    width = 2480 if image.shape[1] > 1800 else 1240
    if rng.random() < 0.5: image = cv2.erode(image, numpy.ones((3, 3) if width > 1800 else (2, 2), numpy.uint8))
    scale = rng.uniform(0.37, 0.57) * 2480 / width
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cv2.imwrite(scan, image)
    return str(round(300 * rng.uniform(0.9, 1.1) * image.shape[1] / 2480))


def read(png, model, dpi):
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    text = subprocess.run(["nice", "-n", "10", "tesseract", png, "-", "-l", model, "--dpi", dpi], capture_output=True, env=env).stdout
    return [unicodedata.normalize("NFC", l) for l in text.decode("utf-8").replace("\f", "").split("\n")]


def fold(w):
    w = unicodedata.normalize("NFD", w.lower().replace("đ", "d"))
    return "".join(c for c in w if not unicodedata.combining(c))


def distance(a, b):
    """Edit distance of folded words, as a share of the longer one."""
    if a == b: return 0.0
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1] / max(len(a), len(b), 1)


def align(truth, ocr, band=90):
    """Best pairing of two word lists with 1-1, 2-1, 1-2, 1-0 and 0-1 steps, within a band about the diagonal."""
    n, m = len(truth), len(ocr)
    ft, fo = [fold(w) for w in truth], [fold(w) for w in ocr]
    best = [dict() for _ in range(n + 1)]
    best[0][0] = (0.0, None)
    for i in range(n + 1):
        centre = i * m // max(n, 1)
        for j in range(max(0, centre - band), min(m, centre + band) + 1):
            at = best[i].get(j)
            if at is None: continue
            cost = at[0]
            steps = []
            if i < n and j < m: steps.append((1, 1, distance(ft[i], fo[j]) * 1.6))
            if i < n: steps.append((1, 0, 1.0))
            if j < m: steps.append((0, 1, 1.0))
            if i + 1 < n and j < m: steps.append((2, 1, 0.4 + 2 * distance(ft[i] + ft[i + 1], fo[j])))
            if i < n and j + 1 < m: steps.append((1, 2, 0.4 + 2 * distance(ft[i], fo[j] + fo[j + 1])))
            for di, dj, c in steps:
                old = best[i + di].get(j + dj)
                if old is None or cost + c < old[0]: best[i + di][j + dj] = (cost + c, (di, dj))
    if m not in best[n]: return None
    path, i, j = [], n, m
    while (i, j) != (0, 0):
        di, dj = best[i][j][1]
        path.append((i - di, i, j - dj, j)); i -= di; j -= dj
    return path[::-1]


def one_page(split, number, lines, rng, tools, out, table):
    markup = page_markup(lines, rng)
    font, size = rng.choices(STYLES, WEIGHTS)[0]
    level = LEVELS[number % len(LEVELS)]
    with tempfile.TemporaryDirectory() as tmp:
        src = pathlib.Path(tmp, "page.mark"); src.write_text("\n".join(markup), encoding="utf-8")
        subprocess.run([sys.executable, f"{tools}/render.py", str(src), tmp, font, str(size)], check=True, capture_output=True)
        first = sorted(pathlib.Path(tmp).glob("page-*.png"))
        truth = " ".join(truth_of(markup)).split()
        if split == "test": pathlib.Path(out, f"scan-{number:03d}.gold.txt").write_text("\n".join(truth_of(markup)) + "\n", encoding="utf-8")
        reads, scans = {"eng": [], "vie": []}, []
        for png in first:
            scan = str(png).replace("page-", "scan-") if level != "lowres" else str(png)[:-4].replace("page-", "scan-") + ".jpg"
            subprocess.run([sys.executable, f"{tools}/degrade.py", str(png), scan, level, str(number)], check=True)
            coarse = number >= 84 and (number < 156 or number % 2 == 0)
            dpi = worsen(scan, number) if coarse else "300"
            scans.append(Image.open(scan).convert("L").copy())
            for model in reads: reads[model] += read(scan, model, dpi)
    if split == "test":
        scans[0].save(f"{out}/scan-{number:03d}.tif", save_all=True, append_images=scans[1:], dpi=(int(dpi), int(dpi)), compression="tiff_lzw")
    for model, got in reads.items():
        spots = [(l, w) for l, line in enumerate(got) for w in line.split()]
        path = align(truth, [w for _, w in spots])
        if path is None: continue
        fixed, line = {}, 0
        for a, b, c, d in path:
            line = spots[c][0] if c < d else line
            fixed.setdefault(line, []).extend(truth[a:b])
            table.write("\t".join([split, model, level, str(number), str(line), " ".join(truth[a:b]), " ".join(w for _, w in spots[c:d])]) + "\n")
        pathlib.Path(out, f"{split}-{model}-{number:03d}.ocr.txt").write_text("\n".join(got) + "\n", encoding="utf-8")
        pathlib.Path(out, f"{split}-{model}-{number:03d}.truth.txt").write_text(
            "\n".join(" ".join(fixed.get(l, [])) for l in range(len(got))) + "\n", encoding="utf-8")
    table.flush()
    print(split, number, level, font, len(truth), flush=True)


def main(folder, tools, out, pages="70", test="14", first="0"):
    rng = random.Random(20)
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    numbered = {name: corpus(folder, name) for name, _ in SOURCES}
    local = "admin_laocai_sct"
    held = [l for n, l in numbered[local] if part(n) == "test"]
    texts = {name: [l for n, l in lines if name != local or part(n) == "train"] for name, lines in numbered.items()}
    with open(f"{out}/pairs.tsv", "a" if int(first) else "w", encoding="utf-8") as table:
        for number in range(int(first), int(first) + int(pages) + int(test)):
            rng = random.Random(1000 + number) if int(first) else rng
            split = "test" if int(pages) == 0 or number % 6 == 5 and (number - int(first)) // 6 < int(test) else "train"
            pool = held if split == "test" else texts[rng.choices([n for n, _ in SOURCES], [w for _, w in SOURCES])[0]]
            start = rng.randrange(len(pool) - 60)
            one_page(split, number, pool[start:start + 60], rng, tools, out, table)


if __name__ == "__main__": main(*sys.argv[1:])
