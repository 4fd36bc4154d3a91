#!/usr/bin/env python3
"""How fast shards are merged, and in how much memory.

    benches/merge.py [--vanthu target/release/vanthu] [--records 25000,100000] [--from RESULTS] [--shards 8]

Letters of some lines are written and done as a shard; its lines are then repeated under other names to as many records as
asked for, with a manifest to match, and merged. --from takes the lines of a results folder with shards instead, such as
those that runners/prove.py leaves: real papers, which are larger. Memory is the largest resident set of the merge.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time

WORDS = "thực hiện kế hoạch cải cách hành chính công tác văn thư lưu trữ báo cáo kết quả triển khai nhiệm vụ hội nghị tổng kết \
đơn vị phối hợp kiểm tra giám sát đào tạo bồi dưỡng cán bộ công chức chuyển đổi số dịch vụ trực tuyến hồ sơ thủ tục".split()


def letters(folder, count):
    """So many letters as text."""
    dice = random.Random(7)
    for n in range(count):
        body = "\n".join(" ".join(dice.choices(WORDS, k=12)).capitalize() + "." for _ in range(12))
        (folder / f"{n}.txt").write_text(
            f"ỦY BAN NHÂN DÂN XÃ SỐ {n}\n\nSố: {n + 1}/CV-UBND\n\nXã số {n}, ngày {n % 28 + 1} tháng 9 năm 2025\n\n"
            f"V/v {' '.join(dice.choices(WORDS, k=8))}\n\n{body}\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n",
            encoding="utf-8",
        )


def run(*command):
    """Wall seconds and the largest resident set, in MB, of a command."""
    start = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 65):
        raise SystemExit(f"{' '.join(command)} ended with {code}: {said}")
    return time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def lines_of(results):
    """The lines of all shards of a results folder, and the report of one."""
    shards = sorted((results / "shards").iterdir())
    lines = [line for shard in shards for line in (shard / "results.jsonl").open(encoding="utf-8")]
    return lines, json.loads((shards[0] / "report.json").read_text(encoding="utf-8"))


def make(out, lines, report, records, shards):
    """A results folder of so many records."""
    out.mkdir()
    named = [re.sub(r'^\{"document":"[^"]*"', '{"document":"%s"', line.replace("%", "%%"), count=1) for line in lines]
    parts, digest, at, size = [], hashlib.sha256(), 0, 0
    with (out / "manifest.jsonl").open("wb") as manifest:
        for shard in range(shards):
            folder = out / "shards" / f"{shard + 1}-of-{shards}"
            folder.mkdir(parents=True)
            start, count = at, records * (shard + 1) // shards - records * shard // shards
            with (folder / "results.jsonl").open("w", encoding="utf-8") as results:
                for n in range(count):
                    name = f"{shard:03}/{n:07}.txt"
                    line = {"document": name, "files": [name], "bytes": 1000, "pages": None, "cost_ms": 50}
                    told = (json.dumps(line, separators=(",", ":")) + "\n").encode()
                    digest.update(told)
                    at += manifest.write(told)
                    size += results.write(named[n % len(named)] % name)
            parts.append({"start": start, "end": at, "documents": count, "pages": 0, "cost_ms": 50 * count})
    sha256 = digest.hexdigest()
    for shard in range(shards):
        told = {**report, "shard": f"{shard + 1}/{shards}", "manifest_sha256": sha256}
        (out / "shards" / f"{shard + 1}-of-{shards}" / "report.json").write_text(json.dumps(told), encoding="utf-8")
    whole = {"start": 0, "end": at, "documents": records, "pages": 0, "cost_ms": 50 * records}
    plan = {"version": 1, "root": "/nowhere", "group": "auto", "manifest_sha256": sha256, **whole}
    (out / "plan.json").write_text(json.dumps({**plan, "shards": parts, "problems": [], "passed_over": []}), encoding="utf-8")
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vanthu", default="target/release/vanthu")
    parser.add_argument("--records", default="25000,100000")
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--from", dest="results", type=pathlib.Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        results = args.results
        if not results:
            results, scans = folder / "results", folder / "scans"
            scans.mkdir()
            letters(scans, 50)
            run(args.vanthu, "plan", str(scans), "--out", str(results), "--quick", "--shards", "1")
            manifest = str(results / "manifest.jsonl")
            run(args.vanthu, "run", "--manifest", manifest, "--shard", "1/1", "--out", str(results), "--quiet")
        lines, report = lines_of(results)
        print("| records | characters a record, with its text | records/s | wall, s | CPU, s | peak memory, MB |\n|---:|---:|---:|---:|---:|---:|")
        for records in map(int, args.records.split(",")):
            out = folder / f"merged-{records}"
            size = make(out, lines, report, records, args.shards)
            seconds, memory, cpu = run(args.vanthu, "merge", str(out))
            merged = json.loads((out / "report.json").read_text(encoding="utf-8"))
            assert merged["accounted"] == records and sum(1 for _ in (out / "records.jsonl").open()) == records
            print(f"| {records} | {size // records} | {records / seconds:.0f} | {seconds:.1f} | {cpu:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
