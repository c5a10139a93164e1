"""Writes what `cargo bench --bench coding` measured last into the README, between two marks.

    KODEBOK_BENCH_MB=16 cargo bench --bench coding && python3 benches/table.py

Medians, as criterion left them in target/criterion; `x naive` compares what does the whole of coding."""

import json
import os
import pathlib
import platform
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- speed: benches/table.py -->", "<!-- /speed -->"

ROWS = [
    ("scan/bytes", "UTF-8 validated, no more"),
    ("scan/table", "floor: a byte at a time, one hash a word"),
    ("scan/unicode_words", "`unicode_words` of unicode-segmentation, no more"),
    ("scan/words", "the library's words, no more"),
    ("coding/naive", "naive: the whole model, each word worked out anew"),
    ("coding/naive_cues", "cues alone with Snowball's stems, each word worked out anew"),
    ("coding/naive_cues_memo", "cues alone, one hash map from form to result"),
    ("coding/engine_1", "engine, codes, one thread, forms known"),
    ("coding/engine_1_cold", "engine, codes, one thread, all forms new"),
    ("coding/engine_1_scores", "engine, codes with probabilities"),
    ("coding/engine_1_evidence", "engine, codes with evidence"),
    ("coding/engine_2", "engine, codes, two threads, forms known"),
    ("coding/engine_2_cold", "engine, codes, two threads, all forms new"),
    ("cues/100", "codebook of 100 cues, none in the text"),
    ("cues/1000", "1,000 cues"),
    ("cues/10000", "10,000 cues"),
    ("lengths/1", "points of a sentence"),
    ("lengths/10", "points of ten sentences"),
    ("lengths/100", "points of a hundred sentences"),
]


def measured(target, bench):
    """Median seconds and bytes of a bench, or None where it was not run."""
    folder = target / "criterion" / bench / "new"
    try:
        seconds = json.loads((folder / "estimates.json").read_text())["median"]["point_estimate"] / 1e9
        throughput = json.loads((folder / "benchmark.json").read_text())["throughput"]
    except FileNotFoundError:
        return None
    return seconds, throughput["ElementsAndBytes"]["bytes"]


def processor():
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()) if platform.system() == "Linux" else None
    return found.group(1) if found else platform.processor() or platform.machine()


def table(target):
    found = {bench: measured(target, bench) for bench, _ in ROWS}
    speed = {bench: size / seconds / 1e6 for bench, (seconds, size) in ((b, m) for b, m in found.items() if m)}
    naive, size = speed["coding/naive"], found["coding/naive"][1]
    lines = ["| on one generated text | MB/s | x naive |", "| --- | --- | --- |"]
    for bench, what in ROWS:
        if bench in speed:
            shown = f"{speed[bench]:,.0f}" if speed[bench] >= 10 else f"{speed[bench]:.1f}"
            ratio = f"{speed[bench] / naive:,.1f}" if bench.startswith("coding/") else ""
            lines.append(f"| {what} | {shown} | {ratio} |")
    note = f"Medians over {size / 1e6:.0f} MB, {processor()}, {os.cpu_count()} cores."
    return "\n".join([*lines, "", note])


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{table(target)}\n{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    main()
