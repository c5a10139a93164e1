"""Makes the fixtures in this folder: one set of notes in every format, by the programs that people use, and pages that are hard to
read. README.md says which program made which file.

Needs LibreOffice, pandoc, Chromium, and python-docx, openpyxl and reportlab. Run in this folder: python3 make.py
"""

import email.message
import email.policy
import pathlib
import shutil
import subprocess
import tempfile

import docx
import openpyxl
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

HERE = pathlib.Path(__file__).parent

QUESTIONS = [
    ("1", "Hvilke utfordringer står vi overfor?", [
        "Mor ringte avdelingen fem ganger og fikk høre at ingen kunne si noe på grunn av taushetsplikten, enda hun bare ville fortelle.",
        "Ventetiden på DPS er altfor lang.",
        "Søsken og barn blir glemt når én i familien er syk.",
        "Pårørende føler seg som en belastning for de ansatte.",
    ]),
    ("2", "Hva må endres, og hvorfor?", [
        "Alle ansatte bør lære å snakke med pårørende allerede i utdanningen, og ikke først når noe har gått galt på jobben.",
        "Det må finnes en fast kontaktperson å ringe til også på kvelden og i helgene.",
        "Loven må si tydelig hva pårørende har rett til.",
        "Ølstua på Åsen bør få bli et lavterskeltilbud.",
    ]),
]
PROSE = "Til slutt snakket bordet om tid. Ingen av oss har nok av den."


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def office(source, kind, target):
    with tempfile.TemporaryDirectory() as folder:
        run("soffice", "--headless", "--convert-to", kind, "--outdir", folder, source)
        made = next(pathlib.Path(folder).iterdir())
        shutil.move(made, target)


def print_page(source, target):
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={target}", source)


def word(target):
    document = docx.Document()
    document.add_heading("Bord 4", 1)
    for number, question, points in QUESTIONS:
        document.add_heading(f"Spørsmål {number}: {question}", 2)
        for point in points:
            document.add_paragraph(point, style="List Bullet")
    document.add_paragraph(PROSE)
    document.save(target)


def markdown():
    lines = ["# Bord 4", ""]
    for number, question, points in QUESTIONS:
        lines += [f"## Spørsmål {number}: {question}", ""] + [f"- {point}" for point in points] + [""]
    return "\n".join(lines + [PROSE, ""])


def spreadsheet(target):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Notater"
    sheet.append(["Bord", "Spørsmål", "Punkt"])
    for number, _, points in QUESTIONS:
        for point in points:
            sheet.append([4, int(number), point])
    for sentence in PROSE.split(". "):
        sheet.append([4, 2, sentence.rstrip(".") + "."])
    book.save(target)


def mail(target, page):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Sekretær <sekretaer@example.no>"
    message["To"] = "Forskningsgruppa <gruppa@example.no>"
    message["Subject"] = "SV: Referat frå bordet på toppmøtet"
    message["Message-ID"] = "<1@example.no>"
    message["Date"] = "Fri, 20 Oct 2017 12:00:00 +0200"
    message.set_content(markdown().replace("#", "").strip() + "\n", cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="base64")
    target.write_bytes(message.as_bytes())


def subtitles():
    cues, at = [], 0

    def say(speaker, text):
        nonlocal at
        words = text.split()
        for start in range(0, len(words), 9):
            cues.append((at, at + 3, speaker, " ".join(words[start:start + 9])))
            at += 3

    for number, question, points in QUESTIONS:
        say("Ordstyrer", f"Spørsmål {number}: {question}")
        for index, point in enumerate(points):
            say(["Mor", "Sykepleier"][index % 2], point)
    say("Far", PROSE)
    return cues


def clock(seconds, mark):
    return f"00:{seconds // 60:02}:{seconds % 60:02}{mark}000"


def same_notes():
    text = markdown()
    (HERE / "bord-4.md").write_text(text)
    (HERE / "bord-4.txt").write_text(text.replace("## ", "").replace("# ", ""))
    word(HERE / "bord-4-python-docx.docx")
    docx_file = HERE / "bord-4-python-docx.docx"
    office(docx_file, "docx:MS Word 2007 XML", HERE / "bord-4-libreoffice.docx")
    office(docx_file, "odt", HERE / "bord-4-libreoffice.odt")
    office(docx_file, "rtf", HERE / "bord-4-libreoffice.rtf")
    office(docx_file, "html", HERE / "bord-4-libreoffice.html")
    office(docx_file, "pdf", HERE / "bord-4-libreoffice.pdf")
    for kind in ["docx", "odt", "rtf", "html"]:
        run("pandoc", "--standalone", "--metadata", "title= ", HERE / "bord-4.md", "-o", HERE / f"bord-4-pandoc.{kind}")
    print_page(HERE / "bord-4-pandoc.html", HERE / "bord-4-chromium.pdf")
    spreadsheet(HERE / "bord-4-openpyxl.xlsx")
    office(HERE / "bord-4-openpyxl.xlsx", "ods", HERE / "bord-4-libreoffice.ods")
    office(HERE / "bord-4-openpyxl.xlsx", "xlsx:Calc MS Excel 2007 XML", HERE / "bord-4-libreoffice.xlsx")
    office(HERE / "bord-4-openpyxl.xlsx", "csv:Text - txt - csv (StarCalc):59,34,ANSI,1", HERE / "bord-4-libreoffice.csv")
    office(HERE / "bord-4-openpyxl.xlsx", "csv:Text - txt - csv (StarCalc):9,34,76,1", HERE / "bord-4-libreoffice.tsv")
    mail(HERE / "bord-4-python.eml", (HERE / "bord-4-pandoc.html").read_text())
    cues = subtitles()
    (HERE / "bord-4.vtt").write_text("WEBVTT\n\n" + "\n".join(
        f"{clock(start, '.')} --> {clock(end, '.')}\n<v {speaker}>{text}</v>\n" for start, end, speaker, text in cues))
    shown, last = [], None
    for index, (start, end, speaker, text) in enumerate(cues):
        label = f"{speaker}: " if speaker != last else ""
        last = speaker
        shown.append(f"{index + 1}\n{clock(start, ',')} --> {clock(end, ',')}\n{label}{text}\n")
    (HERE / "bord-4.srt").write_bytes("\n".join(shown).replace("\n", "\r\n").encode("utf-8-sig"))


def two_columns():
    """A heading over two columns of bullets, by LibreOffice; and two columns drawn row by row, by reportlab."""
    document = docx.Document()
    document.add_heading("Bord 5", 1)
    section = document.add_section(WD_SECTION.CONTINUOUS)
    columns = section._sectPr.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "425")
    for at in range(1, 21):
        document.add_paragraph(
            f"Punkt nummer {at} handler om noe som pårørende sa på møtet i fjor, og det går over flere linjer i spalten.",
            style="List Bullet")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "a.docx"
        document.save(source)
        office(source, "pdf", HERE / "two-columns-libreoffice.pdf")
    pdf = canvas.Canvas(str(HERE / "two-columns-by-row-reportlab.pdf"), pagesize=A4)
    pdf.setFont("Helvetica", 10)
    left = ["Venstre spalte begynner her og handler om tid", "til samtaler med pårørende, som alle er enige",
            "om at det er for lite av i dag. Andre setning", "står også til venstre og er ganske lang, slik at",
            "den går over flere linjer før den tar slutt."]
    right = ["Høyre spalte handler om kunnskap og opplæring", "av ansatte, som bør begynne i utdanningen og",
             "ikke først på jobben. Neste setning i høyre er", "også lang og går over to linjer, helt til det er",
             "slutt på siden og ingen har mer å si om det."]
    for at, (one, two) in enumerate(zip(left, right)):
        pdf.drawString(60, 780 - 14 * at, one)
        pdf.drawString(310, 780 - 14 * at, two)
    pdf.save()


def tables():
    document = docx.Document()
    document.add_heading("Bord 6", 1)
    rows = [("Utfordring", "Tiltak"),
            ("Ventetiden på DPS er altfor lang for de fleste av oss.", "Flere ansatte på kveldstid."),
            ("Ansatte vet for lite om barn som pårørende, og de tør ikke spørre barna om hvordan de har det hjemme.",
             "Opplæring av alle nye ansatte i samtaler med barn."),
            ("Taushetsplikten brukes som unnskyldning.", "En tydelig veileder om hva loven sier.")]
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.save(HERE / "table-python-docx.docx")
    office(HERE / "table-python-docx.docx", "pdf", HERE / "table-libreoffice.pdf")
    office(HERE / "table-python-docx.docx", "odt", HERE / "table-libreoffice.odt")
    office(HERE / "table-python-docx.docx", "rtf", HERE / "table-libreoffice.rtf")
    office(HERE / "table-python-docx.docx", "html", HERE / "table-libreoffice.html")
    print_page(HERE / "table-libreoffice.html", HERE / "table-chromium.pdf")


def long_page():
    """Four pages with a running head and page numbers, by LibreOffice; and soft hyphens at line ends, by Chromium."""
    document = docx.Document()
    header = document.sections[0].header.paragraphs[0]
    header.text = "Toppmøte om pårørende 2017\tReferat\tBord 7"
    footer = document.sections[0].footer.paragraphs[0]
    for kind, text in [("begin", None), (None, "PAGE"), ("end", None)]:
        run_of = footer.add_run()
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.text = text
        run_of._r.append(field)
    for at in range(1, 31):
        document.add_paragraph(
            f"Avsnitt {at} er om fiffige løsninger for familier som trenger hjelp. "
            "Det er effektivt å finne flere folk, og å flytte oppgaver fra de som har for mye å gjøre til de som har tid. "
            "Setningene er lange nok til at avsnittet går over flere linjer og sider i dokumentet.")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "a.docx"
        document.save(source)
        office(source, "pdf", HERE / "pages-libreoffice.pdf")
        page = pathlib.Path(folder) / "a.html"
        words = "Bruker&shy;medvirkning og pårørende&shy;samarbeid må inn i hel&shy;hets&shy;tenkningen om kommune&shy;helse&shy;tjenesten."
        page.write_text(f'<meta charset="utf-8"><div style="width:160px;hyphens:manual;font-family:Liberation Serif">'
                        f"<p>{words}<p>Offentlige tilbud må finnes i fjellbygdene.</div>")
        print_page(page, HERE / "hyphens-chromium.pdf")


def notes_beside():
    """A footnote and a comment."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "a.md"
        source.write_text("# Bord 8\n\n- Ventetiden er for lang.[^1]\n- Flere må få hjelp.\n\n[^1]: Den er nå fem måneder.\n")
        for kind in ["docx", "odt", "rtf"]:
            run("pandoc", "--standalone", source, "-o", HERE / f"footnote-pandoc.{kind}")
    document = docx.Document()
    document.add_heading("Bord 8", 1)
    paragraph = document.add_paragraph("Ventetiden er for lang.", style="List Bullet")
    document.add_paragraph("Flere må få hjelp.", style="List Bullet")
    document.add_comment(paragraph.runs, text="Dette sa alle rundt bordet.", author="Kari", initials="K")
    document.save(HERE / "comment-python-docx.docx")
    office(HERE / "comment-python-docx.docx", "odt", HERE / "comment-libreoffice.odt")
    office(HERE / "comment-python-docx.docx", "rtf", HERE / "comment-libreoffice.rtf")


def scan():
    """A page that is a picture, by reportlab."""
    from PIL import Image
    with tempfile.TemporaryDirectory() as folder:
        picture = pathlib.Path(folder) / "a.png"
        Image.new("L", (60, 80), 230).save(picture)
        pdf = canvas.Canvas(str(HERE / "scan-reportlab.pdf"), pagesize=A4)
        pdf.drawImage(str(picture), 0, 0, *A4)
        pdf.save()


if __name__ == "__main__":
    same_notes()
    two_columns()
    tables()
    long_page()
    notes_beside()
    scan()
