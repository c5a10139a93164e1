//! The page as a whole: whatever the notes, the codebook or a person's decisions hold, its elements are those that are written here.

use super::super::Report;
use super::super::texts::Language;
use crate::codebook::{Codebook, Label};
use crate::coding::{Assigned, Coding, Evidence, RunnerUp};
use crate::decisions::{Decided, DecidedTheme, FoundBy, Outcome, Problem, ProblemKind};
use crate::error::{Error, ErrorKind};
use crate::norwegian::repair::{Change, Reason};
use crate::notes::{Document, Folder, Mended, Point, Position, ids};
use crate::themes::Theme;
use proptest::prelude::*;

/// Elements that the page may have.
const ELEMENTS: &str = "html head meta link title style body a header p h1 h2 h3 h4 nav ul li main section table caption thead tr \
    th tbody td span svg rect text desc path details summary q mark form label input select option button output article dl div dt \
    dd figure figcaption ol strong script footer";

/// Attributes that they may have.
const ATTRIBUTES: &str = "lang charset http-equiv content name rel href class id aria-label aria-labelledby aria-hidden tabindex \
    role scope style colspan viewBox width height x y d hidden type autocomplete value title data-table data-question data-codes data-count";

/// Elements without an end.
const VOID: [&str; 3] = ["meta", "link", "input"];

/// A page taken apart, strictly: what this does not know is an error, though a browser would make something of it.
#[derive(Default)]
struct Page {
    elements: Vec<(String, Vec<(String, String)>)>,
    /// All text, and all values of attributes, each on a line.
    texts: String,
    /// The text of each quote.
    quotes: Vec<String>,
}

impl Page {
    fn of(html: &str) -> Page {
        let mut page = Page::default();
        let mut open: Vec<String> = Vec::new();
        let mut rest = html.strip_prefix("<!DOCTYPE html>\n").expect("a document type");
        while !rest.is_empty() {
            let Some(after) = rest.strip_prefix('<') else {
                let end = rest.find('<').unwrap_or(rest.len());
                let text = meant(&rest[..end]);
                if open.iter().any(|name| name == "q") {
                    page.quotes.last_mut().unwrap().push_str(&text);
                }
                page.texts += &text;
                rest = &rest[end..];
                continue;
            };
            if let Some(after) = after.strip_prefix('/') {
                let (name, after) = after.split_once('>').expect("an end tag ends");
                assert_eq!(open.pop().as_deref(), Some(name), "nested wrongly");
                rest = after;
                continue;
            }
            let (name, attributes, is_closed, after) = tag(after);
            page.texts += &attributes.iter().map(|(_, value)| format!("\n{value}\n")).collect::<String>();
            if name == "q" {
                page.quotes.push(String::new());
            }
            rest = after;
            if name == "script" || name == "style" {
                rest = &rest[rest.find(&format!("</{name}>")).expect("raw text ends")..];
            }
            if !is_closed && !VOID.contains(&name.as_str()) {
                open.push(name.clone());
            }
            page.elements.push((name, attributes));
        }
        assert!(open.is_empty(), "left open: {open:?}");
        page
    }

    fn count(&self, name: &str) -> usize {
        self.elements.iter().filter(|(element, _)| element == name).count()
    }

    /// The values of an attribute, wherever it is.
    fn values<'p>(&'p self, attribute: &'p str) -> impl Iterator<Item = &'p str> {
        let attributes = self.elements.iter().flat_map(|(_, attributes)| attributes);
        attributes.filter(move |(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }
}

/// A start tag after its `<`: its name, its attributes, whether it ends itself, and what follows.
fn tag(text: &str) -> (String, Vec<(String, String)>, bool, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).expect("a tag ends");
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return (name.to_owned(), attributes, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (name.to_owned(), attributes, false, after);
        }
        rest = rest.strip_prefix(' ').unwrap_or_else(|| panic!("no tag: {text:.80}"));
        let end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-').expect("an attribute ends");
        let (attribute, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').expect("a value ends"),
            None => ("", after),
        };
        attributes.push((attribute.to_owned(), meant(value)));
        rest = after;
    }
}

/// A text without its entities.
fn meant(text: &str) -> String {
    assert!(!text.contains(['>', '"', '\'']) || text.starts_with("default-src"), "not plain: {text}");
    let mut parts = text.split('&');
    let mut meant = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap_or_else(|| panic!("no entity: {part}"));
        meant.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            entity => panic!("no entity: {entity}"),
        });
        meant.push_str(rest);
    }
    meant
}

/// A text as the page has it: on one line.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect()
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("</q></li></script><script>alert(1)</script>"),
        Just("\" onclick=\"alert(1)\" x=\""),
        Just("' autofocus onfocus='alert(1)"),
        Just("<img src=x onerror=alert(1)>"),
        Just("</title></style><svg/onload=alert(1)>"),
        Just("<!--"),
        Just("&lt;b&gt; &amp &#x3c;"),
        Just("{points} {count} {share} {code}"),
        Just("\u{0}\u{202e}\u{2028}\r\n\t"),
        Just("å ventetid på DPS"),
    ];
    prop_oneof![pieces.prop_map(str::to_owned), "\\PC{1,12}", "[<>&\"'=/ a-z]{1,12}"]
        .prop_map(|text| format!("x{text}"))
}

/// Ten hostile texts on a page: where each stands, by its number, is in the body.
fn rendered(texts: &[String; 10], language: Language) -> (String, Vec<String>) {
    let [first, second, table, question, speaker, path, wording, note, label, other] = texts;
    let folder = Folder {
        documents: vec![Document::from_text(path.as_str(), "")],
        problems: vec![Error::new(ErrorKind::Io, "no").in_file(other)],
        skipped: Vec::new(),
        found: Vec::new(),
    };
    let mut codebook = Codebook::parse("[[code]]\nid = \"a\"\n[[code]]\nid = \"b\"").unwrap();
    codebook.title = Label { nb: label.clone(), nn: label.clone(), en: label.clone() };
    for code in &mut codebook.codes {
        code.id += label;
        code.label = codebook.title.clone();
        code.definition.clone_from(other);
        code.include.push(other.clone());
    }
    let changes = vec![Change { span: 0..1, replacement: other.clone(), reason: Reason::Letter }];
    let point = |text: &'_ String| Point {
        document: 0,
        line: 1,
        position: Position::Line(1),
        span: 0..0,
        text: text.clone().into(),
        mended: None,
        table: Some(table),
        question: Some(question),
        section: None,
        speaker: Some(speaker),
        turn: None,
    };
    let mended = Mended { text: format!("{other}{}", &second[1..]), changes };
    let points = [point(first), Point { mended: Some(mended), ..point(second) }, point(other)];
    let evidence = |text: &str, weight| {
        let middle = text.floor_char_boundary(text.len() / 2);
        vec![Evidence { span: 0..text.len(), weight }, Evidence { span: 0..middle, weight: weight / 2.0 }]
    };
    let codings = points.each_ref().map(|point| Coding {
        codes: [0, 1].map(|code| Assigned { code, score: 0.4, evidence: evidence(point.as_ref(), 0.2) }).to_vec(),
        scores: vec![0.4, 0.4],
        runner_up: RunnerUp { code: Some(1), score: 0.4, why_not: evidence(point.as_ref(), -0.2) },
    });
    let mut codings = codings.to_vec();
    codings[2] = Coding { codes: Vec::new(), ..codings[2].clone() };
    let themes = [
        Theme { code: Some(0), representative: 0, points: vec![0, 1], tables: 1 },
        Theme { code: None, representative: 2, points: vec![2], tables: 1 },
    ];
    let said = Some(note.clone());
    let decided = Decided { row: 2, code: None, theme: None, wording: None, note: said.clone(), found_by: FoundBy::Id };
    let mut decisions = Outcome::default();
    decisions.points = vec![Some(decided), None, None];
    decisions.themes = vec![DecidedTheme {
        row: 3,
        id: String::new(),
        points: vec![0, 1],
        code: None,
        name: Some(label.clone()),
        wording: Some(wording.clone()),
        note: said,
    }];
    decisions.problems = vec![Problem { kind: ProblemKind::NotFound, rows: vec![4], text: other.clone() }];
    let report = Report::new(&folder, &codebook, &points, &codings, &themes).with_decisions(&decisions, None);
    (report.html(language).to_string(), ids(&folder.documents, &points))
}

proptest! {
    #[test]
    fn no_text_makes_an_element(texts in proptest::array::uniform10(hostile()), english in any::<bool>()) {
        let (html, ids) = rendered(&texts, if english { Language::English } else { Language::Bokmal });
        let page = Page::of(&html);
        for (element, attributes) in &page.elements {
            prop_assert!(ELEMENTS.split_whitespace().any(|known| known == element), "<{}>", element);
            for (attribute, value) in attributes {
                prop_assert!(ATTRIBUTES.split_whitespace().any(|known| known == attribute), "{}=", attribute);
                prop_assert!(attribute != "href" || value.starts_with('#') || value == "data:,", "{}", value);
            }
        }
        prop_assert_eq!([page.count("script"), page.count("style"), page.count("h1"), page.count("table")], [1, 1, 1, 7]);
        for text in &texts {
            prop_assert!(page.texts.contains(&on_one_line(text)), "{:?} is not on the page", text);
        }
        for text in [&texts[0], &texts[1], &texts[9]] {
            prop_assert!(page.quotes.contains(&on_one_line(text)), "{:?} is no quote", text);
        }
        for id in ids {
            prop_assert_eq!(page.values("id").filter(|found| found.strip_prefix("p-") == Some(&id)).count(), 1);
        }
        for target in page.values("href").filter_map(|href| href.strip_prefix('#')) {
            prop_assert!(page.values("id").any(|id| id == target), "#{} leads nowhere", target);
        }
    }
}

#[test]
fn words_that_carried_a_code_are_marked_once() {
    let texts =
        ["Fordommer og skam", "y", "3", "1", "Mor", "bord-3.txt", "Vi vil", "ja", "Kode", "annet"].map(str::to_owned);
    let (html, _) = rendered(&texts, Language::Bokmal);
    let quote = html.split("<q>").find(|quote| quote.starts_with("<mark")).unwrap().split("</q>").next().unwrap();
    let [whole, half] = ["Kode 67 %", "Kode 33 %"];
    assert_eq!(
        quote,
        format!(
            "<mark class=\"m3\" title=\"{whole}; {half}; {whole}; {half}\">Fordomme</mark>\
             <mark class=\"m3\" title=\"{whole}; {whole}\">r og skam</mark>"
        )
    );
}

#[test]
fn nothing_read_is_a_page_too() {
    let (folder, codebook) = (Folder::default(), Codebook::summit_2017());
    let report = Report::new(&folder, &codebook, &[], &[], &[]);
    let page = Page::of(&report.html(Language::Nynorsk).to_string());
    assert_eq!((page.count("h1"), page.count("figure"), page.count("q")), (1, 0, 0));
}
