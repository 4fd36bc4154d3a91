#!/usr/bin/env python3
"""Shows that many machines make of an input what one makes of it, whatever is killed on the way.

The fixtures are repeated to some hundred pages, with one document that takes its process with it (debug builds do that
on demand). One run without it is the reference. Then each engine works off the same input in shards while runs of shards
are killed (SIGKILL) at random moments. Compared are the bytes of every result, the file of all records, the rows of the
catalogue and the counts.

    cargo build && runners/prove.py --engines xargs             # the smallest engine
    make run-ray                                                # the same with Ray
    cargo build --release && runners/prove.py --engines plain --vanthu target/release/vanthu    # what shards cost
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCANS = HERE.parent / "fixtures" / "scans"
PAGES_OF_SCANS = 16
POISON = "poison.png"
OPTIONS = ["--formats", "json,txt,jsonl"]


def main() -> int:
    """Runs the engines asked for and prints what was compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default="target/debug/vanthu")
    parser.add_argument("--engines", default="xargs", help="plain (xargs, nothing killed), xargs, ray, none; commas between")
    parser.add_argument("--pages", type=int, default=300, help="at least")
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, default=Path("target/prove"))
    args = parser.parse_args()
    args.vanthu = str(Path(args.vanthu).resolve())
    args.work.mkdir(parents=True, exist_ok=True)
    args.work = args.work.resolve()
    scans = corpus(args)
    single = reference(args, scans)
    engines = [engine for engine in args.engines.split(",") if engine != "none"]
    return 0 if all([prove(engine, args, scans, single) for engine in engines]) else 1


def corpus(args: argparse.Namespace) -> Path:
    """Copies of the fixtures in folders of their own, and the poison among them."""
    scans = args.work / "scans"
    copies = -(-args.pages // PAGES_OF_SCANS)
    if not (scans / f"{copies - 1:03}").exists():
        shutil.rmtree(scans, ignore_errors=True)
        for copy in range(copies):
            shutil.copytree(SCANS, scans / f"{copy:03}")
        shutil.copy(SCANS / "cong-van" / "1372-SNV-VTLT.png", scans / f"{copies // 2:03}" / POISON)
    print(f"{copies * PAGES_OF_SCANS} pages and {copies} texts in {copies * 7} documents, and {POISON}")
    return scans


def reference(args: argparse.Namespace, scans: Path) -> Path:
    """One run over everything, the poison harmless; kept for the next engine."""
    out = args.work / "single"
    told = out / "measured.json"
    if not told.exists():
        shutil.rmtree(out, ignore_errors=True)
        command = [args.vanthu, "run", str(scans), "--out", str(out), "--jobs", str(args.workers), *OPTIONS, "--quiet"]
        seconds, cpu, code = timed(command)
        if code:
            sys.exit(f"the single run ended with {code}")
        told.write_text(json.dumps({"seconds": seconds, "cpu": cpu, "vanthu": args.vanthu}))
    single = json.loads(told.read_text())
    print(f"one run: {single['seconds']:.0f} s, {single['cpu']:.1f} CPU s ({Path(single['vanthu']).parent.name})")
    return out


def timed(command: list[str], **more) -> tuple[float, float, int]:
    """Wall and CPU seconds of a command and all it started, and its exit code."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = subprocess.run(command, check=False, **more).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu, code


def prove(engine: str, args: argparse.Namespace, scans: Path, single: Path) -> bool:
    """One engine against the reference."""
    print(f"\n{engine}: {args.shards} shards, {args.workers} at one time")
    out = args.work / engine
    shutil.rmtree(out, ignore_errors=True)
    harm = engine != "plain"
    environment = dict(os.environ, VANTHU=args.vanthu, OPTIONS=" ".join(["--jobs", "1", *OPTIONS]))
    plan = [args.vanthu, "plan", str(scans), "--out", str(out), "--shards", str(args.shards)]
    plan_seconds, plan_cpu, _ = timed(plan)
    if harm:
        environment["VANTHU_FAULT"] = f"crash shard {POISON}"
    over = threading.Event()
    documents = sum(1 for _ in (out / "manifest.jsonl").open())
    killer = Killer(out, documents, args, over) if harm else None
    if killer:
        killer.start()
    if engine == "ray":
        python = [sys.executable, "-m", "vanthu_ray", "--manifest", str(out / "manifest.jsonl"), "--out", str(out)]
        told = ["--workers", str(args.workers), "--program", args.vanthu, "--options", environment["OPTIONS"]]
        command = [*python, *told]
        environment["PYTHONPATH"] = str(HERE / "ray")
    else:
        command = [str(HERE / "xargs.sh"), str(out), str(args.shards), str(args.workers)]
    seconds, cpu, code = timed(command, env=environment)
    over.set()
    if killer:
        killer.join()
    merge_seconds, merge_cpu, merged = timed([args.vanthu, "merge", str(out)])
    print(f"engine: exit {code}, {seconds:.0f} s, {cpu:.1f} CPU s; plan {plan_cpu:.1f} CPU s, merge {merge_cpu:.1f} CPU s")
    if killer:
        print(f"killed: {', '.join(killer.killed) or 'nothing'}")
    else:
        whole, one = plan_cpu + cpu + merge_cpu, json.loads((single / "measured.json").read_text())["cpu"]
        print(f"CPU over one run: {100 * (whole / one - 1):+.1f} % (of that plan and merge {100 * (plan_cpu + merge_cpu) / one:.1f} %)")
    return compare(out, single, documents, merged, harm)


class Killer(threading.Thread):
    """Kills runs of shards, each time as soon as a randomly chosen share of the documents is filed. With Ray, every other
    time the worker process of Ray goes, and takes the run of the shard with it."""

    def __init__(self, out: Path, documents: int, args: argparse.Namespace, over: threading.Event) -> None:
        super().__init__()
        self.dice = random.Random(args.seed)
        self.moments = sorted(self.dice.sample(range(documents // 20, documents * 9 // 10), args.kills))
        self.out, self.over, self.killed = out, over, []

    def run(self) -> None:
        """Waits for each moment."""
        for number, moment in enumerate(self.moments):
            while sum(1 for _ in self.out.glob("documents/**/status.json")) < moment or not self.runs():
                if self.over.wait(0.3):
                    return
            pid = self.dice.choice(self.runs())
            parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
            worker = number % 2 == 1 and "ray::" in Path(f"/proc/{parent}/cmdline").read_text()
            shard = Path(f"/proc/{pid}/cmdline").read_text().split("\0--shard\0")[1].split("\0")[0]
            os.kill(parent if worker else pid, signal.SIGKILL)
            self.killed.append(f"{'Ray worker of ' if worker else ''}{shard} after {moment} documents")

    def runs(self) -> list[int]:
        """The processes that run a shard of ours."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_text().split("\0") if entry.name.isdigit() else []
                ours = str(self.out / "manifest.jsonl") in words and "--shard" in words
                if ours and (entry / "exe").resolve().name == "vanthu":
                    found.append(int(entry.name))
            except OSError:
                pass
        return sorted(found)


def compare(out: Path, single: Path, documents: int, merged: int, harm: bool) -> bool:
    """Bytes, rows and counts against those of one run."""
    poison = lambda name: harm and POISON in name  # noqa: E731
    one, many = ({k: v for k, v in tree(folder).items() if not poison(k)} for folder in (single, out))
    checks = {
        f"{len(one)} result files, same names and bytes": one == many,
        f"{len(records(single, poison))} lines of records.jsonl, same order and bytes": records(single, poison)
        == records(out, lambda name: False),
        f"{len(catalogue(single, poison))} rows of the catalogue": catalogue(single, poison) == catalogue(out, poison),
    }
    report = json.loads((out / "report.json").read_text())
    accounted = report["planned"] == report["accounted"] == documents and report["missing"] == 0
    checks[f"{documents} lines of the manifest, each accounted for once"] = accounted
    failures = [json.loads(line) for line in (out / "failures.jsonl").open()]
    if harm:
        named = len(failures) == 1 and failures[0]["input"].endswith(POISON) and "quarantined" in failures[0]["reason"]
        checks[f"one failure, named: {failures}"] = named
        checks["the merge ends with 65"] = merged == 65
    else:
        checks["the merge ends with 0"] = merged == 0 and not failures
    for what, holds in checks.items():
        print(f"  {'yes' if holds else 'NO '}  {what}")
    return all(checks.values())


def tree(out: Path) -> dict[str, bytes]:
    """Every result file by its name."""
    root = out / "documents"
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def records(out: Path, poison) -> list[str]:
    """The lines of all records."""
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not poison(json.loads(line)["source"]["file"])]


def catalogue(out: Path, poison) -> list[tuple]:
    """The rows of the catalogue by the names of their documents, whose numbers depend on what was filed before."""
    base = sqlite3.connect(out / "catalog.sqlite")
    names = dict(base.execute("SELECT id, name FROM documents"))
    rows = [("documents", *row[1:]) for row in base.execute("SELECT * FROM documents")]
    for table, at in (("pages", 1), ("fields", 0), ("tasks", 0)):
        for row in base.execute(f"SELECT * FROM {table}"):
            rows.append((table, names[row[at]], *row[at + 1 :]))
    return sorted((row for row in rows if not poison(row[1])), key=repr)


if __name__ == "__main__":
    sys.exit(main())
