"""Writes ambiguous-names.txt: the names of the lists beside it that are Norwegian words too ("bjørn", "liv", "stein").

A word is a form that the bokmål table gives of a lemma that Bokmålsordboka has, or a nynorsk lemma. Run in this folder:
python3 make-ambiguous.py
"""

import pathlib
import re

HERE = pathlib.Path(__file__).parent
NORWEGIAN = HERE.parent / "norwegian"


def entries(path):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def bokmal_forms():
    forms, paradigms = set(), {}
    for line in entries(NORWEGIAN / "lexicon-bokmal.tsv"):
        fields = line.split("\t")
        if line.startswith("="):
            paradigms[fields[0][1:]] = [field.split(" ") for field in fields[1:]]
            continue
        lemma, paradigm = fields[0], fields[1]
        weight = int(fields[2]) if len(fields) > 2 else 1
        for part, *edits in paradigms[paradigm]:
            if weight == 0 or part == "e":
                continue
            for edit in edits:
                cut, added = re.match(r"(\d+)(.*)", edit).groups()
                forms.add(lemma[: len(lemma) - int(cut)] + added)
    return forms


def main():
    words = bokmal_forms()
    words |= {line.split("\t")[0].strip().lower() for line in entries(NORWEGIAN / "nynorsk-lemmas.txt")}
    names = {name for path in HERE.glob("*names*.txt") if "ambiguous" not in path.name for name in entries(path)}
    both = sorted({name.lower() for name in names if name.lower() in words})
    head = "# Names that are Norwegian words too, in lower case; one a line. Made by make-ambiguous.py.\n"
    (HERE / "ambiguous-names.txt").write_text(head + "\n".join(both) + "\n")


if __name__ == "__main__":
    main()
