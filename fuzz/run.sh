#!/usr/bin/env bash
# Fuzzes every target, or those that are named, for SECONDS_EACH (60), as many at a time as there are processors. Needs a C++ compiler
# (libFuzzer is built from source) and no nightly toolchain: the coverage that it asks for is switched on in stable rustc.
# Ends with 1 after a crash; what crashed lies in fuzz/artifacts.
#
#     fuzz/run.sh                        # all, a minute each
#     SECONDS_EACH=600 fuzz/run.sh pdf   # one, ten minutes
#     SEED=1 fuzz/run.sh                 # the same sequence of inputs each time, as far as the seconds reach
set -euo pipefail
cd "$(dirname "$0")"
triple="$(rustc -vV | sed -n 's/^host: //p')"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}" SECONDS_EACH="${SECONDS_EACH:-60}" SEED="${SEED:-0}"
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1" \
    cargo build --release --target "$triple" --bins
export PROGRAMS="$CARGO_TARGET_DIR/$triple/release"

fuzz() {
    mkdir -p "corpus/$1" "artifacts/$1"
    "$PROGRAMS/$1" -max_total_time="$SECONDS_EACH" -seed="$SEED" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="artifacts/$1/" "corpus/$1" "seeds/$1" > "artifacts/$1.log" 2>&1 || local failed=$?
    echo "$1: $(tail -n 1 "artifacts/$1.log")"
    if [ -n "${failed:-}" ]; then tail -n 40 "artifacts/$1.log"; return 1; fi
}
export -f fuzz
if [ $# -eq 0 ]; then set -- $(ls seeds); fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'fuzz {}'
