#!/usr/bin/env python3
"""Learn the error channel from word pairs: learn_channel.py PAIRS.tsv REAL_SCAN_PAIRS.tsv OUT.tsv [CORPUS_DIR]

PAIRS.tsv is what make_ocr_pairs.py wrote (only its `train` rows are used), REAL_SCAN_PAIRS.tsv holds lines of real scans
(document, read, truth) read with the Vietnamese model. With CORPUS_DIR nothing is learned from pages of which more than a
tenth, and from lines of which any eight words in a row, stand in the blocks that `vanthu dict train` holds out (laws quote each
other, so single phrases do occur in both). OUT.tsv gets a row for each kind of misreading:

    model  truth  read  cost

A truth letter, or two of them, was printed; `read` (0 to 3 characters) is what the engine made of it; cost is
-ln P(read | truth) in milli-nats. The weights are found by expectation maximisation over all ways to cut a pair of words
into such steps (the stochastic edit distance of Ristad and Yianilos, 1998, with steps longer than one character, as in
Brill and Moore, 2000). Thin counts lean on those of the letter without its tone, then of the bare letter. For the English model the learned
weights are mixed with a table of shapes (SHAPES), since papers come from more engines than the one at hand.
"""
import collections, math, subprocess, sys, unicodedata

LONGEST = 3          # characters one printed letter may be read as
ROUNDS = 8
FLOOR = 2e-4         # a step rarer than this is left to the decoder's general price


VOWELS = "aăâeêioôơuưy"
ALL = [unicodedata.normalize("NFC", v + tone) for v in VOWELS for tone in ["", *"\u0300\u0301\u0303\u0309\u0323"]] + list("bcdđghklmnpqrstvx")
ALL += [c.upper() for c in ALL]


def bare_tone(c):
    """The letter without its tone mark, its hat, horn or breve kept."""
    d = unicodedata.normalize("NFD", c)
    return unicodedata.normalize("NFC", "".join(x for x in d if x not in "\u0300\u0301\u0303\u0309\u0323"))


def bare(c):
    """The letter without any mark."""
    d = unicodedata.normalize("NFD", c.replace("đ", "d").replace("Đ", "D"))
    return "".join(x for x in d if not unicodedata.combining(x))


def steps(truth, read):
    """All steps that may explain a part of the pair, as (i, j, next i, next j)."""
    n, m = len(truth), len(read)
    for i in range(n):
        for j in range(m + 1):
            for k in range(0, LONGEST + 1):
                if j + k <= m: yield i, j, i + 1, j + k
            if i + 1 < n and j + 1 <= m: yield i, j, i + 2, j + 1


def start(t, o):
    """First guess: the same bare letter is likely, one letter for one letter is possible, all else is rare."""
    if len(t) == 1:
        if o == t: return 0.6
        if len(o) == 1: return 0.1 if bare(o) == bare(t) else 0.01
        return 0.002 if len(o) == 0 else 0.002 / len(o)
    return 0.0005


def sweep(pairs, p):
    """Expected counts of each step under the weights p."""
    counts = collections.defaultdict(float)
    total = 0.0
    for (truth, read), times in pairs.items():
        n, m = len(truth), len(read)
        fw = [[0.0] * (m + 1) for _ in range(n + 1)]; fw[0][0] = 1.0
        moves = [(i, j, a, b, p(truth[i:a], read[j:b])) for i, j, a, b in steps(truth, read)]
        for i, j, a, b, w in moves: fw[a][b] += fw[i][j] * w
        z = fw[n][m]
        if z <= 0: continue
        total += times * math.log(z)
        bw = [[0.0] * (m + 1) for _ in range(n + 1)]; bw[n][m] = 1.0
        for i, j, a, b, w in reversed(moves): bw[i][j] += bw[a][b] * w
        for i, j, a, b, w in moves:
            e = fw[i][j] * w * bw[a][b] / z
            if e > 1e-6: counts[truth[i:a], read[j:b]] += times * e
    return counts, total


def smoothed(counts):
    """Weights from counts, thin letters leaning on their relatives."""
    tables = [collections.defaultdict(lambda: collections.defaultdict(float)) for _ in range(3)]
    views = [lambda t: t, lambda t: "".join(map(bare_tone, t)), lambda t: "".join(map(bare, t))]
    for (t, o), c in counts.items():
        for view, table in zip(views, tables): table[view(t)][o] += c
    sums = [{t: sum(r.values()) for t, r in table.items()} for table in tables]

    def p(t, o):
        w = 1e-7
        for view, table, total, weight in reversed(list(zip(views, tables, sums, (6.0, 12.0, 4.0)))):
            v = view(t)
            w = (table[v].get(o, 0.0) + weight * w) / (total.get(v, 0.0) + weight) if v in table else w
        return w
    return p


# What other English-model engines (other versions, other typefaces) make of these shapes, most usual first. Set down by
# judgement, not counted: the pages above are read by one engine only, and a paper may come from any.
SHAPES = {
    "a": "a 4 & A é 8 d i c", "e": "e é ¢ € & @ g 6 c", "o": "o 6 é d b 0 ¢ g o6 & @ € O", "u": "u v y w i r ii ti tr ct 1",
    "i": "i j l 1 t I", "y": "y v Y ¥", "A": "A 4 Á &", "E": "E É F &", "O": "O Q OQ 0 6 G", "U": "U U' V LU", "I": "I i J 1 l",
    "Y": "Y V", "đ": "d a ¢ dd", "Đ": "P D B b Ð 0",
    "n": "n r} u ri N", "h": "h n b H", "c": "c C e ¢ o", "m": "m rn n tn", "t": "t l f T", "g": "g q y p", "l": "l 1 I i", "r": "r t f",
    "s": "s S 5", "x": "x X", "v": "v V y", "p": "p P", "k": "k K", "b": "b 6 h", "q": "q g", "H": "H n W N", "N": "N n", "C": "C c G", "S": "S s 5",
    "T": "T 1 t I", "L": "L I l 1", "V": "V v", "X": "X x", "K": "K k", "B": "B D 8", "Q": "Q O 0", "M": "M N", "P": "P F", "G": "G 6 C",
}
SHARE_MARKED, SHARE_PLAIN = 0.25, 0.04   # how much of the weight goes to these
VANISHED = 0.05                          # of that, how much to letters that were not read at all


def with_shapes(p):
    """The learned weights, some of their weight given to what other engines are known to do."""
    def mixed(t, o):
        shape = t if t in SHAPES else bare(t)
        if len(t) != 1 or shape not in SHAPES: return p(t, o)
        share = SHARE_MARKED if bare(t) != t else SHARE_PLAIN
        reads = SHAPES[shape].split()
        total = sum(1 / (r + 2) for r in range(len(reads)))
        known = VANISHED if o == "" else (1 - VANISHED) / (reads.index(o) + 2) / total if o in reads else 0.0
        return (1 - share) * p(t, o) + share * known
    return mixed


def learn(pairs, shapes):
    p = start
    for r in range(ROUNDS):
        counts, total = sweep(pairs, p)
        p = smoothed(counts)
        print(f"  round {r + 1}: log-likelihood {total:.0f}", file=sys.stderr)
    letters = collections.defaultdict(float)
    for (t, _), c in counts.items(): letters[t] += c
    if shapes:
        p = with_shapes(p)
        for t in ALL: letters[t] += 0.0
    outs = sorted({o for _, o in counts} | ({o for row in SHAPES.values() for o in row.split()} if shapes else set()))
    rows = []
    for t in sorted(letters):
        if len(t) == 2:
            rows += [(t, o, counts[t, o] / (letters[t[0]] + 1)) for o in outs if counts.get((t, o), 0) >= 1.5]
        else:
            rows += [(t, o, p(t, o)) for o in outs if p(t, o) >= FLOOR and (len(o) < 2 or p(t, o) >= 3 * FLOOR)]
    return [(t, o, round(-1000 * math.log(min(w, 1.0)))) for t, o, w in rows if w >= FLOOR]


def grams(words):
    """Eight words in a row, all of them."""
    return [" ".join(words[i:i + 8]).lower() for i in range(len(words) - 7)]


def held_out(folder):
    """What stands in the held-out blocks of the local papers (src/dictionary/compile/corpus.rs)."""
    raw = subprocess.run(["zstd", "-dcq", f"{folder}/admin_laocai_sct.txt.zst"], check=True, capture_output=True).stdout
    return {g for n, l in enumerate(raw.decode("utf-8").split("\n")) if n % 5000 >= 4500 for g in grams(l.split())}


def main(pairs_file, real_file, out, corpus=None):
    pairs = {"eng": collections.Counter(), "vie": collections.Counter()}
    held, pages = held_out(corpus) if corpus else set(), collections.defaultdict(list)
    for row in open(pairs_file, encoding="utf-8"):
        split, model, _, page, _, truth, read = row.rstrip("\n").split("\t")
        if split == "train": pages[page].append((model, truth, read))
    for rows in pages.values():
        words = [w for model, truth, _ in rows if model == "vie" for w in truth.split()]
        if sum(g in held for g in grams(words)) > 0.1 * len(words): continue
        for model, truth, read in rows: add(pairs[model], truth, read)
    for row in open(real_file, encoding="utf-8"):
        _, read, truth = row.rstrip("\n").split("\t")
        if any(g in held for g in grams(truth.split())): continue
        if len(truth.split()) == len(read.split()):
            for t, o in zip(truth.split(), read.split()): add(pairs["vie"], t, o)
    with open(out, "w", encoding="utf-8") as f:
        f.write("model\ttruth\tread\tcost\n")
        for model in ("eng", "vie"):
            print(model, sum(pairs[model].values()), "pairs", file=sys.stderr)
            for t, o, c in learn(pairs[model], model == "eng"): f.write(f"{model}\t{t}\t{o}\t{c}\n")


def add(counter, truth, read):
    """A pair counts if it is one word of letters on the true side and not hopeless."""
    truth, read = truth.strip('.,;:()"“”/-'), read.strip('.,;:"“”-')
    if not truth or not read or " " in truth or " " in read or not truth.isalpha(): return
    if abs(len(truth) - len(read)) > 2 or len(truth) > 12: return
    same = sum(bare(a).lower() == bare(b).lower() for a, b in zip(truth, read))
    if len(truth) > 2 and same == 0 and bare(truth[-1]) != bare(read[-1]): return
    counter[truth, read.rstrip("(")] += 1


if __name__ == "__main__": main(*sys.argv[1:])
