"""Runs what docs/python.md and docs/r.md show, and compares the table that they print with the report's.

    python3 tests/vignettes.py python r

Python needs pandas; R needs nothing but itself. The exit status is 1 if a cell differs.
"""

import html
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CRATE = Path(__file__).resolve().parent.parent
RUNS = {"python": ("python.md", "python", [sys.executable]), "r": ("r.md", "r", ["Rscript", "--vanilla"])}


def main(languages):
    subprocess.run(["cargo", "build", "--quiet", "--example", "summarise"], cwd=CRATE, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", CRATE / "target"))
    with tempfile.TemporaryDirectory() as folder:
        summarise = [target / "debug/examples/summarise", "--tables", Path(folder) / "tabeller"]
        report = subprocess.run(summarise, capture_output=True, check=True).stdout.decode()
        expected = [plain(line) for line in table_of(report)]
        return max([compare(language, expected, Path(folder)) for language in languages])


def compare(language, expected, folder):
    name, fence, command = RUNS[language]
    text = (CRATE / "docs" / name).read_text(encoding="utf-8")
    script = folder / f"vignette.{fence}"
    script.write_text("\n".join(re.findall(rf"^```{fence}\n(.*?)^```", text, re.S | re.M)), encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    run = subprocess.run([*command, script], cwd=folder, capture_output=True, env=environment)
    if run.returncode:
        print(f"docs/{name} failed:\n{run.stderr.decode()}")
        return 1
    found = [plain(line) for line in run.stdout.decode().splitlines() if line.startswith("|")]
    if found != expected or not expected:
        differing = [pair for pair in zip(expected, found) if pair[0] != pair[1]]
        print(f"docs/{name}: {len(expected)} rows in the report, {len(found)} here; first difference: {differing[:1]}")
        return 1
    print(f"docs/{name}: the report's {len(expected)} rows")
    return 0


def table_of(report):
    """The rows of the report's first table, without its head."""
    rows = []
    for line in report.splitlines():
        if line.startswith("|"):
            rows.append(line)
        elif rows:
            break
    return rows[2:]


def plain(line):
    """A row's text without what Markdown needs."""
    cells = re.sub(r"\\(.)", r"\1", html.unescape(line))
    return " ".join(re.sub(r"[|*]", " ", cells).split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["python", "r"]))
