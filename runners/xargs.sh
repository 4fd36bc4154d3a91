#!/bin/sh
# The smallest engine there is: every shard of a manifest, some at one time, each again until it is done.
#   runners/xargs.sh RESULTS SHARDS [AT_ONCE]      after   vanthu plan INPUT --out RESULTS --shards SHARDS
# VANTHU names the program, OPTIONS more options of `vanthu run`.
set -eu
export RESULTS="$1" SHARDS="$2" VANTHU="${VANTHU:-vanthu}" OPTIONS="${OPTIONS:---jobs 1}"
# shellcheck disable=SC2016 # the inner shell is to see the variables
seq "$SHARDS" | xargs -P "${3:-$(nproc)}" -n 1 sh -c '
    for try in 1 2 3 4 5 6 7 8 9 10; do
        code=0
        "$VANTHU" run --manifest "$RESULTS/manifest.jsonl" --shard "$1/$SHARDS" --out "$RESULTS" --quiet $OPTIONS || code=$?
        case $code in
            0 | 65) exit 0 ;;                      # done; bad inputs are named by the merge
            75 | 12[89] | 1[3-9]?) sleep "$try" ;; # try again, or killed
            *) exit 255 ;;                         # xargs stops at once
        esac
    done
    echo "shard $1/$SHARDS: given up" >&2; exit 1' sh
