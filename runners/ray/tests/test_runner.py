"""The runner against a program that ends as it is told, on a cluster of its own on this machine."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

from vanthu_ray import Plan, Stopped, run

# Ends with the codes that `codes/K` lists, a line for each time it is run; `kill` kills it, `parent` its Ray worker.
PROGRAM = """#!/bin/sh
here=$(dirname "$0"); shard=${5%/*}
echo x >> "$here/tries/$shard"
code=$(sed -n "$(wc -l < "$here/tries/$shard")p" "$here/codes/$shard")
case $code in
    kill) kill -9 $$ ;;
    parent) kill -9 $PPID; sleep 60 ;;
    *) echo "said $code" >&2; exit "$code" ;;
esac
"""


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """Two cores."""
    ray.init(num_cpus=2, include_dashboard=False)
    yield
    ray.shutdown()


def planned(folder: Path, codes: list[list[str]], **more) -> Plan:
    """A manifest of so many shards and the program that ends as told."""
    for name in ("codes", "tries"):
        (folder / name).mkdir()
    for shard, lines in enumerate(codes, 1):
        (folder / "codes" / str(shard)).write_text("\n".join(lines) + "\n", encoding="utf-8")
    program = folder / "vanthu"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / "plan.json").write_text(json.dumps({"shards": [{"documents": 1}] * len(codes)}), encoding="utf-8")
    return Plan.read(str(folder / "manifest.jsonl"), str(folder), program=str(program), **more)


def tries(folder: Path) -> dict[int, int]:
    """How often each shard was run."""
    return {int(file.name): file.stat().st_size // 2 for file in (folder / "tries").iterdir()}


def test_only_what_may_end_otherwise_is_tried_again(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["0"], ["65"], ["75", "75", "0"], ["kill", "65"], ["parent", "0"]])
    outcome = run(plan)
    assert sorted(outcome.done) == [1, 3, 5] and sorted(outcome.bad_input) == [2, 4]
    assert tries(tmp_path) == {1: 1, 2: 1, 3: 3, 4: 2, 5: 2}
    assert outcome.retries == 4 and not outcome.given_up


def test_a_shard_that_never_ends_well_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    outcome = run(planned(tmp_path, [["75", "75", "75"], ["0"]], retries=2))
    assert outcome.given_up == [1] and outcome.done == [2]


def test_what_would_fail_everywhere_stops_the_whole(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="ended with 69: said 69"):
        run(planned(tmp_path, [["69"]] + [["0"]] * 50, in_flight=1))
    assert len(tries(tmp_path)) == 1


def test_no_more_are_in_flight_than_allowed(tmp_path: Path) -> None:
    outcome = run(planned(tmp_path, [["0"]] * 12, in_flight=2))
    assert sorted(outcome.done) == list(range(1, 13))
    assert os.listdir(tmp_path / "tries") and set(tries(tmp_path).values()) == {1}
