#!/usr/bin/env python3
"""Vanthu, plain Tesseract and OCRmyPDF on the same pages in one go: pages a second, CPU, memory, errors, with ratios.

    benches/side_by_side.py [--vanthu target/release/vanthu] [--jobs 2] [--rounds 3] [--memory N]

The pages are those of fixtures/scans that have a gold text, each as a PNG of its own. The programs take turns, and of
each the quickest of its rounds counts: what else the machine does can only make a run slower. Memory is the largest sum
over all processes of a command, looked at four times a second. CER is `vanthu eval` on each paper's text, pages in order, mean over papers. Then vanthu alone over fifty of them,
repeated under other names, with one job and with several, and with --memory N over N of them.
OCRmyPDF is left out, with a word, where it is not installed. Needs Pillow and pdftoppm.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCANS, GOLD = ROOT / "fixtures" / "scans", ROOT / "fixtures" / "gold"


def papers(folder):
    """For each gold text its pages as PNGs: name of the paper → (gold, pages)."""
    found = {}
    for line in (GOLD / "gold.tsv").read_text().splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        gold, document = line.split("\t")[:2]
        if not gold.endswith(".txt") or document.endswith(".txt"):
            continue
        name = document.replace("/", "-").replace(".", "-")
        pages = [page.rename(page.with_name(f"{page.stem}p.png")) for page in split(SCANS / document, folder / name)]
        found[name] = (GOLD / gold, pages)
    return found


def split(scan, stem):
    """The pages of a scan as STEM-NNN.png, in order."""
    from PIL import Image, ImageSequence

    if scan.suffix == ".pdf":
        subprocess.run(["pdftoppm", "-png", "-r", "300", scan, stem], check=True)
        return sorted(stem.parent.glob(f"{stem.name}-*.png"))
    files = [scan] if scan.is_file() else sorted(scan.parent.glob(f"{scan.stem}*{scan.suffix}"))
    images = [image.copy() for file in files for image in ImageSequence.Iterator(Image.open(file))]
    out = []
    for number, image in enumerate(images, 1):
        out.append(stem.with_name(f"{stem.name}-{number:03d}.png"))
        colour = "RGB" if image.mode == "RGB" else "L"
        image.convert(colour).save(out[-1], dpi=tuple(float(d) for d in image.info.get("dpi", (300, 300))))
    return out


def family(root):
    """The process ids of a process and of all it started."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    members, size = {root}, 0
    while len(members) > size:
        size = len(members)
        members |= {child for child, parent in parents.items() if parent in members}
    return members


def resident(root):
    """Bytes that a process and all it started hold."""
    pages = 0
    for pid in family(root):
        try:
            pages += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def measured(command, send=None, **more):
    """Wall and CPU seconds and peak memory of a command and all it starts."""
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), [0]
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, **quiet, **more)
    done = threading.Event()

    def watch():
        while not done.wait(0.25):
            peak[0] = max(peak[0], resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate(send)
    done.set()
    watcher.join()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"{command[0]} failed: {errors.decode(errors='replace')[-300:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, peak[0]


def vanthu(options, pages, out, jobs=None):
    jobs = str(jobs or options.jobs)
    figures = measured([options.vanthu, "run", pages[0].parent, "--out", out, "--jobs", jobs, "--quiet"])
    return figures, {page: (out / "documents" / page.name / "text.txt") for page in pages}


def tesseract(options, pages, out):
    out.mkdir()
    names = "\0".join(map(str, pages)).encode()
    line = f'tesseract "$1" {out}/$(basename "$1" .png) -l vie'
    command = ["xargs", "-0", "-P", str(options.jobs), "-n", "1", "sh", "-c", line, "sh"]
    figures = measured(command, send=names, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    return figures, {page: out / f"{page.stem}.txt" for page in pages}


def ocrmypdf(options, pages, out):
    from PIL import Image

    out.mkdir()
    first, *rest = [Image.open(page) for page in pages]
    first.save(out / "in.pdf", save_all=True, append_images=rest, resolution=300)
    command = ["ocrmypdf", "-l", "vie", "--output-type", "pdf", "-O0", "-j", str(options.jobs)]
    figures = measured([*command, "--sidecar", out / "all.txt", out / "in.pdf", out / "out.pdf"])
    texts = {page: out / f"{page.stem}.txt" for page in pages}
    for text, file in zip((out / "all.txt").read_text().split("\f"), texts.values()):
        file.write_text(text)
    return figures, texts


def error_rate(options, gold, files, folder):
    """CER of a paper's pages, one after the other."""
    joined = folder / "joined.txt"
    joined.write_text("\n".join(file.read_text() for file in files if file.exists()))
    told = subprocess.run([options.vanthu, "eval", gold, joined, "--text", "--json"], capture_output=True, check=True)
    return find(json.loads(told.stdout), "cer")


def best(rounds):
    """The least wall and CPU seconds, and the most memory."""
    walls, cpus, peaks = zip(*rounds)
    return min(walls), min(cpus), max(peaks)


def find(value, key):
    """The first number called so, anywhere inside."""
    if isinstance(value, dict):
        if isinstance(value.get(key), (int, float)):
            return value[key]
        value = list(value.values())
    found = (find(part, key) for part in value) if isinstance(value, list) else ()
    return next((number for number in found if number is not None), None)


def repeated(pages, folder, count):
    """The pages over and over, under other names."""
    folder.mkdir()
    for number in range(count):
        os.link(pages[number % len(pages)], folder / f"{number:05d}p.png")
    return sorted(folder.iterdir())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default=str(ROOT / "target" / "release" / "vanthu"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="also: memory over N pages against 50")
    options = parser.parse_args()
    runs = {"xargs tesseract": tesseract, "vanthu": vanthu}
    if shutil.which("ocrmypdf"):
        runs["OCRmyPDF, PDF"] = ocrmypdf
    else:
        print("OCRmyPDF is not installed: left out")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "pages").mkdir()
        found = papers(folder / "pages")
        pages = [page for _, of_paper in found.values() for page in of_paper]
        print(f"{len(pages)} pages, {options.jobs} jobs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'':18}{'pages/s':>9}{'ratio':>7}{'CPU s/page':>12}{'ratio':>7}{'peak MB':>9}{'CER %':>8}{'ratio':>7}")
        results = {name: [] for name in runs}
        for turn in range(options.rounds):
            for name, run in runs.items():
                results[name].append(run(options, pages, folder / f"{name.replace(' ', '-')}-{turn}"))
        base = None
        for name, turns in results.items():
            wall, cpu, peak = best(figures for figures, _ in turns)
            texts = turns[0][1]
            rates = [error_rate(options, gold, [texts[p] for p in own], folder) for gold, own in found.values()]
            cer = 100 * sum(rates) / len(rates)
            base = base or (wall, cpu, cer)
            print(
                f"{name:18}{len(pages) / wall:9.2f}{base[0] / wall:7.2f}{cpu / len(pages):12.2f}{cpu / base[1]:7.2f}"
                f"{peak / 1e6:9.0f}{cer:8.2f}{cer / base[2]:7.2f}",
                flush=True,
            )
        # Fifty, so that the last page and the start of the workers weigh little.
        fifty = repeated(pages, folder / "many-50", 50)
        runs_of = {jobs: [] for jobs in (1, options.jobs)}
        for turn in range(options.rounds):
            for jobs, of_jobs in runs_of.items():
                of_jobs.append(vanthu(options, fifty, folder / f"jobs-{jobs}-{turn}", jobs)[0])
        figures = {jobs: best(of_jobs) for jobs, of_jobs in runs_of.items()}
        print(f"vanthu, {options.jobs} jobs against 1: {figures[1][0] / figures[options.jobs][0]:.2f} times the pages a second")
        if options.memory:
            many = repeated(pages, folder / f"many-{options.memory}", options.memory)
            peaks = [figures[options.jobs][2] / 1e6, vanthu(options, many, folder / "out-many")[0][2] / 1e6]
            print(f"vanthu, peak memory over 50 pages {peaks[0]:.0f} MB, over {options.memory} {peaks[1]:.0f} MB: {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
