"""Checks the crate's agreement statistics against other people's implementations.

    python3 -m venv venv
    venv/bin/pip install krippendorff statsmodels irrCAC scikit-learn
    venv/bin/python tests/agreement_reference.py

Published tables, a few that are nearly or wholly undefined, and 200 random ones (seeded) are written as CSV. The example
`agreement` computes them with --json; krippendorff (alpha), statsmodels (Cohen's and Fleiss' kappa), irrCAC (AC1, percent
agreement) and scikit-learn (accuracy, precision, recall, F1) compute them here. On some tables the intervals are computed
again as well, from the same resamples. The exit status is 1 if a value differs by more than 1e-9 or is undefined on one
side only.
"""

import csv
import json
import math
import random
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

CRATE = Path(__file__).resolve().parent.parent
TOLERANCE = 1e-9
SAMPLES, LEVEL, SEED = 100, 0.9, 7
RANDOM_TABLES = 200


def main():
    tables = published() | edges() | random_tables()
    resampled = {*published(), *edges(), "random 0", "random 1", "random 2"}
    differences = defaultdict(list)
    for (name, rows), crate in zip(tables.items(), crate_values(tables)):
        for statistic, value in reference(rows).items():
            differences[statistic].append((name, compare(crate["statistics"][statistic], value)))
        for key, value in reference_scores(rows).items():
            found = (crate["confusion"]["scores"].get(key[1]) or {}).get(key[0])
            differences[key[0]].append((name, compare({"value": found}, value)))
        if name in resampled:
            for statistic, end, value in reference_intervals(rows):
                found = crate["statistics"][statistic]
                differences[f"{statistic} interval"].append((name, compare(found, value, end)))
    return report(differences)


def compare(found, expected, key="value"):
    """The difference, 0 if undefined on both sides, infinite if on one only; and whether it is defined."""
    found = found and found[key]
    if found is None or expected is None:
        return (0.0 if found is expected else math.inf), False
    return abs(found - expected), True


def report(differences):
    print(f"{'statistic':<28} {'tables':>6} {'values':>6} {'undefined':>9}   largest difference")
    for statistic, found in differences.items():
        name, (largest, _) = max(found, key=lambda it: it[1][0])
        defined = sum(defined for _, (_, defined) in found)
        tables = len({name for name, _ in found})
        print(f"{statistic:<28} {tables:>6} {defined:>6} {len(found) - defined:>9}   {largest:.2e} ({name})")
    largest = max(difference for found in differences.values() for _, (difference, _) in found)
    print(f"largest difference of all: {largest:.2e}, allowed {TOLERANCE:.0e}")
    return int(largest > TOLERANCE)


# The tables: rows of codes, None where one is missing.


def from_matrix(matrix):
    return [(i, j) for i, row in enumerate(matrix) for j, count in enumerate(row) for _ in range(count)]


def from_coders(*coders):
    return list(zip(*[[None if code == "." else int(code) for code in coder] for coder in coders]))


def from_tallies(units):
    return [[code for code, count in enumerate(unit) for _ in range(int(count))] for unit in units.split()]


def published():
    return {
        "Krippendorff 2011, A": from_coders("0100000010", "1110010000"),
        "Krippendorff 2011, B": from_coders("112243335441", "212223335444"),
        "Krippendorff 2011, C": from_coders("123321412...", "1233224125.3", ".3332342251.", "12332441251."),
        "two by two": from_matrix([[20, 5], [10, 15]]),
        "Cohen 1968": from_matrix([[88, 14, 18], [10, 40, 10], [2, 6, 12]]),
        "paradox": from_matrix([[118, 5], [2, 0]]),
        "Fleiss 1971": from_tallies(
            "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
            "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
        ),
    }


def edges():
    return {
        "one code": from_coders("0000", "0000"),
        "one code where paired": from_coders("0001", "000."),
        "never paired": from_coders("01..", "..01"),
        "nothing coded": from_coders("...", "..."),
        "one code missing": from_coders("01.10", "01110"),
        "opposite": from_coders("0011", "1100"),
        "rare code": from_coders("00000001", "00000001"),
    }


def random_tables():
    """Coders who each see a unit's true code with some probability, or else guess, from codes of unequal frequency."""
    generator = random.Random(1960)
    return {f"random {number}": random_table(generator, number) for number in range(RANDOM_TABLES)}


def random_table(generator, number):
    coders = 2 if number % 2 else generator.randint(3, 6)
    units, codes = generator.randint(4, 80), generator.randint(2, 6)
    weights = [generator.random() ** 3 + 0.02 for _ in range(codes)]
    sees = generator.random()
    kind = number // 2 % 3
    missing = generator.uniform(0.05, 0.5) if kind == 1 else 0.0
    # The third kind has coders taking turns, so that codes are missing, and yet as many on each unit.
    present = generator.randint(2, coders) if kind == 2 else coders
    rows = []
    for _ in range(units):
        true, *guesses = generator.choices(range(codes), weights, k=1 + coders)
        row = [true if generator.random() < sees else guess for guess in guesses]
        away = set(generator.sample(range(coders), coders - present))
        rows.append([None if at in away or generator.random() < missing else code for at, code in enumerate(row)])
    return rows


def crate_values(tables):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, rows in enumerate(tables.values()):
            files.append(Path(folder, f"{number}.csv"))
            write(files[-1], rows, ",;"[number % 2])
        example = ["cargo", "run", "--quiet", "--release", "--example", "agreement", "--"]
        options = ["--json", f"--samples={SAMPLES}", f"--level={LEVEL}", f"--seed={SEED}"]
        run = subprocess.run(example + options + files, cwd=CRATE, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def write(file, rows, separator):
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=separator)
        writer.writerow([f"coder {number}" for number in range(len(rows[0]))])
        writer.writerows([label(code) for code in row] for row in rows)


def label(code):
    """A code that needs quotes, whichever the separator."""
    return "" if code is None else f'code "{code}", or; so'


# The statistics as others compute them, None where they are undefined.


def reference(rows):
    pairs = paired(rows)
    return {
        "percent_agreement": percent_agreement(rows),
        "cohen_kappa": cohen(rows),
        "fleiss_kappa": fleiss(rows),
        "krippendorff_alpha": alpha(rows),
        "gwet_ac1": ac1(rows, codes_of(rows)),
        "accuracy": accuracy_score(*zip(*pairs)) if pairs else None,
        "macro_f1": f1_score(*zip(*pairs), average="macro") if pairs else None,
    }


def codes_of(rows):
    return sorted({code for row in rows for code in row if code is not None})


def paired(rows):
    return [row for row in rows if None not in row] if len(rows[0]) == 2 else []


def defined(value):
    return None if math.isnan(value) else float(value)


def gwet(rows, codes):
    frame = pd.DataFrame([[math.nan if code is None else float(code) for code in row] for row in rows])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return CAC(frame, categories=[float(code) for code in codes], digits=15).gwet()["est"]


def pairable(rows):
    return any(sum(code is not None for code in row) >= 2 for row in rows)


def percent_agreement(rows):
    # irrCAC divides by the number of codes less one on its way to the interval, which is no part of this statistic.
    return defined(gwet(rows, [*codes_of(rows), -1])["pa"]) if pairable(rows) else None


def ac1(rows, codes):
    # irrCAC takes one code for perfect agreement, up to rounding.
    return defined(gwet(rows, codes)["coefficient_value"]) if pairable(rows) and len(codes) > 1 else None


def cohen(rows):
    counts = Counter(map(tuple, paired(rows)))
    codes = codes_of(rows)
    table = np.array([[counts[first, second] for second in codes] for first in codes])
    if not counts:
        return None
    with np.errstate(all="ignore"):
        return defined(cohens_kappa(table, return_results=False))


def fleiss(rows):
    table = [[row.count(code) for code in codes_of(rows)] for row in rows if any(code is not None for code in row)]
    if not table or len({sum(unit) for unit in table}) > 1 or sum(table[0]) < 2:
        return None
    with np.errstate(all="ignore"):
        return defined(fleiss_kappa(np.array(table), method="fleiss"))


def alpha(rows):
    data = np.array([[math.nan if code is None else float(code) for code in row] for row in rows]).T
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return defined(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
    except ValueError:
        return None


def reference_scores(rows):
    """Precision, recall and F1 of each code that either coder gave where both coded."""
    if not paired(rows):
        return {}
    first, second = zip(*paired(rows))
    codes = sorted({*first, *second})
    precisions, recalls, f1s, _ = precision_recall_fscore_support(first, second, labels=codes, zero_division=np.nan)
    # With that option F1 too is not a number where a part of it is, but 0 by its definition from the counts.
    named = {"precision": precisions, "recall": recalls, "f1": np.nan_to_num(f1s)}
    return {(name, label(code)): defined(value) for name, values in named.items() for code, value in zip(codes, values)}


def reference_intervals(rows):
    statistics = {
        "cohen_kappa": cohen,
        "fleiss_kappa": fleiss,
        "krippendorff_alpha": alpha,
        "gwet_ac1": lambda resample: ac1(resample, codes_of(rows)),
    }
    for name, statistic in statistics.items():
        if statistic(rows) is None:
            continue
        values = [value for resample in resamples(rows) if (value := statistic(resample)) is not None]
        tail = (1 - LEVEL) / 2
        yield name, "low", float(np.quantile(values, tail)) if values else None
        yield name, "high", float(np.quantile(values, 1 - tail)) if values else None


def resamples(rows):
    numbers = split_mix(SEED)
    for _ in range(SAMPLES):
        yield [rows[next(numbers) * len(rows) >> 64] for _ in rows]


def split_mix(state):
    mask = 2**64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & mask
        yield mixed ^ mixed >> 31


if __name__ == "__main__":
    sys.exit(main())
