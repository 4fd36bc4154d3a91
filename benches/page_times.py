#!/usr/bin/env python3
"""How long pages take, one at a time, by how worn they are: the times that benches/makespan.py draws from.

    benches/page_times.py [--vanthu target/release/vanthu] [--papers 6] > benches/page_times.tsv

The pages are those of benches/hard_scans.py, and the scans in fixtures/scans. A page's time is that between two pages of
`vanthu run --jobs 1 --progress json`, so it holds everything: opening, reading, restoring, extracting and filing. The
first page of a run, which waits for the program to start, is left out.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from hard_scans import ROOT, make_pages


def times(vanthu, folder, out):
    """Seconds of each page but the first."""
    command = [vanthu, "run", folder, "--out", out, "--jobs", "1", "--progress", "json"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    last, found = None, []
    for line in run.stderr:
        now = time.monotonic()
        if json.loads(line)["event"] == "page":
            if last is not None:
                found.append(now - last)
            last = now
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default=str(ROOT / "target" / "release" / "vanthu"))
    parser.add_argument("--levels", default="office,photocopy,archive,lowres")
    parser.add_argument("--papers", type=int, default=6)
    args = parser.parse_args()
    print("level\tseconds")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        levels = args.levels.split(",")
        make_pages(folder, levels, args.papers, 7)
        for level, place in [("fixtures", ROOT / "fixtures" / "scans"), *((level, folder / level) for level in levels)]:
            for seconds in times(args.vanthu, place, folder / f"out-{level}"):
                print(f"{level}\t{seconds:.3f}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
