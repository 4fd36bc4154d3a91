#!/usr/bin/env python3
"""How long pages take, one at a time, by how worn they are: the times that benches/makespan.py draws from.

    benches/page_times.py [--vanthu target/release/vanthu] [--papers 6] > benches/page_times.tsv

The pages are those of benches/hard_scans.py, and the scans in fixtures/scans. A page's time is the processor time of the run and
its worker between two pages of `vanthu run --jobs 1 --progress json`, so it holds everything: opening, reading, restoring,
extracting and filing, whatever else the machine does. The first page of a run, with the start of the program, is left out.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from hard_scans import ROOT, make_pages


TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    """Processor seconds of a process and its children."""
    spent = 0.0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            spent += cpu(child)
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return spent + (int(words[11]) + int(words[12])) / TICKS


def times(vanthu, folder, out):
    """Seconds of each page but the first."""
    command = [vanthu, "run", folder, "--out", out, "--jobs", "1", "--progress", "json"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    last, found = None, []
    for line in run.stderr:
        if json.loads(line)["event"] == "page":
            now = cpu(run.pid)
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
