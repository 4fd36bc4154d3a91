"""Runs the shards of a vanthu manifest as Ray tasks, on a laptop or a cluster.

A task is one `vanthu run --manifest … --shard K/N`, and its exit code is all there is to know: 0 and 65 are done, 75 and a
death are tried again, anything else would be the same on every node and stops the whole. The driver keeps no state: started
again, it finds what is done in the results.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import ray

DONE, BAD_INPUT, TRY_AGAIN = 0, 65, 75
LONGEST_PAUSE = 60.0


class Stopped(Exception):
    """A shard failed in a way that every other would."""


@dataclass(frozen=True)
class Plan:
    """What to run, and how."""

    manifest: str
    out: str
    shards: int
    documents: tuple[int, ...]
    program: str = "vanthu"
    options: tuple[str, ...] = ("--jobs", "1")
    cpus: float = 1.0
    retries: int = 10
    in_flight: int | None = None

    @classmethod
    def read(cls, manifest: str, out: str, **more) -> Plan:
        """From the `plan.json` beside a manifest that this machine can read."""
        cut = json.loads(Path(manifest).with_name("plan.json").read_text(encoding="utf-8"))
        documents = tuple(shard["documents"] for shard in cut["shards"])
        return cls(manifest=manifest, out=out, shards=len(documents), documents=documents, **more)

    def command(self, shard: int) -> list[str]:
        """The command line of a shard, 1-based."""
        where = ["--manifest", self.manifest, "--shard", f"{shard}/{self.shards}", "--out", self.out]
        return [self.program, "run", *where, *self.options, "--quiet"]


@dataclass
class Outcome:
    """What became of all shards."""

    done: list[int] = field(default_factory=list)
    bad_input: list[int] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    retries: int = 0


@ray.remote(max_retries=0)
def shard_task(command: list[str]) -> tuple[int, str]:
    """Runs a shard; its exit code, negative for a signal, and its last words. It dies with the worker that runs it."""
    if tie := shutil.which("setpriv"):
        command = [tie, "--pdeathsig", "KILL", *command]
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return ended.returncode, ended.stderr[-2000:].decode(errors="replace").strip()


def run(plan: Plan) -> Outcome:
    """Runs every shard to its end, each on `cpus` of the cluster.

    No more tasks than `in_flight` (twice as many as fit at one time) wait or run, so that a million shards are no burden to the
    scheduler, and one that failed comes to its turn again soon.
    """
    outcome, started = Outcome(), time.monotonic()
    waiting = deque((0.0, shard) for shard in range(1, plan.shards + 1))
    running: dict[ray.ObjectRef, int] = {}
    tries = [0] * (plan.shards + 1)
    told = started
    while waiting or running:
        fit = max(1, int(ray.cluster_resources().get("CPU", 1) / plan.cpus))
        now = time.monotonic()
        for _ in range(len(waiting)):
            if len(running) >= (plan.in_flight or 2 * fit):
                break
            not_before, shard = waiting.popleft()
            if not_before > now:
                waiting.append((not_before, shard))
                continue
            tries[shard] += 1
            running[shard_task.options(num_cpus=plan.cpus).remote(plan.command(shard))] = shard
        ready, _ = ray.wait(list(running), num_returns=1, timeout=1.0) if running else ([], [])
        if not running:
            time.sleep(0.2)
        for task in ready:
            shard = running.pop(task)
            code, said = _code(task)
            if code == DONE or code == BAD_INPUT:
                (outcome.done if code == DONE else outcome.bad_input).append(shard)
            elif code == TRY_AGAIN or code < 0:
                _tell(f"shard {shard}/{plan.shards}: {_why(code)}{': ' + said.splitlines()[-1] if said else ''}")
                if tries[shard] > plan.retries:
                    outcome.given_up.append(shard)
                else:
                    outcome.retries += 1
                    waiting.append((time.monotonic() + min(LONGEST_PAUSE, 2.0 ** (tries[shard] - 1)), shard))
            else:
                for other in running:
                    ray.cancel(other, force=True)
                raise Stopped(f"shard {shard}/{plan.shards} ended with {code}: {said}")
        if ready or time.monotonic() - told > 30:
            told = time.monotonic()
            _tell(_progress(plan, outcome, len(running), told - started))
    return outcome


def _code(task: ray.ObjectRef) -> tuple[int, str]:
    try:
        return ray.get(task)
    except (ray.exceptions.RayTaskError, ray.exceptions.TaskCancelledError):
        raise
    except ray.exceptions.RayError as lost:  # the worker or its node is gone
        return -1, type(lost).__name__


def _why(code: int) -> str:
    return "to be tried again" if code == TRY_AGAIN else "killed, to be tried again"


def _progress(plan: Plan, outcome: Outcome, running: int, seconds: float) -> str:
    ended = outcome.done + outcome.bad_input
    documents = sum(plan.documents[shard - 1] for shard in ended)
    return (
        f"{len(ended)} of {plan.shards} shards, {documents} of {sum(plan.documents)} documents, {running} in flight, "
        f"{outcome.retries} retries, {seconds:.0f} s"
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
