#!/usr/bin/env bash
# XX
# building with the sanitizer's coverage itself. Stops at the first crash, which lies in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")"
seconds="${SECONDS_EACH:-60}"
triple="$(rustc -vV | sed -n 's/^host: //p')"
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1"
cargo build --release --target "$triple" --bins
target_dir="${CARGO_TARGET_DIR:-target}"
for seeds in seeds/*; do
    name="$(basename "$seeds")"
    mkdir -p "corpus/$name" "artifacts/$name"
    echo "== $name"
    "$target_dir/$triple/release/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="artifacts/$name/" "corpus/$name" "$seeds" 2>&1 | tail -n 3
done
