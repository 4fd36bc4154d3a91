#!/usr/bin/env python3
"""Time vanthu, plain Tesseract and OCRmyPDF on the same pages in one go, and print a table with ratios.

    benches/side_by_side.py [--vanthu target/release/vanthu] [--jobs 2] [--pages N]

The pages are those of fixtures/scans that have a gold text. Wall time says little on a machine that does other work; CPU
seconds say more, so both are printed.
OCRmyPDF is left out, with a word, where it is not installed.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCANS = ROOT / "fixtures" / "scans"


def page_images(folder):
    """Every page of the scans as a PNG of its own, at its own resolution: the same input for all."""
    pages = []
    for scan in sorted(SCANS.rglob("*")):
        stem = folder / (scan.stem + "-" + scan.suffix[1:])
        if scan.suffix == ".pdf":
            subprocess.run(["pdftoppm", "-png", "-r", "300", scan, stem], check=True)
        elif scan.suffix in (".png", ".jpg", ".tif"):
            subprocess.run([sys.executable, "-c", SPLIT, scan, stem], check=True)
    for page in sorted(folder.glob("*.png")):
        # A name that does not end in a number: each page is a document of its own.
        pages.append(page.rename(page.with_name(page.stem + "p.png")))
    return pages


SPLIT = """
import sys
from PIL import Image, ImageSequence
for n, page in enumerate(ImageSequence.Iterator(Image.open(sys.argv[1])), 1):
    dpi = page.info.get("dpi", (300, 300))
    page.convert("L").save(f"{sys.argv[2]}-{n}.png", dpi=dpi)
"""


def measured(command, **more):
    """Wall and CPU seconds and the largest process of a command and all it starts."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr.decode()[-300:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def vanthu(options, pages, out):
    return measured([options.vanthu, "run", pages[0].parent, "--out", out, "--jobs", str(options.jobs), "--quiet"])


def tesseract(options, pages, out):
    out.mkdir()
    names = "\0".join(map(str, pages)).encode()
    line = f'tesseract "$1" {out}/$(basename "$1" .png) -l vie'
    command = ["xargs", "-0", "-P", str(options.jobs), "-n", "1", "sh", "-c", line, "sh"]
    return measured(command, input=names, env={**os.environ, "OMP_THREAD_LIMIT": "1"})


def ocrmypdf(options, pages, out):
    out.mkdir()
    joined = out / "in.pdf"
    from PIL import Image

    first, *rest = [Image.open(page) for page in pages]
    first.save(joined, save_all=True, append_images=rest, resolution=300)
    return measured(
        ["ocrmypdf", "-l", "vie", "--output-type", "pdf", "-O0", "-j", str(options.jobs), joined, out / "out.pdf"]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default=str(ROOT / "target" / "release" / "vanthu"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pages", type=int, default=10**6, help="no more pages than this")
    options = parser.parse_args()
    runs = {"xargs tesseract": tesseract, "vanthu": vanthu}
    if shutil.which("ocrmypdf"):
        runs["OCRmyPDF, PDF"] = ocrmypdf
    else:
        print("OCRmyPDF is not installed: left out")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "pages").mkdir()
        pages = page_images(folder / "pages")
        for page in pages[options.pages :]:
            page.unlink()
        pages = pages[: options.pages]
        print(f"{len(pages)} pages, {options.jobs} jobs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'':18}{'pages/s':>9}{'CPU s/page':>12}{'CPU, ratio':>12}")
        base = None
        for name, run in runs.items():
            wall, cpu = run(options, pages, folder / name.replace(" ", "-"))
            base = base or cpu
            print(f"{name:18}{len(pages) / wall:9.2f}{cpu / len(pages):12.2f}{cpu / base:12.2f}")


if __name__ == "__main__":
    main()
