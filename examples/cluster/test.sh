#!/usr/bin/env bash
# The coder in SQL held against the library: the same rows in one process, with one executor and with two; speed; an executor killed;
# another codebook; broken files. All on loopback.
#
#     cargo build --release --features cluster        # in examples/cluster
#     POINTS=2000000 ./test.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${PROGRAM:-$here/target/release/kodebok-cluster}
points=${POINTS:-2000000}
repeats=${REPEATS:-3}
port=${PORT:-50050}
# Batches come and go by the megabyte, and a C library that keeps what they took lets an executor grow with every query: give it back.
export MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
dir=$(mktemp -d)
recovery=$here/../../data/codebooks/recovery.toml
counts="SELECT code_counts(code_point(text)) AS counts FROM points"
declare -A pids=()
stop() { kill -9 "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"; }
trap stop EXIT
cd "$dir"

fail() { echo "cluster: FAILED: $*" >&2; tail -n 3 ./*.log >&2 || true; exit 1; }
reachable() { for _ in $(seq 300); do (: < "/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; fail "nobody at port $1"; }
end() { kill -9 "${pids[$1]}" 2>/dev/null || true; wait "${pids[$1]}" 2>/dev/null || true; unset "pids[$1]"; }
begin_scheduler() { "$program" scheduler --at "127.0.0.1:$port" 2>> scheduler.log & pids[s]=$!; reachable "$port"; }
# An executor of a number, on a core of its own, with further options before its role.
begin() {
    local number=$1 at=$((port + 1 + 2 * $1))
    shift
    rm -rf "work$number" && mkdir "work$number"
    taskset -c "$((number % $(nproc)))" "$program" "$@" executor --at "127.0.0.1:$at" --scheduler "127.0.0.1:$port" \
        --work "$dir/work$number" 2>> "executor$number.log" & pids[$number]=$!
    reachable "$at"
    sleep 1
}
client() { "$program" client --scheduler "127.0.0.1:$port" --tasks 16 --table points="$dir/points/" "$@"; }
local_() { taskset -c 1 "$program" local --table points="$dir/points/" "$@"; }
# What a command says that it took, in seconds; and the median of a file of such.
took() { "$@" 2>&1 >/dev/null | sed -n 's/^\([0-9.]*\) s$/\1/p'; }
median() { sort -n "$1" | sed -n "$((repeats / 2 + 1))p"; }
seconds() { for _ in $(seq "$repeats"); do took "$@"; done > taken; median taken; }
# The most memory that an executor had so far, in MiB.
peak() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/${pids[$1]}/status"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

"$here/corpus.sh" "$points" > corpus.jsonl
sed 's/.*"text": "\(.*\)"}$/\1/' corpus.jsonl > corpus.txt
"$program" local "CREATE EXTERNAL TABLE lines (id BIGINT, text VARCHAR) STORED AS JSON LOCATION '$dir/corpus.jsonl';
    COPY (SELECT * FROM lines ORDER BY id) TO '$dir/points.parquet' STORED AS PARQUET" > /dev/null 2>&1
mkdir points
for part in 0 1 2 3; do
    "$program" local --table lines=points.parquet \
        "COPY (SELECT * FROM lines WHERE id % 4 = $part) TO '$dir/points/$part.parquet' STORED AS PARQUET" > /dev/null 2>&1
done
echo "$points points, $(du -sh corpus.txt | cut -f1) of text"

local_ --check points || fail "local"
# In turn, since a machine is not equally fast from one minute to the next.
for _ in $(seq "$repeats"); do
    took taskset -c 1 "$program" library corpus.txt >> library.taken
    took local_ "$counts" >> local.taken
done
library=$(median library.taken) one=$(median local.taken)
echo "one core: library $library s, local $one s, ratio $(ratio "$library" "$one")"
"$program" library corpus.txt 2>/dev/null
local_ "$counts" 2>/dev/null | tee local.counts

begin_scheduler
# Memory: the same executor over ten times as many points, the same files under ten names.
mkdir tenfold
for copy in $(seq 10); do for file in points/*; do ln "$file" "tenfold/$copy-${file#points/}"; done; done
begin 0
client "$counts" > /dev/null 2>&1
small=$(peak 0)
client --table tenfold="$dir/tenfold/" "${counts/FROM points/FROM tenfold}" > /dev/null 2>&1
large=$(peak 0)
echo "an executor's most memory: $points points $small MiB, ten times as many $large MiB"
awk -v a="$large" -v b="$small" 'BEGIN { exit a > 1.15 * b }' || fail "memory grows with points"

client --check points || fail "one executor"
alone=$(seconds client "$counts")
begin 1
client --check points || fail "two executors"
both=$(seconds client "$counts")
echo "one executor $alone s, two $both s, ratio $(ratio "$alone" "$both")"
client "$counts" 2>/dev/null | cmp - local.counts || fail "the counts differ"

# Killed in mid-query.
begun=$(date +%s.%N)
client "$counts" > killed.counts 2> killed.err & query=$!
sleep "$(awk -v s="$both" 'BEGIN { print s / 2 }')"
end 1
if wait "$query"; then
    cmp killed.counts local.counts || fail "a wrong count after an executor was killed"
    echo "executor killed in mid-query: right answer after $(echo "$(date +%s.%N) - $begun" | bc) s"
else
    echo "executor killed in mid-query: $(cat killed.err)"
fi

# Another codebook on one executor.
begin 1 --codebook "$recovery"
if client "$counts" > wrong.counts 2> wrong.err; then fail "an executor with another codebook took part: $(cat wrong.counts)"; fi
[ "$(grep 'Error\|error\|asked' wrong.err | grep -oE '[0-9a-f]{64}' | sort -u | wc -l)" = 2 ] || fail "not both hashes: $(cat wrong.err)"
grep 'Error\|error\|asked' wrong.err | head -n 1
end 1
if "$program" --codebook nowhere.toml executor 2> missing.err; then fail "an executor without its codebook began"; fi
cat missing.err

# Broken files: its end cut off, and bytes changed in its middle, which is in the texts.
mkdir broken
cp points/0.parquet points/1.parquet broken
truncate -s -100 broken/1.parquet
if "$program" local --table points=broken/ "$counts" > broken.counts 2> broken.err; then fail "a broken file was counted"; fi
tail -n 1 broken.err
grep -q '1.parquet' broken.err || fail "the broken file is not named"
cp points/1.parquet broken
printf 'kodebokkodebokkodebok%.0s' $(seq 200) | dd of=broken/1.parquet bs=1 seek=$(($(stat -c %s broken/1.parquet) / 2)) conv=notrunc status=none
if "$program" local --table points=broken/ "$counts" > broken.counts 2> broken.err; then fail "a broken file was counted"; fi
tail -n 1 broken.err
grep -q '1.parquet' broken.err || fail "the broken file is not named"
echo "cluster: all well"
