#!/usr/bin/env bash
# A cluster on this machine alone: a scheduler and two executors on loopback, a core each, the bundled query, and an end to all.
#
#     cargo build --release --features cluster       # in examples/cluster
#     ./cluster.sh points=/path/to/corpus.parquet    # a folder of Parquet files does too
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${PROGRAM:-$here/target/release/kodebok-cluster}
port=${PORT:-50050}
# Batches come and go by the megabyte, and a C library that keeps what they took lets an executor grow with every query: give it back.
export MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT

reachable() { for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; return 1; }

"$program" scheduler --at "127.0.0.1:$port" & pids+=($!)
reachable "$port"
for number in 0 1; do
    mkdir "$dir/$number"
    at=$((port + 1 + 2 * number))
    taskset -c "$((number % $(nproc)))" "$program" executor --at "127.0.0.1:$at" --scheduler "127.0.0.1:$port" --work "$dir/$number" &
    pids+=($!)
    reachable "$at"
done
"$program" client --scheduler "127.0.0.1:$port" --tasks 8 --table "${1:?NAME=PATH of a table}" --file "$here/queries/counts.sql"
