"""Folders as large as they come: makes one, runs `summarise` on it, and says how long it took and how much memory it held.

    cargo build --release --example summarise
    python3 tests/volume.py mixed    # 10,000 notes in ten formats with pictures in them, 500 MB
    python3 tests/volume.py many     # 100,000 small text files

Python's standard library alone. The notes' sentences are those of data/themes/topics.tsv, each with a number of its own."""

import base64
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from html import escape

ROOT = pathlib.Path(__file__).resolve().parents[1]
SUMMARISE = ROOT / "target/release/examples/summarise"
PICTURE = 71_000  # bytes
POINTS = 12  # a note


def sentences():
    lines = (ROOT / "data/themes/topics.tsv").read_text("utf-8").splitlines()
    return [line.split("\t")[-1] for line in lines if not line.startswith("#")]


def zipped(parts, picture, name):
    path = pathlib.Path(name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts:
            archive.writestr(part, content)
        archive.writestr("media/bilde.png", picture, zipfile.ZIP_STORED)


def docx(table, points, picture, name):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{escape(point)}</w:t></w:r></w:p>'
        for point in points
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    document = f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>Bord {table}</w:t></w:r></w:p>{paragraphs}</w:body></w:document>'
    zipped([("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document)], picture, name)


def odt(table, points, picture, name):
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    items = "".join(f"<text:list-item><text:p>{escape(point)}</text:p></text:list-item>" for point in points)
    content = f"<office:document-content {spaces}><office:body><office:text><text:p>Bord {table}</text:p><text:list>{items}</text:list></office:text></office:body></office:document-content>"
    zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)], picture, name)


def xlsx(table, points, picture, name):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = lambda text: f'<c t="inlineStr"><is><t>{escape(str(text))}</t></is></c>'
    rows = "".join(f"<row>{cell(a)}{cell(b)}</row>" for a, b in [("Bord", "Punkt")] + [(table, point) for point in points])
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = lambda kind, target: f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
    workbook = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Notater" sheetId="1" r:id="r1"/></sheets></workbook>'
    parts = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'),
    ]
    zipped(parts, picture, name)


def pdf(table, points, picture, name):
    lines = [f"Bord {table}"] + [f"- {point}" for point in points]
    code = lambda text: text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    text = b"BT /F1 9 Tf 40 780 Td 22 TL " + b" ".join(b"(" + code(line) + b") Tj T*" for line in lines) + b" ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1190 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</B 6 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/XObject/Subtype/Image/Width 100/Height 100/BitsPerComponent 8/ColorSpace/DeviceGray/Length %d>>stream\n%s\nendstream" % (len(picture), picture),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, held in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    begin = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % begin
    pathlib.Path(name).write_bytes(out)


def html(table, points, picture, name):
    shown = base64.b64encode(picture[: PICTURE * 3 // 4]).decode()
    items = "".join(f"<li>{escape(point)}</li>" for point in points)
    page = f'<!doctype html><meta charset="utf-8"><p>Bord {table}</p><ul>{items}</ul><img alt="" src="data:image/png;base64,{shown}">'
    pathlib.Path(name).write_text(page, "utf-8")


def eml(table, points, picture, name):
    shown = base64.encodebytes(picture[: PICTURE * 3 // 4]).decode()
    text = f"Bord {table}\n\n" + "".join(f"- {point}\n" for point in points)
    head = 'Subject: Notater\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="skille"\n\n'
    body = f"--skille\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    image = f"--skille\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n{shown}\n--skille--\n"
    pathlib.Path(name).write_text(head + body + image, "utf-8")


def rtf(table, points, picture, name):
    code = lambda text: "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)
    lines = "".join(f"{{\\pntext\\bullet\\tab}}{code(point)}\\par\n" for point in points)
    image = "{\\pict\\pngblip " + picture[: PICTURE // 2].hex() + "}"
    pathlib.Path(name).write_text(f"{{\\rtf1\\ansi Bord {table}\\par\n{lines}{image}}}", "ascii")


def text(table, points, _, name):
    pathlib.Path(name).write_text(f"Bord {table}\n\n" + "".join(f"- {point}\n" for point in points), "utf-8")


def csv(table, points, _, name):
    quoted = "".join('{};"{}"\n'.format(table, point.replace('"', '""')) for point in points)
    pathlib.Path(name).write_text("Bord;Punkt\n" + quoted, "utf-8")


def vtt(table, points, _, name):
    cues = "".join(f"00:{at:02}:00.000 --> 00:{at:02}:09.000\n{point}\n\n" for at, point in enumerate(points))
    pathlib.Path(name).write_text("WEBVTT\n\n" + cues, "utf-8")


MIXED = {"docx": docx, "odt": odt, "xlsx": xlsx, "pdf": pdf, "html": html, "eml": eml, "rtf": rtf, "md": text, "csv": csv, "vtt": vtt}


def made(kind, folder):
    draw = random.Random(1)
    known = sentences()
    formats, files, count = ({"txt": text}, 100_000, 2) if kind == "many" else (MIXED, 10_000, POINTS)
    formats = list(formats.items())
    for at in range(files):
        ending, write = formats[at % len(formats)]
        below = folder / f"bord-{at % 100 + 1}"
        below.mkdir(exist_ok=True)
        points = [f"{draw.choice(known).rstrip('.')} ({at})." for _ in range(count)]
        write(at % 100 + 1, points, draw.randbytes(PICTURE), below / f"notat-{at}.{ending}")


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "mixed"
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "notater"
        folder.mkdir()
        made(kind, folder)
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        begun = time.perf_counter()
        run = subprocess.run([SUMMARISE, folder], capture_output=True, text=True, check=False)
        taken = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        numbers = next((line for line in run.stdout.splitlines() if "dokument" in line and "poeng" in line), "")
        print(f"{kind}: {len(files)} files, {size:.0f} MB; {taken:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor time, "
              f"{used.ru_maxrss / 1024:.0f} MiB; ended with {run.returncode}")
        print(numbers)
        print("\n".join(run.stderr.splitlines()[-5:]))
        sys.exit(run.returncode != 0)


if __name__ == "__main__":
    main()
