"""`python -m vanthu_ray --manifest M --out DIR`: every shard of a manifest, then the merge is yours."""

from __future__ import annotations

import argparse
import shlex
import sys

import ray

from . import BAD_INPUT, TRY_AGAIN, Plan, Stopped, run


def main() -> int:
    """Parses, connects or starts a cluster of its own, runs; the exit code is that of a shard."""
    parser = argparse.ArgumentParser(prog="vanthu_ray", description="Run the shards of a vanthu manifest as Ray tasks.")
    parser.add_argument("--manifest", required=True, help="what `vanthu plan` made, as every node sees it")
    parser.add_argument("--out", required=True, help="results: a folder that every node mounts, or s3://BUCKET/PREFIX")
    parser.add_argument("--address", help="of a cluster (`auto` inside of one); without it, one on this machine")
    parser.add_argument("--workers", type=int, help="without a cluster: shards at one time [one for each core]")
    parser.add_argument("--cpus", type=float, default=1, help="of a shard; give --options '--jobs N' to match")
    parser.add_argument("--options", default="--jobs 1", help="more options of `vanthu run`, in one string")
    parser.add_argument("--program", default="vanthu", help="vanthu, as every node finds it")
    parser.add_argument("--retries", type=int, default=10, help="of a shard")
    parser.add_argument("--in-flight", type=int, help="tasks waiting or running at one time [twice what fits]")
    args = parser.parse_args()

    plan = Plan.read(
        args.manifest, args.out, program=args.program, options=tuple(shlex.split(args.options)), cpus=args.cpus,
        retries=args.retries, in_flight=args.in_flight,
    )  # fmt: skip
    if args.address:
        ray.init(address=args.address)
    else:
        ray.init(num_cpus=args.workers, include_dashboard=False)
    try:
        outcome = run(plan)
    except Stopped as stopped:
        print(f"vanthu_ray: {stopped}", file=sys.stderr)
        return 1
    finally:
        ray.shutdown()
    if outcome.given_up:
        print(f"vanthu_ray: given up: shards {outcome.given_up}", file=sys.stderr)
        return TRY_AGAIN
    return BAD_INPUT if outcome.bad_input else 0


if __name__ == "__main__":
    sys.exit(main())
