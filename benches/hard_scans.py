#!/usr/bin/env python3
"""Hard scans: what plain Tesseract and vanthu make of the same worn pages, what each step is good for, and whether the
expected accuracy can be believed.

    benches/hard_scans.py [--vanthu target/release/vanthu] [--levels clean,office,…] [--papers N] [--seed S]
                          [--steps]

The pages are the papers composed for this project (fixtures/papers, fixtures/markup), rendered and worn anew with the
tools that fixtures/make.py names. CER is by characters in reading order, blanks aside, against the better of two ways to
read a letterhead (columns whole, or line by line); F1 by words in any order. CPU seconds are those of all processes. With
--steps every step is left out in turn (`vanthu ocr --without`), which is slow. Needs rapidfuzz beside the others.
"""
import argparse
import collections
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "fixtures"))
LEVELS = ["clean", "office", "photocopy", "archive", "lowres"]
STEPS = ["flatten", "deskew", "seals", "despeckle", "smooth", "scale", "climb", "cells", "missed"]


def plain(text):
    return " ".join(unicodedata.normalize("NFC", text.replace("\f", " ")).split())


def truths(markup):
    """The text in reading order, twice: the letterhead from left to right by its parts, and its columns whole."""
    import make

    cells = lambda line: "\t".join(cell for cell in line.split("\t") if cell not in ("^", "<"))
    whole = "\n".join(map(cells, make.reading_text(markup).split("\n")))
    part = {}
    for line in markup.read_text(encoding="utf-8").split("\n"):
        word, _, rest = line.partition(" ")
        if word in ("@left", "@right", "@number", "@vv", "@date"):
            part[word] = rest.replace(" | ", " ")
    across = " ".join(part[name] for name in ("@left", "@right", "@number", "@vv", "@date") if name in part)
    columns = " ".join(part[name] for name in ("@left", "@number", "@vv", "@right", "@date") if name in part)
    return plain(whole), plain(whole).replace(plain(across), plain(columns), 1)


def make_pages(folder, levels, most, seed):
    """For each level: name → (truths, page images)."""
    import make
    import papers

    sources = sorted((ROOT / "fixtures" / "markup").glob("*.mark"))
    for paper in sorted((ROOT / "fixtures" / "papers").glob("*.paper")):
        sources.append(folder / f"{paper.stem}.mark")
        sources[-1].write_text("\n".join(papers.markup(paper.read_text(encoding="utf-8").split("\n"))), encoding="utf-8")
    made = {level: {} for level in levels}
    for source in sources[:most]:
        for level in levels:
            place = folder / level / source.stem
            place.mkdir(parents=True)
            pages = make.wear(make.render(source, place), level, seed)
            made[level][source.stem] = (truths(source), pages)
    return made


def cpu(command, **more):
    """What a command prints, and the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tesseract(page):
    return cpu(["tesseract", page, "-", "-l", "vie", "--psm", "3"], env={**os.environ, "OMP_THREAD_LIMIT": "1"})


def errors(truth, text):
    from rapidfuzz.distance import Levenshtein

    return min(Levenshtein.distance(one, text) / len(one) for one in truth)


def words_right(truth, text):
    a, b = (collections.Counter(words.split()) for words in (truth[0], text))
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))


def score(made, read):
    """CER mean and median and F1 over papers, CPU seconds a page, and the texts."""
    rates, right, seconds, pages = [], [], 0, 0
    for truth, images in made.values():
        read_pages = [read(image) for image in images]
        text = plain("\f".join(text for text, _ in read_pages))
        rates.append(errors(truth, text))
        right.append(words_right(truth, text))
        seconds += sum(spent for _, spent in read_pages)
        pages += len(images)
    return statistics.mean(rates), statistics.median(rates), statistics.mean(right), seconds / pages


def expectations(vanthu, made, folder):
    """Pages of one-page papers: true and expected accuracy, sent to review or not; and how many pages prepare cleans a second."""
    found = []
    for name, (truth, images) in made.items():
        out = folder / f"out-{name}"
        subprocess.run([vanthu, "run", *images, "--out", out, "--group", "file", "--jobs", "1", "--quiet"], check=True)
        report = json.loads((out / "report.json").read_text())
        prepare = report["timings"]["prepare_seconds"] / len(images)
        for status in out.glob("documents/*/status.json"):
            page = json.loads(status.read_text())["pages"][0]
            if len(images) == 1:
                true = 1 - errors(truth, plain((status.parent / "text.txt").read_text()))
                found.append((true, page.get("expected_character_accuracy", 1.0), page["state"] == "low_confidence", prepare))
            else:
                found.append((None, None, None, prepare))
    return found


def percent(value):
    return f"{100 * value:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default=str(ROOT / "target" / "release" / "vanthu"))
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--papers", type=int, default=10**6, help="no more papers than this")
    parser.add_argument("--seed", type=int, default=71)
    parser.add_argument("--steps", action="store_true", help="leave out every step in turn")
    options = parser.parse_args()
    levels = options.levels.split(",")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = make_pages(folder, levels, options.papers, options.seed)
        vanthu = lambda *more: lambda page: cpu([options.vanthu, "ocr", page, *more])
        print("| level | read by | CER mean, % | median | words right, F1 | CPU s a page |\n|---|---|---:|---:|---:|---:|")
        everything = {}
        for level in levels:
            everything[level] = score(made[level], vanthu())
            for name, (mean, median, right, seconds) in (("tesseract", score(made[level], tesseract)), ("vanthu", everything[level])):
                print(f"| {level} | {name} | {percent(mean)} | {percent(median)} | {percent(right)} | {seconds:.2f} |", flush=True)
        pages = [page for level in levels for page in expectations(options.vanthu, made[level], folder / level)]
        known = [(true, expected, review) for true, expected, review, _ in pages if true is not None]
        below = [review for true, _, review in known if true < 0.98]
        above = [review for true, _, review in known if true >= 0.98]
        off = statistics.mean(abs(true - expected) for true, expected, _ in known)
        print(f"\nprepare alone: {len(pages) / sum(page[3] for page in pages):.1f} pages a CPU second")
        print(f"expected accuracy: off by {100 * off:.2f} points on average over {len(known)} pages;")
        print(f"sent to review: {sum(below)} of {len(below)} pages below 98 %, {sum(above)} of {len(above)} others")
        if not options.steps:
            return
        print("\n| without | " + " | ".join(levels) + " | CPU s a page |\n|---|" + "---:|" * (len(levels) + 1))
        row = lambda name, got: print(f"| {name} | " + " | ".join(percent(one[0]) for one in got) + f" | {statistics.mean(one[3] for one in got):.2f} |", flush=True)
        row("nothing", list(everything.values()))
        for step in STEPS:
            row(step, [score(made[level], vanthu("--without", step)) for level in levels])
        row("restoration", [score(made[level], vanthu("--raw")) for level in levels])


if __name__ == "__main__":
    main()
