#!/usr/bin/env bash
# Points to measure with, lines of JSON with an id and a text, the same for the same number: halves of two of the bundled coded
# examples, and a number that no other point has.
#
#     ./corpus.sh 2000000 > corpus.jsonl
set -euo pipefail
examples=$(dirname "$0")/../../data/codebooks/summit-2017.examples.jsonl
sed -n 's/.*"text": *"\([^"\\]*\)".*/\1/p' "$examples" | LC_ALL=C awk -v points="$1" '
    { text[NR] = $0; words[NR] = split($0, parts, " ") }
    # A linear congruential generator: mawk and gawk have different ones of their own.
    function random(below) { seed = (seed * 16807) % 2147483647; return 1 + int(seed / 2147483647 * below) }
    function half(of, second,   parts, from, to, at, found) {
        split(text[of], parts, " ")
        from = second ? int(words[of] / 2) + 1 : 1
        to = second ? words[of] : int(words[of] / 2)
        for (at = from; at <= to; at++) found = found (found == "" ? "" : " ") parts[at]
        return found
    }
    END {
        seed = 20171020
        for (id = 1; id <= points; id++)
            printf "{\"id\": %d, \"text\": \"%s %s (%d)\"}\n", id, half(random(NR), 0), half(random(NR), 1), id
    }'
