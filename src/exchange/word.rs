//! The report as a Word document, to be worked on in a text program.

use super::{xml, zip};
use crate::error::Result;
use crate::report::{Content, Language, Report};
use std::fmt::Write;

/// The report as the bytes of a `.docx` file: the method, the table of recommendations as a table whose headings repeat on each page,
/// the themes with every quote and its place, the uncoded points, what people decided, and the caveat. Headings are Word's own, so that
/// its navigation shows them. The same bytes for the same report.
///
/// ```
/// use kodebok::exchange::word::report_to_docx;
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::{Language, Report}, themes};
///
/// let codebook = Codebook::summit_2017();
/// let folder = notes::read_folder("data/notes/bord-01.txt")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&codebook));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let docx = report_to_docx(&Report::new(&folder, &codebook, &points, &codings, &themes), Language::Nynorsk)?;
/// assert!(docx.starts_with(b"PK"));
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// Only where the report is too large for a ZIP archive.
pub fn report_to_docx(report: &Report<'_>, language: Language) -> Result<Vec<u8>> {
    let content = Content::new(*report, language);
    let document = document(&content);
    let tag = match language {
        Language::Bokmal => "nb-NO",
        Language::Nynorsk => "nn-NO",
        Language::English => "en-GB",
    };
    let styles = STYLES.replace("{language}", tag);
    let core = CORE.replace("{title}", &xml::escaped(&content.texts.title)).replace("{language}", tag);
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONS),
        ("docProps/core.xml", &core),
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
        ("word/styles.xml", &styles),
        ("word/numbering.xml", NUMBERING),
        ("word/footer1.xml", FOOTER),
    ];
    zip::pack(files.map(|(name, content)| (name.to_owned(), content.as_bytes())))
}

/// A4 upright and lengthwise with margins of 2 cm, in twentieths of a point.
const UPRIGHT: &str = r#"<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>"#;
const LENGTHWISE: &str = r#"<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>"#;

/// How wide the lines of a lengthwise page are.
const WIDTH: usize = 16_838 - 2 * 1_134;

/// Written as it comes: what a tree of a large report's elements takes is better spared.
fn document(content: &Content<'_>) -> String {
    let texts = &content.texts;
    let mut out = String::from(HEAD);
    out += &paragraph("Title", &run(&texts.title));
    out += &paragraph("Heading1", &run(&texts.rationale));
    out += &paragraph("Normal", &run(&content.method()));
    out += &paragraph("Normal", &run(&content.numbers()));
    if !content.report.folder.problems.is_empty() {
        out += &paragraph("Heading1", &run(&texts.unread));
        let problems = content.report.folder.problems.iter();
        problems.for_each(|problem| out += &paragraph("ListBullet", &run(&problem.to_string())));
    }
    // A section's page is set in its last paragraph: the table of recommendations lies on lengthwise pages.
    out += &section(UPRIGHT);
    out += &paragraph("Heading1", &run(&texts.table));
    out += &table(content);
    out += &section(LENGTHWISE);
    themes(content, &mut out);
    out += &paragraph("Heading1", &run(&texts.uncoded));
    let uncoded = content.uncoded();
    if uncoded.is_empty() {
        out += &paragraph("Normal", &run(&texts.none));
    }
    uncoded.into_iter().for_each(|at| out += &quote(content, at));
    decisions(content, &mut out);
    out += &paragraph("Heading1", &run(&texts.caveat_title));
    out += &paragraph("Normal", &run(&texts.caveat));
    out += &paragraph("Normal", &source(&content.made()));
    out + UPRIGHT + "</w:body></w:document>\n"
}

/// The table of recommendations: a column a code, a cell a theme, by falling support.
fn table(content: &Content<'_>) -> String {
    let codes = &content.report.codebook.codes;
    let width = WIDTH / codes.len().max(1);
    let mut out = format!(
        r#"<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>"#,
        width * codes.len()
    );
    codes.iter().for_each(|_| {
        let _ = write!(out, r#"<w:gridCol w:w="{width}"/>"#);
    });
    out += "</w:tblGrid>\n<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
    for code in codes {
        out += &cell(width, Some("E7EAEE"), &paragraph("TableHeading", &run(content.name(&code.label))));
    }
    out += "</w:tr>\n";
    let columns = content.columns();
    for row in 0..columns.iter().map(Vec::len).max().unwrap_or_default() {
        out += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
        for column in &columns {
            let held =
                column.get(row).map_or_else(|| paragraph("TableText", ""), |&theme| recommendation(content, theme));
            out += &cell(width, None, &held);
        }
        out += "</w:tr>\n";
    }
    out + "</w:tbl>\n"
}

fn cell(width: usize, shade: Option<&str>, held: &str) -> String {
    let shade =
        shade.map(|fill| format!(r#"<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>"#)).unwrap_or_default();
    format!(r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{held}</w:tc>"#)
}

/// What stands in a cell: the recommendation, then its support and place.
fn recommendation(content: &Content<'_>, theme: usize) -> String {
    let wording = content.wording(theme);
    let place = content.place(&content.report.points[wording.point]);
    let below = format!("{}: {} ({place})", content.label(theme), content.support_and_minority(theme));
    paragraph("TableText", &(run(wording.text) + &source(&format!(" ({})", content.mark(&wording)))))
        + &paragraph("TableText", &source(&below))
}

fn themes(content: &Content<'_>, out: &mut String) {
    *out += &paragraph("Heading1", &run(&content.texts.themes));
    let mut code = None;
    for (at, (theme, id)) in content.report.themes.iter().zip(&content.theme_ids).enumerate() {
        let Some(id) = id else { continue };
        if code.replace(theme.code) != Some(theme.code) {
            *out += &paragraph("Heading2", &run(content.heading(theme.code)));
        }
        *out += &paragraph("Heading3", &run(&format!("{id}: {}", content.label(at))));
        let support = format!("{}, {}", content.support(theme), content.points_of(theme));
        *out += &paragraph("Normal", &source(&support));
        theme.points.iter().for_each(|&point| *out += &quote(content, point));
    }
}

fn quote(content: &Content<'_>, at: usize) -> String {
    let point = &content.report.points[at];
    let speaker = point.speaker.map(|speaker| format!("{speaker}: ")).unwrap_or_default();
    let decided =
        if content.report.decided(at).is_some() { format!(", {}", content.texts.decided_mark) } else { String::new() };
    let place = format!(" ({}{decided})", content.place(point));
    paragraph("ListBullet", &(run(&format!("{speaker}{}", point.text)) + &source(&place)))
}

fn decisions(content: &Content<'_>, out: &mut String) {
    let (Some(decided), Some(decisions)) = (content.decided(), content.report.decisions) else { return };
    *out += &paragraph("Heading1", &run(&content.texts.decisions));
    *out += &paragraph("Normal", &run(&decided));
    if let Some(agreement) = content.report.agreement {
        *out += &paragraph("Normal", &run(&content.agreement(agreement)));
    }
    if !decisions.problems.is_empty() {
        *out += &paragraph("Normal", &run(&content.texts.decision_problems));
    }
    for problem in &decisions.problems {
        *out += &paragraph("ListBullet", &run(&content.decision_problem(problem)));
    }
}

fn paragraph(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>\n")
}

fn section(page: &str) -> String {
    format!("<w:p><w:pPr>{page}</w:pPr></w:p>\n")
}

fn run(text: &str) -> String {
    styled("", text)
}

/// Where something comes from, and what else is said of it: not as strong as the thing itself.
fn source(text: &str) -> String {
    styled(r#"<w:rPr><w:rStyle w:val="Source"/></w:rPr>"#, text)
}

/// Text as Word holds it: without what XML forbids, lines parted by breaks.
fn styled(properties: &str, text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| format!(r#"<w:t xml:space="preserve">{}</w:t>"#, xml::escaped(&line.replace('\r', " "))));
    format!("<w:r>{properties}{}</w:r>", lines.collect::<Vec<_>>().join("<w:br/>"))
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>
"#;
const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>
"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>
"#;
const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>
"#;
const CORE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>{language}</dc:language></cp:coreProperties>
"#;
const NUMBERING: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>
"#;
/// The number of the page.
const FOOTER: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>
"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:lang w:val="{language}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:rPr><w:b/><w:sz w:val="44"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="360" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="280" w:after="80"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:sz w:val="27"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading3"><w:name w:val="heading 3"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="220" w:after="40"/><w:outlineLvl w:val="2"/></w:pPr><w:rPr><w:b/><w:sz w:val="23"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:basedOn w:val="Normal"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:spacing w:after="60"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableText"><w:name w:val="Table Text"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="40" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="19"/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableHeading"><w:name w:val="Table Heading"/><w:basedOn w:val="TableText"/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="Source"><w:name w:val="Source"/><w:rPr><w:color w:val="555555"/><w:sz w:val="18"/></w:rPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:left w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:right w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="808080"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="808080"/></w:tblBorders></w:tblPr></w:style>
</w:styles>
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;
    use crate::coding::{self, Coder};
    use crate::notes::{self, Document, Folder};

    fn docx(folder: &Folder, codebook: &Codebook, language: Language) -> Vec<u8> {
        let points = notes::points(&folder.documents);
        let codings = coding::code(&points, &Coder::new(codebook));
        let themes = crate::themes::group(&points, &codings, crate::themes::Options::default());
        report_to_docx(&Report::new(folder, codebook, &points, &codings, &themes), language).unwrap()
    }

    /// The parts of a document as trees: each is well-formed.
    fn part(docx: &[u8], name: &str) -> xml::Element {
        let files = zip::unpack(docx, |found| found == name).unwrap();
        xml::parse(std::str::from_utf8(&files[name]).unwrap()).unwrap()
    }

    #[test]
    fn every_part_is_well_formed_and_the_headings_of_the_table_repeat() {
        let codebook = Codebook::summit_2017();
        let folder = notes::read_folder("data/notes").unwrap();
        for language in [Language::Bokmal, Language::Nynorsk, Language::English] {
            let docx = docx(&folder, &codebook, language);
            let files = zip::unpack(&docx, |_| true).unwrap();
            files.values().for_each(|file| {
                xml::parse(std::str::from_utf8(file).unwrap()).unwrap();
            });
            let document = part(&docx, "word/document.xml");
            let table = document.child("body").and_then(|body| body.child("tbl")).unwrap();
            let rows: Vec<_> = table.children_named("tr").collect();
            assert!(rows.len() > 10 && rows.iter().all(|row| row.children_named("tc").count() == 4));
            let repeats = |row: &xml::Element| row.child("trPr").unwrap().child("tblHeader").is_some();
            assert!(repeats(rows[0]) && !rows[1..].iter().any(|row| repeats(row)), "{language:?}");
        }
    }

    #[cfg(feature = "documents")]
    #[test]
    fn our_own_reader_finds_every_quote_in_it() {
        let codebook = Codebook::summit_2017();
        let folder = notes::read_folder("data/notes").unwrap();
        let read = notes::read_bytes("report.docx", &docx(&folder, &codebook, Language::Bokmal)).remove(0).unwrap();
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = plain(&read.text);
        for point in notes::points(&folder.documents) {
            assert!(text.contains(&plain(&point.text)), "{}", point.text);
        }
        let headings = notes::outline(0, &read).passages;
        let headings: Vec<&str> = headings.iter().map(|passage| read.text[passage.span.clone()].trim()).collect();
        for heading in ["Om metoden", "Temaene med alle sitater", "Holdninger", "Forbehold"] {
            assert!(headings.contains(&heading), "{heading} is not in {headings:?}");
        }
    }

    #[test]
    fn what_xml_forbids_is_left_out() {
        let text = "- ventetid \u{b}<b>&\u{1} å\u{fffe}😀 ]]>";
        let folder = Folder { documents: vec![Document::from_text("a\u{1}<.txt", text)], ..Folder::default() };
        let docx = docx(&folder, &Codebook::summit_2017(), Language::English);
        let document = part(&docx, "word/document.xml");
        let mut found = false;
        let mut left = vec![&document];
        while let Some(element) = left.pop() {
            found |= element.text.contains("ventetid <b>& å😀 ]]>");
            left.extend(&element.children);
        }
        assert!(found);
    }
}
