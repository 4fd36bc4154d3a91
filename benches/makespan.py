#!/usr/bin/env python3
"""How long a cluster takes, beside the ideal: a simulation of shards on nodes that are slow, die, and read pages of which
nobody knew how hard they are.

    benches/makespan.py [--times benches/page_times.tsv] [--seed 7]

Page times are drawn from those that benches/page_times.py measured. The rest is assumed, and stated here:

- Documents of 1 to 400 pages (log-normal, median 4). A folder is of one kind: its documents are of one level, seven in ten
  pages of it, and of the others. The plan knows pages, not levels: a shard is a number of pages that follow one another, so
  hard pages come together.
- A node has 16 cores and runs one shard at a time on all of them. Shards are handed out one by one, as nodes are free.
- Nodes differ in speed by 10 % (log-normal); one in a hundred runs at half of it.
- A node dies once in ten days. Its shard is given to another after a minute, and goes on at the page where it was (on a
  shared file system), or with all documents in hand lost (in an object store).
- A start takes 2 s on a node: the dictionary and a model in each worker.

The ideal is all work spread evenly over all nodes' speed: no shards, no starts, no deaths.
"""

import argparse
import collections
import heapq
import math
import pathlib
import random
import statistics

CORES = 16
START = 2.0
SLOW_NODES, SLOW = 0.01, 0.5
SPREAD = 0.10
DEATHS_A_SECOND = 1 / (10 * 86400)
AWAY = 60.0
MAIN_SHARE = 0.7
FOLDER_PAGES = 2000


def read(path):
    """level → page times."""
    times = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()[1:]:
        level, seconds = line.split("\t")
        times[level].append(float(seconds))
    return times


class Pages:
    """Draws the time of many pages at once: each level's own pages up to a number, beyond that their sum, which is as good
    as normal."""

    DRAWN = 200

    def __init__(self, times, dice):
        self.times, self.dice = times, dice
        self.levels = sorted(times)
        self.mean = {level: statistics.mean(t) for level, t in times.items()}
        self.deviation = {level: statistics.pstdev(t) for level, t in times.items()}

    def folder(self):
        """Shares of the levels in a folder."""
        main = self.dice.choice(self.levels)
        rest = (1 - MAIN_SHARE) / (len(self.levels) - 1)
        return {level: MAIN_SHARE if level == main else rest for level in self.levels}

    def seconds(self, count, level):
        """CPU seconds of so many pages."""
        if count <= self.DRAWN:
            return sum(self.dice.choices(self.times[level], k=count))
        return max(0.0, self.dice.gauss(count * self.mean[level], math.sqrt(count) * self.deviation[level]))


def document(dice):
    """Pages of a document."""
    return min(400, max(1, round(dice.lognormvariate(math.log(4), 1.0))))


def shards(pages, total, size, dice):
    """CPU seconds of each shard, and what its last document keeps one core busy with while the others are idle."""
    left, mix = 0, pages.folder()
    for _ in range(total // size):
        seconds, wanted = 0.0, size
        while wanted > 0:
            if left <= 0:
                left, mix = FOLDER_PAGES, pages.folder()
            here = min(wanted, left)
            for level, share in mix.items():
                seconds += pages.seconds(round(here * share), level)
            wanted, left = wanted - here, left - here
        # Pages of one document are read on all cores; only its last one keeps the others waiting.
        tail = max(dice.choice(pages.times[dice.choice(pages.levels)]) for _ in range(3))
        yield seconds, tail


def makespan(work, nodes, dice, resume):
    """Wall seconds until the last shard is done, the ideal, and deaths. Greedy: the next shard to the node that is free first."""
    slow = lambda: SLOW if dice.random() < SLOW_NODES else 1.0
    speeds = [dice.lognormvariate(0, SPREAD) * slow() for _ in range(nodes)]
    free = [(0.0, node) for node in range(nodes)]
    heapq.heapify(free)
    waiting, total, deaths, end = collections.deque(), 0.0, 0, 0.0
    work = iter(work)
    while True:
        time, node = heapq.heappop(free)
        if waiting and waiting[0][0] <= time:
            _, seconds, tail = waiting.popleft()
        else:
            shard = next(work, None)
            if shard is None:
                if not waiting:
                    break
                ready, seconds, tail = waiting.popleft()
                time = max(time, ready)
            else:
                seconds, tail = shard
                total += seconds
        needs = START + (seconds / CORES + tail) / speeds[node]
        lives = dice.expovariate(DEATHS_A_SECOND)
        if lives < needs:
            deaths += 1
            done = max(0.0, lives - START) * speeds[node] * CORES
            # In an object store the documents in hand are lost: half of one for each core.
            kept = done if resume else max(0.0, done - CORES * sum(document(dice) for _ in range(8)) / 16 * 1.5)
            waiting.append((time + lives + AWAY, max(0.0, seconds - kept), tail))
            heapq.heappush(free, (time + lives + AWAY, node))
        else:
            end = max(end, time + needs)
            heapq.heappush(free, (time + needs, node))
    return end, total / CORES / sum(speeds), deaths


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", default=pathlib.Path(__file__).with_name("page_times.tsv"))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    times = read(args.times)
    print("| level | pages | mean, s | median | 95 % | most |\n|---|---:|---:|---:|---:|---:|")
    for level, t in times.items():
        t = sorted(t)
        print(f"| {level} | {len(t)} | {statistics.mean(t):.2f} | {statistics.median(t):.2f} | {t[int(0.95 * len(t))]:.2f} | {t[-1]:.2f} |")
    print("\n| pages | nodes | pages a shard | shards | shards a node | deaths | ideal, h | makespan, h | ratio | ratio, object store |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    plans = [(10**7, 10, 20_000), (10**7, 100, 4_000), (10**7, 1000, 400), (10**8, 100, 20_000), (10**8, 1000, 4_000), (10**8, 1000, 20_000), (10**9, 1000, 20_000)]
    for total, nodes, size in plans:
        ratios = []
        for resume in (True, False):
            dice = random.Random(args.seed)
            work = shards(Pages(times, dice), total, size, dice)
            end, ideal, deaths = makespan(work, nodes, random.Random(args.seed + 1), resume)
            ratios.append((end / ideal, end, ideal, deaths))
        ratio, end, ideal, deaths = ratios[0]
        print(
            f"| 10^{round(math.log10(total))} | {nodes} | {size} | {total // size} | {total / size / nodes:.0f} | {deaths} | {ideal / 3600:.2f} "
            f"| {end / 3600:.2f} | {ratio:.3f} | {ratios[1][0]:.3f} |"
        )


if __name__ == "__main__":
    main()
