//! A codebook as a sheet that people fill in: a row a name, rule, cue or example.
//!
//! | column | value |
//! | --- | --- |
//! | `code` | the code's id; empty in rows about the codebook itself and for examples without a code |
//! | `kind` | `label.nb`, `label.nn`, `label.en`, `definition`, `include`, `exclude`, `anchor`, `not`; `word`, `stem`, `beginning`, `ending`, `phrase`, `pattern`; `example`; for the codebook `id`, `title.nb`, `title.nn`, `title.en` |
//! | `text` | what the row says |
//! | `weight` | of a cue; below 0 it speaks against the code |
//! | `also` | of an example: further codes that could be defended, parted by spaces |
//! | `group`, `genre` | of an example |
//!
//! The two columns `code` and `text` are enough: a text of one word is then a stem, one of up to four words a phrase, a longer one an
//! example. Names of columns and kinds may be Norwegian; a cue without a weight has 2.

pub(super) mod csv;
pub(super) mod xlsx;

use super::draft::{self, Ids};
use super::{Carried, Notice, examples_jsonl};
use crate::codebook::{Code, Codebook, Cue, CueKind, Example, Label, Sample};
use crate::error::{Error, ErrorKind, Place, Result};

pub use self::csv::{Separator, codebook_from_csv, codebook_to_csv};
pub use self::xlsx::{codebook_from_xlsx, codebook_to_xlsx, decisions_to_xlsx};

/// The columns in their order.
const COLUMNS: [&str; 7] = ["code", "kind", "text", "weight", "also", "group", "genre"];

/// Which of them holds weights.
const WEIGHTS: usize = 3;

/// What a cue weighs that has no weight: one alone outweighs no code.
const WEIGHT: f32 = 2.0;

/// The kinds of cues by their names in a sheet.
const CUES: [(CueKind, &str); 6] = [
    (CueKind::Word, "word"),
    (CueKind::Stem, "stem"),
    (CueKind::Beginning, "beginning"),
    (CueKind::Ending, "ending"),
    (CueKind::Phrase, "phrase"),
    (CueKind::Pattern, "pattern"),
];

/// Other names of columns and kinds, as people write them.
const ALIASES: [(&str, &str); 32] = [
    ("kode", "code"),
    ("kategori", "code"),
    ("category", "code"),
    ("type", "kind"),
    ("slag", "kind"),
    ("tekst", "text"),
    ("ledetråd", "text"),
    ("term", "text"),
    ("cue", "text"),
    ("eksempel", "example"),
    ("vekt", "weight"),
    ("også", "also"),
    ("gruppe", "group"),
    ("sjanger", "genre"),
    ("ord", "word"),
    ("stamme", "stem"),
    ("begynnelse", "beginning"),
    ("forledd", "beginning"),
    ("endelse", "ending"),
    ("etterledd", "ending"),
    ("frase", "phrase"),
    ("uttrykk", "phrase"),
    ("mønster", "pattern"),
    ("definisjon", "definition"),
    ("inkluder", "include"),
    ("ekskluder", "exclude"),
    ("anker", "anchor"),
    ("ikke", "not"),
    ("navn", "label.nb"),
    ("name", "label.nb"),
    ("label", "label.nb"),
    ("title", "title.nb"),
];

fn known_name(written: &str) -> String {
    let name = written.trim().to_lowercase();
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, known)| (*known).to_owned())
}

type Row = Vec<String>;

/// A codebook as rows, the names of the columns first.
fn rows_of(codebook: &Codebook) -> Vec<Row> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    let mut add = |code: &str, kind: &str, text: &str, rest: [String; 4]| {
        rows.push([code, kind, text].map(str::to_owned).into_iter().chain(rest).collect());
    };
    let none = || [const { String::new() }; 4];
    add("", "id", &codebook.id, none());
    for (kind, text) in names("title", &codebook.title) {
        add("", &kind, text, none());
    }
    for code in &codebook.codes {
        for (kind, text) in names("label", &code.label) {
            add(&code.id, &kind, text, none());
        }
        let definition = Some(code.definition.as_str()).filter(|definition| !definition.is_empty());
        let rules = definition.into_iter().map(|text| ("definition", text));
        let rules = rules.chain(code.include.iter().map(|text| ("include", text.as_str())));
        let rules = rules.chain(code.exclude.iter().map(|text| ("exclude", text.as_str())));
        let rules = rules.chain(code.anchors.iter().map(|sample| ("anchor", sample.text.as_str())));
        let rules = rules.chain(code.not.iter().map(|sample| ("not", sample.text.as_str())));
        rules.for_each(|(kind, text)| add(&code.id, kind, text, none()));
        for cue in &code.cues {
            let kind = CUES.iter().find(|(kind, _)| *kind == cue.kind).map_or("pattern", |(_, name)| name);
            add(&code.id, kind, &cue.text, [cue.weight.to_string(), String::new(), String::new(), String::new()]);
        }
    }
    let id = |code: usize| codebook.codes[code].id.as_str();
    for example in codebook.examples.iter() {
        let also = example.also.iter().map(|&code| id(code)).collect::<Vec<_>>().join(" ");
        let rest = [String::new(), also, example.group.clone(), example.genre.clone()];
        add(example.code.map_or("", id), "example", &example.text, rest);
    }
    rows
}

/// The rows of a name: that in bokmål, and the others where they differ from it.
fn names<'l>(what: &str, label: &'l Label) -> Vec<(String, &'l str)> {
    let mut rows = vec![(format!("{what}.nb"), label.nb.as_str())];
    for (language, text) in [("nn", &label.nn), ("en", &label.en)] {
        if *text != label.nb {
            rows.push((format!("{what}.{language}"), text));
        }
    }
    rows
}

/// A codebook from rows, of which the first that is not empty names the columns.
fn codebook_of(rows: Vec<Row>) -> Result<Carried<Codebook>> {
    let mut rows = rows.into_iter().enumerate().filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    let wrong = |message: &str| Error::new(ErrorKind::Exchange, message);
    let Some((at, head)) = rows.next() else { return Err(wrong("an empty sheet")) };
    let head: Vec<String> = head.iter().map(|cell| known_name(cell)).collect();
    if !["code", "text"].iter().all(|name| head.iter().any(|cell| cell == name)) {
        let error = wrong("no column `code` or no column `text`").at(Place::LineColumn(at + 1, 1));
        return Err(error.on(&head.join(", ")).advise("name the columns in the first row"));
    }
    let mut reading = Reading {
        head,
        ids: Ids::default(),
        given: Vec::new(),
        codes: Vec::new(),
        book: draft::codebook("import", "", Vec::new()),
        examples: Vec::new(),
        notices: Vec::new(),
    };
    for (at, row) in rows {
        reading.row(at + 1, &row);
    }
    reading.finish()
}

struct Reading {
    head: Vec<String>,
    ids: Ids,
    /// The codes as they are written, in the codes' order.
    given: Vec<String>,
    codes: Vec<Code>,
    book: Codebook,
    /// Examples with their further codes as they are written.
    examples: Vec<(Example, Vec<String>)>,
    notices: Vec<Notice>,
}

impl Reading {
    fn cell<'r>(&self, row: &'r Row, name: &str) -> &'r str {
        let at = self.head.iter().position(|cell| cell == name);
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    fn notice(&mut self, line: usize, message: &str, subject: &str) {
        self.notices.push(Notice::new(message, subject).at(Place::LineColumn(line, 1)));
    }

    fn row(&mut self, line: usize, row: &Row) {
        let text = self.cell(row, "text").to_owned();
        let kind = match self.cell(row, "kind").trim() {
            "" => guessed(&text).to_owned(),
            written => known_name(written),
        };
        let written = self.cell(row, "code").trim().to_owned();
        if kind == "example" {
            self.example(line, row, &written, text);
        } else if written.is_empty() {
            self.of_the_book(line, &kind, text);
        } else {
            let code = self.code(&written);
            self.of_a_code(line, row, code, &kind, text);
        }
    }

    /// The index of a code by its id as it is written; a new one where it was not seen yet.
    fn code(&mut self, written: &str) -> usize {
        if let Some(at) = self.given.iter().position(|known| known == written) {
            return at;
        }
        // An id that a codebook takes stays as it is; of another name one is made.
        let is_plain = written.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let id = if is_plain { self.ids.keep(written) } else { self.ids.give(None, written) };
        self.given.push(written.to_owned());
        self.codes.push(draft::code(id, written));
        self.codes.len() - 1
    }

    fn of_the_book(&mut self, line: usize, kind: &str, text: String) {
        let title = &mut self.book.title;
        match kind {
            "id" => self.book.id = text,
            "title.nb" => *title = Label { nn: text.clone(), en: text.clone(), nb: text },
            "title.nn" => title.nn = text,
            "title.en" => title.en = text,
            _ => self.notice(line, "a row without a code is not kept", &format!("{kind}: {text}")),
        }
    }

    fn of_a_code(&mut self, line: usize, row: &Row, code: usize, kind: &str, text: String) {
        let weight = self.cell(row, "weight").trim().replace(',', ".");
        let code = &mut self.codes[code];
        let sample = || Sample { text: text.clone(), line: 0 };
        match kind {
            "label.nb" => code.label = Label { nb: text.clone(), nn: text.clone(), en: text },
            "label.nn" => code.label.nn = text,
            "label.en" => code.label.en = text,
            "definition" => code.definition = text,
            "include" => code.include.push(text),
            "exclude" => code.exclude.push(text),
            "anchor" => code.anchors.push(sample()),
            "not" => code.not.push(sample()),
            kind => {
                let subject = format!("{}: {kind} {text}", code.id);
                let Some((kind, _)) = CUES.iter().find(|(_, name)| *name == kind) else {
                    return self.notice(line, "a row of an unknown kind is not kept", &subject);
                };
                let weight = if weight.is_empty() { Some(WEIGHT) } else { weight.parse().ok() };
                let Some(weight) = weight.filter(|weight: &f32| weight.is_finite()) else {
                    return self.notice(line, "a weight that is no number, so the cue is not kept", &subject);
                };
                let cue = Cue { kind: *kind, text: text.trim().to_owned(), weight, line: 0 };
                let added = draft::refused(&cue).map_or_else(|| draft::add_cue(code, cue), Err);
                if let Err(reason) = added {
                    self.notice(line, &format!("a cue that is not kept, {reason}"), &subject);
                }
            }
        }
    }

    fn example(&mut self, line: usize, row: &Row, written: &str, text: String) {
        let code = (!written.is_empty()).then(|| self.code(written));
        let also =
            self.cell(row, "also").split([' ', ',', ';']).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        let [group, genre] = ["group", "genre"].map(|name| self.cell(row, name).to_owned());
        if text.trim().is_empty() {
            return self.notice(line, "an example without text is not kept", written);
        }
        self.examples.push((Example { text, code, also: Vec::new(), group, genre, line }, also));
    }

    fn finish(mut self) -> Result<Carried<Codebook>> {
        for (mut example, also) in std::mem::take(&mut self.examples) {
            for id in also {
                match self.given.iter().position(|known| *known == id) {
                    Some(code) if Some(code) != example.code => example.also.push(code),
                    Some(_) => {}
                    None => self.notice(example.line, "a further code that is not there", &id),
                }
            }
            self.book.examples.push(example);
        }
        self.book.codes = self.codes;
        let settled = draft::settled(&self.book)?;
        let value =
            if self.book.examples.is_empty() { settled } else { settled.with_examples(&examples_jsonl(&self.book))? };
        Ok(Carried { value, notices: self.notices })
    }
}

/// What a text is of which the sheet does not say it.
fn guessed(text: &str) -> &'static str {
    match crate::norwegian::words(text).count() {
        0 | 1 => "stem",
        2..=4 => "phrase",
        _ => "example",
    }
}

#[cfg(test)]
mod tests {
    use super::super::toml::tests::{bare, codebooks};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_columns_are_enough() {
        let csv = "Kode;Tekst\nTid & kø;ventetid\nTid & kø;lang kø\nTid & kø;Vi ventet i fem måneder på svar.\nLov;taushetsplikt\n";
        let carried = codebook_from_csv(csv.as_bytes()).unwrap();
        assert_eq!(carried.notices, []);
        let codes = &carried.value.codes;
        assert_eq!(
            (codes[0].id.as_str(), codes[0].label.nb.as_str(), codes[1].id.as_str()),
            ("tid-kø", "Tid & kø", "Lov")
        );
        let cues: Vec<(CueKind, f32)> = codes[0].cues.iter().map(|cue| (cue.kind, cue.weight)).collect();
        assert_eq!(cues, [(CueKind::Stem, 2.0), (CueKind::Phrase, 2.0)]);
        assert_eq!(carried.value.examples[0].code, Some(0));
    }

    #[test]
    fn what_is_not_kept_is_listed_with_its_row() {
        let csv = "code,kind,text,weight\na,stem,to ord,1\na,stem,ord,mye\na,farge,rød,\n,stem,ord,1\na,stem,kø,\na,stem,kø,\n";
        let carried = codebook_from_csv(csv.as_bytes()).unwrap();
        let notices: Vec<String> = carried.notices.iter().map(Notice::to_string).collect();
        let expected = [
            "2:1: a cue that is not kept, not one word: \"to ord\" (write several words under phrases): a: stem to ord",
            "3:1: a weight that is no number, so the cue is not kept: a: stem ord",
            "4:1: a row of an unknown kind is not kept: a: farge rød",
            "5:1: a row without a code is not kept: stem: ord",
            "7:1: a cue that is not kept, a cue that is there already: a: stem kø",
        ];
        assert_eq!(notices, expected);
        let message = codebook_from_csv(b"a,b\n1,2\n").unwrap_err().to_string();
        assert!(message.starts_with("1:1: no column `code`"), "{message}");
    }

    proptest! {
        #[test]
        fn csv_reads_back(codebook in codebooks()) {
            for separator in [Separator::Comma, Separator::Semicolon] {
                let csv = codebook_to_csv(&codebook, separator);
                let back = codebook_from_csv(csv.as_bytes()).unwrap();
                prop_assert_eq!((bare(&back.value), back.notices), (codebook.clone(), Vec::new()), "{}", csv);
            }
        }

        #[test]
        fn xlsx_reads_back(codebook in codebooks()) {
            let back = codebook_from_xlsx(&codebook_to_xlsx(&codebook).unwrap()).unwrap();
            prop_assert_eq!((bare(&back.value), back.notices), (codebook, Vec::new()));
        }

        #[test]
        fn nothing_panics(text in "(code|kind|text|a|stem|[,;\t\"\n']|\\PC){0,20}") {
            let _ = codebook_from_csv(text.as_bytes());
            let _ = codebook_from_xlsx(text.as_bytes());
        }
    }
}
