//! Codebooks as the TOML and JSON lines that this crate reads itself.

use crate::codebook::{Codebook, Cue, CueKind, Label, Sample};
use serde_json::json;

/// A codebook as the text of a TOML file, which [`Codebook::parse`] reads back as it was, but for its lines, its hash and its coded
/// examples: these are [`examples_jsonl`].
///
/// ```
/// use kodebok::{codebook::Codebook, exchange::to_toml};
///
/// let codebook = Codebook::parse("[[code]]\nid = \"tid\"\n[[code.cues]]\nweight = 2\nstems = [\"kø\"]")?;
/// let back = Codebook::parse(&to_toml(&codebook))?;
/// assert_eq!(back.codes[0].cues[0].text, "kø");
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn to_toml(codebook: &Codebook) -> String {
    let mut out = format!("id = {}\n", quoted(&codebook.id));
    if let Some(file) = &codebook.example_file {
        out += &format!("examples = {}\n", quoted(file));
    }
    out += &format!("title = {}\n", label(&codebook.title));
    for code in &codebook.codes {
        out += &format!("\n[[code]]\nid = {}\nlabel = {}\n", quoted(&code.id), label(&code.label));
        if !code.definition.is_empty() {
            out += &format!("definition = {}\n", quoted(&code.definition));
        }
        out += &list("include", code.include.iter().map(String::as_str));
        out += &list("exclude", code.exclude.iter().map(String::as_str));
        out += &list("anchors", texts(&code.anchors));
        out += &list("not", texts(&code.not));
        groups(&code.cues).into_iter().for_each(|group| out += &group_of(group));
    }
    out
}

/// A codebook's coded examples as the text of a file of JSON lines, which [`Codebook::with_examples`] reads.
///
/// ```
/// use kodebok::{codebook::Codebook, exchange::examples_jsonl};
///
/// let codebook = Codebook::parse("[[code]]\nid = \"tid\"")?.with_examples("{\"text\": \"Lang kø\", \"code\": \"tid\"}")?;
/// assert_eq!(examples_jsonl(&codebook), "{\"text\":\"Lang kø\",\"code\":\"tid\"}\n");
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn examples_jsonl(codebook: &Codebook) -> String {
    let id = |code: usize| codebook.codes[code].id.as_str();
    let mut out = String::new();
    for example in codebook.examples.iter() {
        let mut fields =
            vec![format!("\"text\":{}", json!(example.text)), format!("\"code\":{}", json!(example.code.map(id)))];
        if !example.also.is_empty() {
            let also: Vec<&str> = example.also.iter().map(|&code| id(code)).collect();
            fields.push(format!("\"also\":{}", json!(also)));
        }
        for (name, value) in [("group", &example.group), ("genre", &example.genre)] {
            if !value.is_empty() {
                fields.push(format!("\"{name}\":{}", json!(value)));
            }
        }
        out += &format!("{{{}}}\n", fields.join(","));
    }
    out
}

fn texts(samples: &[Sample]) -> impl ExactSizeIterator<Item = &str> {
    samples.iter().map(|sample| sample.text.as_str())
}

fn label(label: &Label) -> String {
    format!("{{ nb = {}, nn = {}, en = {} }}", quoted(&label.nb), quoted(&label.nn), quoted(&label.en))
}

fn list<'a>(name: &str, entries: impl ExactSizeIterator<Item = &'a str>) -> String {
    if entries.len() == 0 {
        return String::new();
    }
    let lines: String = entries.map(|entry| format!("    {},\n", quoted(entry))).collect();
    format!("{name} = [\n{lines}]\n")
}

/// The keys of a group of cues, in the order in which they are read.
const KINDS: [(CueKind, &str); 6] = [
    (CueKind::Word, "words"),
    (CueKind::Stem, "stems"),
    (CueKind::Beginning, "beginnings"),
    (CueKind::Ending, "endings"),
    (CueKind::Phrase, "phrases"),
    (CueKind::Pattern, "patterns"),
];

fn place_of(kind: CueKind) -> usize {
    KINDS.iter().position(|(known, _)| *known == kind).unwrap_or(KINDS.len())
}

/// Cues in runs of one weight and kinds that don't go back, so that reading them gives them in their order.
fn groups(cues: &[Cue]) -> Vec<&[Cue]> {
    cues.chunk_by(|a, b| a.weight.to_bits() == b.weight.to_bits() && place_of(a.kind) <= place_of(b.kind)).collect()
}

fn group_of(cues: &[Cue]) -> String {
    let weight = cues.first().map_or(1.0, |cue| cue.weight);
    let against = if weight < 0.0 { "against = true\n" } else { "" };
    let mut out = format!("\n[[code.cues]]\nweight = {}\n{against}", weight.abs());
    for (kind, name) in KINDS {
        let texts: Vec<String> = cues.iter().filter(|cue| cue.kind == kind).map(|cue| quoted(&cue.text)).collect();
        if !texts.is_empty() {
            out += &format!("{name} = [{}]\n", texts.join(", "));
        }
    }
    out
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            c if c.is_control() => out += &format!("\\u{:04X}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::codebook::{Code, Example};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    /// A codebook without what differs between two files that say the same.
    pub(in crate::exchange) fn bare(codebook: &Codebook) -> Codebook {
        let mut bare = codebook.clone();
        bare.hash.clear();
        for code in &mut bare.codes {
            code.line = 0;
            code.cues.iter_mut().for_each(|cue| cue.line = 0);
            code.anchors.iter_mut().chain(&mut code.not).for_each(|sample| sample.line = 0);
        }
        bare.examples.iter_mut().for_each(|example| example.line = 0);
        bare
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zæøå ,;:.'\"=+@|-]{1,12}[a-zæøå]",
            "[ \t\n\r\"'\\\\#=+@<&;,\u{7f}😀å-]{0,6}x[ \t\n\r\"'å,;]{0,3}"
        ]
    }

    fn cue() -> impl Strategy<Value = Cue> {
        let kinds = prop_oneof![
            ("[a-zæøå]{1,8}", 0..4usize).prop_map(|(text, kind)| (KINDS[kind].0, text)),
            "[a-zæøå]{1,6}( \\*)? [a-zæøå]{1,6}".prop_map(|text| (CueKind::Phrase, text)),
            "§ ?[0-9]\\\\w(a|b)\\*".prop_map(|text| (CueKind::Pattern, text)),
        ];
        (kinds, -40..40i8).prop_map(|((kind, text), weight)| {
            let weight = if weight == 0 { 1.0 } else { f32::from(weight) / 4.0 };
            Cue { kind, text, weight, line: 0 }
        })
    }

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        proptest::collection::vec(text().prop_map(|text| Sample { text, line: 0 }), 0..3)
    }

    prop_compose! {
        fn code(at: usize)(
            names in [text(), text(), text()],
            definition in "(\\PC{0,20}\n?){0,2}".prop_map(|text| text.nfc().collect::<String>()),
            include in proptest::collection::vec(text(), 0..3),
            exclude in proptest::collection::vec(text(), 0..3),
            anchors in samples(),
            not in samples(),
            mut cues in proptest::collection::vec(cue(), 0..8),
        ) -> Code {
            let mut seen = std::collections::HashSet::new();
            cues.retain(|cue| seen.insert((cue.kind, cue.text.clone())));
            let [nb, nn, en] = names;
            let id = ["a", "a.b", "ø-2", "c_d"][at].to_owned();
            Code { id, label: Label { nb, nn, en }, definition, include, exclude, anchors, not, cues, line: 0 }
        }
    }

    prop_compose! {
        /// Any codebook: what other formats are tested with.
        pub(in crate::exchange) fn codebooks()(
            id in "[a-zå0-9-]{1,8}",
            title in [text(), text(), text()],
            codes in (code(0), code(1), code(2), code(3)),
            count in 1..=4usize,
            examples in proptest::collection::vec((text(), 0..5usize, proptest::bool::ANY, "[a-z]{0,3}", "[a-z]{0,3}"), 0..4),
        ) -> Codebook {
            let (a, b, c, d) = codes;
            let [nb, nn, en] = title;
            let examples = examples.into_iter().map(|(text, code, also, group, genre)| {
                let code = (code < count).then_some(code);
                let also = if also && code != Some(0) { vec![0] } else { Vec::new() };
                Example { text, code, also, group, genre, line: 0 }
            });
            Codebook {
                id,
                title: Label { nb, nn, en },
                codes: [a, b, c, d].into_iter().take(count).collect(),
                example_file: None,
                examples: examples.collect::<Vec<_>>().into(),
                hash: String::new(),
            }
        }
    }

    #[test]
    fn the_bundled_codebooks_read_back() {
        for codebook in
            [Codebook::summit_2017(), Codebook::read("data/codebooks/recovery.toml").expect("it is read elsewhere")]
        {
            let back =
                Codebook::parse(&to_toml(&codebook)).and_then(|back| back.with_examples(&examples_jsonl(&codebook)));
            assert!(bare(&back.unwrap()) == bare(&codebook));
        }
    }

    proptest! {
        #[test]
        fn any_codebook_reads_back(codebook in codebooks()) {
            let toml = to_toml(&codebook);
            let back = Codebook::parse(&toml).and_then(|back| back.with_examples(&examples_jsonl(&codebook)));
            prop_assert_eq!(bare(&back.unwrap()), codebook, "{}", toml);
        }
    }
}
