//! The codebook as tests: what in it disagrees with itself, or with what the coder makes of it.

use super::cues::CueIndex;
use super::{Coder, Coding, code};
use crate::codebook::{Code, Codebook, Cue, CueKind, Example};
use crate::norwegian::{lower_case, stem};
use rayon::prelude::*;
use std::collections::HashMap;
use std::fmt;

/// The share of the smaller code's examples above which two codes overlap.
const OVERLAP: f64 = 0.3;

/// How much of a text a message shows, in code points; as much as an [`crate::Error`] does.
const SHOWN: usize = 80;

/// Something in a codebook that a person should look at.
///
/// Displayed on one line, without its place, as `what is wrong: the text (what to do)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where.
    pub line: FileLine,
    /// Where the other of two things that don't go together is.
    pub other: Option<FileLine>,
    /// The ids of the codes that it is about: first the code that an anchor, a near miss or a cue belongs to, then the one that
    /// it meets. No code is not among them.
    pub codes: Vec<String>,
    /// How the cue that it is about is matched: one text can be several cues of a code.
    pub cue: Option<CueKind>,
    /// The anchor, example, near miss or cue; for codes that overlap the first example of both.
    pub text: String,
}

/// A line of one of a codebook's two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileLine {
    /// Which file.
    pub file: CodebookFile,
    /// The line, from 1.
    pub line: usize,
}

/// The files that a codebook is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodebookFile {
    /// The TOML file.
    Codes,
    /// The file of coded examples.
    Examples,
}

/// The kind of a [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// A text that stands there twice, apart from case and white space, with different codes.
    CodedTwice,
    /// An anchor whose primary code is not its own.
    LostAnchor,
    /// A near miss (`not` in the TOML) that gets the code, as its primary code or a further one.
    NearMiss,
    /// A cue that fires on no example and no anchor.
    SilentCue,
    /// A cue that fires on more examples and anchors of another code than of its own.
    StrayCue {
        /// On how many of its own code, those among them that have it as a further code.
        own: usize,
        /// On how many of the other code that don't have its own as a further code.
        other: usize,
    },
    /// Two codes that many examples have both of, as primary or further codes: more than 0.3 of the smaller code's.
    Overlap {
        /// How many examples have both.
        both: usize,
        /// How many the smaller code has.
        of: usize,
    },
    /// A cue that speaks for two codes.
    SharedCue,
}

/// Tests a codebook against itself and against the coder that is made of it. Empty where there is nothing to look at.
///
/// The findings come by kind in the order of [`FindingKind`], those of a kind by line. Cues are tested where there are examples
/// or anchors; cues that speak against a code only for being silent. Takes as long as [`Coder::new`] and a look for every cue in
/// every example.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, FindingKind}};
///
/// let toml = r#"
/// [[code]]
/// id = "haap"
/// anchors = ["Det blir bedre"]
///
/// [[code.cues]]
/// weight = 3
/// stems = ["bedring"]
/// "#;
/// let findings = coding::check(&Codebook::parse(toml)?);
/// assert_eq!(findings[0].kind, FindingKind::LostAnchor);
/// assert_eq!(findings[0].line.line, 4);
/// assert!(findings[0].to_string().starts_with("an anchor of haap that is coded with no code: \"Det blir bedre\" ("));
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn check(codebook: &Codebook) -> Vec<Finding> {
    let coder = Coder::new(codebook);
    let mut findings = coded_twice(codebook);
    findings.extend(lost_anchors(codebook, &coder));
    findings.extend(near_misses(codebook, &coder));
    let (silent, stray) = silent_and_stray_cues(codebook);
    findings.extend(silent);
    findings.extend(stray);
    findings.extend(overlaps(codebook));
    findings.extend(shared_cues(codebook));
    findings
}

/// Anchors and examples that an earlier one contradicts: its text with another code.
fn coded_twice(codebook: &Codebook) -> Vec<Finding> {
    let mut first: HashMap<String, (FileLine, Option<usize>)> = HashMap::new();
    let mut findings = Vec::new();
    for (line, text, code) in coded_texts(codebook) {
        let (other, before) = *first.entry(normal(text)).or_insert((line, code));
        if before != code {
            let codes = [code, before].into_iter().flatten().map(|code| codebook.codes[code].id.clone()).collect();
            let kind = FindingKind::CodedTwice;
            findings.push(Finding { kind, line, other: Some(other), codes, cue: None, text: text.to_owned() });
        }
    }
    findings
}

/// All that people coded: anchors in the order of the codes, then examples.
fn coded_texts(codebook: &Codebook) -> impl Iterator<Item = (FileLine, &str, Option<usize>)> {
    let anchors = codebook.codes.iter().enumerate().flat_map(|(code, entry)| {
        entry.anchors.iter().map(move |anchor| (in_codes(anchor.line), anchor.text.as_str(), Some(code)))
    });
    anchors.chain(codebook.examples.iter().map(|example| (in_examples(example), example.text.as_str(), example.code)))
}

/// A text in lower case, its white space made one space each.
fn normal(text: &str) -> String {
    lower_case(text).split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn lost_anchors(codebook: &Codebook, coder: &Coder) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, entry) in codebook.codes.iter().enumerate() {
        let texts: Vec<&str> = entry.anchors.iter().map(|anchor| anchor.text.as_str()).collect();
        for (anchor, coding) in entry.anchors.iter().zip(code(&texts, coder)) {
            let primary = coding.primary();
            if primary != Some(at) {
                let met = primary.map(|met| &codebook.codes[met]);
                findings.push(in_toml(FindingKind::LostAnchor, entry, met, anchor.line, &anchor.text));
            }
        }
    }
    findings
}

fn near_misses(codebook: &Codebook, coder: &Coder) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, entry) in codebook.codes.iter().enumerate() {
        let texts: Vec<&str> = entry.not.iter().map(|miss| miss.text.as_str()).collect();
        let is_hit = |coding: &Coding| coding.codes.iter().any(|assigned| assigned.code == at);
        let codings = code(&texts, coder);
        let hits = entry.not.iter().zip(&codings).filter(|(_, coding)| is_hit(coding));
        findings.extend(hits.map(|(miss, _)| in_toml(FindingKind::NearMiss, entry, None, miss.line, &miss.text)));
    }
    findings
}

/// On how many texts of each kind a cue fires.
#[derive(Clone)]
struct Fired {
    /// Texts that have the cue's code, as their primary code or a further one.
    own: usize,
    /// Texts of any code or none.
    any: usize,
    /// Texts by their primary code, those left out that have the cue's own code.
    others: Vec<usize>,
}

/// The cues that never fire, and those that fire more often for another code.
fn silent_and_stray_cues(codebook: &Codebook) -> (Vec<Finding>, Vec<Finding>) {
    let (mut silent, mut stray) = (Vec::new(), Vec::new());
    if coded_texts(codebook).next().is_none() {
        return (silent, stray);
    }
    for ((at, cue), fired) in cues(codebook).zip(count_cues(codebook)) {
        let entry = &codebook.codes[at];
        // Of codes on which it fires as often, the first.
        let (met, other) =
            fired.others.iter().copied().enumerate().rev().max_by_key(|&(_, count)| count).unwrap_or_default();
        if fired.any == 0 {
            silent.push(of_cue(FindingKind::SilentCue, entry, None, cue));
        } else if cue.weight > 0.0 && other > fired.own {
            let kind = FindingKind::StrayCue { own: fired.own, other };
            stray.push(of_cue(kind, entry, Some(&codebook.codes[met]), cue));
        }
    }
    (silent, stray)
}

/// All cues with their codes, in the order of the file.
fn cues(codebook: &Codebook) -> impl Iterator<Item = (usize, &Cue)> {
    codebook.codes.iter().enumerate().flat_map(|(code, entry)| entry.cues.iter().map(move |cue| (code, cue)))
}

/// What each cue fires on, in the order of [`cues`].
fn count_cues(codebook: &Codebook) -> Vec<Fired> {
    let owners: Vec<usize> = cues(codebook).map(|(code, _)| code).collect();
    let fired_on = which_fire(codebook, owners.len());
    let further = codebook.codes.iter().flat_map(|entry| &entry.anchors).map(|_| &[][..]);
    let further = further.chain(codebook.examples.iter().map(|example| example.also.as_slice()));
    let mut counts = vec![Fired { own: 0, any: 0, others: vec![0; codebook.codes.len()] }; owners.len()];
    for (((_, _, code), also), cues) in coded_texts(codebook).zip(further).zip(fired_on) {
        for cue in cues {
            let (count, owner) = (&mut counts[cue], owners[cue]);
            count.any += 1;
            if code == Some(owner) || also.contains(&owner) {
                count.own += 1;
            } else if let Some(code) = code {
                count.others[code] += 1;
            }
        }
    }
    counts
}

/// For each of [`coded_texts`] the cues that fire on it, by their numbers in [`cues`].
fn which_fire(codebook: &Codebook, count: usize) -> Vec<Vec<usize>> {
    // With a code of its own for each cue, the coder's own look-up says which fired: a cue's sum is never 0 where it did.
    let index = CueIndex::of(count, cues(codebook).enumerate().map(|(number, (_, cue))| (number, cue)));
    let texts: Vec<&str> = coded_texts(codebook).map(|(_, text, _)| text).collect();
    let fired = |text: &&str| {
        let sums = index.sums(text);
        (0..count).filter(|&cue| sums[cue] != 0.0).collect()
    };
    texts.par_iter().map(fired).collect()
}

/// Pairs of codes that many examples have both of, at the later of the two.
fn overlaps(codebook: &Codebook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for later in 0..codebook.codes.len() {
        for earlier in 0..later {
            let with = |code| codebook.examples.iter().filter(move |example| has(example, code));
            let of = with(later).count().min(with(earlier).count());
            let mut both = with(later).filter(|example| has(example, earlier)).peekable();
            let Some(first) = both.peek().copied() else { continue };
            let both = both.count();
            if both as f64 > OVERLAP * of as f64 {
                let (entry, met) = (&codebook.codes[later], Some(&codebook.codes[earlier]));
                let finding = in_toml(FindingKind::Overlap { both, of }, entry, met, entry.line, &first.text);
                findings.push(Finding { other: Some(in_examples(first)), ..finding });
            }
        }
    }
    findings
}

/// Whether an example has a code, as its primary code or a further one.
fn has(example: &Example, code: usize) -> bool {
    example.code == Some(code) || example.also.contains(&code)
}

/// Cues that speak for a code and spoke for another before. One for and one against tell the codes apart, and are left alone.
fn shared_cues(codebook: &Codebook) -> Vec<Finding> {
    let mut first: HashMap<(CueKind, String), (usize, usize)> = HashMap::new();
    let mut findings = Vec::new();
    for (at, cue) in cues(codebook).filter(|(_, cue)| cue.weight > 0.0) {
        let (before, line) = *first.entry((cue.kind, matched(cue))).or_insert((at, cue.line));
        if before != at {
            let (entry, met) = (&codebook.codes[at], Some(&codebook.codes[before]));
            let finding = of_cue(FindingKind::SharedCue, entry, met, cue);
            findings.push(Finding { other: Some(in_codes(line)), ..finding });
        }
    }
    findings
}

/// What a cue is looked up by: equal for cues that always fire together.
fn matched(cue: &Cue) -> String {
    match cue.kind {
        CueKind::Word | CueKind::Beginning => lower_case(&cue.text).into_owned(),
        CueKind::Stem | CueKind::Ending => stem(&cue.text),
        CueKind::Phrase => cue.text.split_whitespace().map(stem).collect::<Vec<String>>().join(" "),
        CueKind::Pattern => cue.text.clone(),
    }
}

fn in_codes(line: usize) -> FileLine {
    FileLine { file: CodebookFile::Codes, line }
}

fn in_examples(example: &Example) -> FileLine {
    FileLine { file: CodebookFile::Examples, line: example.line }
}

/// A finding on a line of the TOML file.
fn in_toml(kind: FindingKind, own: &Code, met: Option<&Code>, line: usize, text: &str) -> Finding {
    let codes = [Some(own), met].into_iter().flatten().map(|code| code.id.clone()).collect();
    Finding { kind, line: in_codes(line), other: None, codes, cue: None, text: text.to_owned() }
}

/// A finding on a cue.
fn of_cue(kind: FindingKind, own: &Code, met: Option<&Code>, cue: &Cue) -> Finding {
    Finding { cue: Some(cue.kind), ..in_toml(kind, own, met, cue.line, &cue.text) }
}

/// What a cue is called in a message.
fn name(cue: Option<CueKind>) -> &'static str {
    match cue {
        Some(CueKind::Word) => "a word cue",
        Some(CueKind::Stem) => "a stem cue",
        Some(CueKind::Beginning) => "a beginning cue",
        Some(CueKind::Ending) => "an ending cue",
        Some(CueKind::Phrase) => "a phrase cue",
        Some(CueKind::Pattern) => "a pattern cue",
        None => "a cue",
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = |at: usize| self.codes.get(at).map_or("no code", String::as_str);
        let (own, met, cue) = (code(0), code(1), name(self.cue));
        let other = self.other.map(|other| self.seen_from_its_line(other)).unwrap_or_default();
        let advice = match self.kind {
            FindingKind::CodedTwice => {
                write!(f, "a text coded both {own} and {met}, first on {other}")?;
                "give both the same code, the second as \"also\" if it can be defended, or take one out".to_owned()
            }
            FindingKind::LostAnchor => {
                write!(f, "an anchor of {own} that is coded with {met}")?;
                format!("add examples or cues of {own} that are like it, or anchor {own} by another point")
            }
            FindingKind::NearMiss => {
                write!(f, "a near miss of {own} that is coded with {own}")?;
                format!("add examples like it with the code that it should have, or a cue against {own}")
            }
            FindingKind::SilentCue => {
                write!(f, "{cue} of {own} that never fires")?;
                "check its spelling, add examples that have it, or take it out".to_owned()
            }
            FindingKind::StrayCue { own: count, other } => {
                write!(f, "{cue} of {own} that fires on {other} of {met} and {count} of {own}")?;
                format!("move it to {met}, make a longer phrase of it, or take it out")
            }
            FindingKind::Overlap { both, of } => {
                write!(f, "{both} of {of} examples of {own} or {met}, whichever has fewer, have both, as on {other}")?;
                "say in their definitions what parts them and code these anew, or make one code of the two".to_owned()
            }
            FindingKind::SharedCue => {
                write!(f, "{cue} of {own} that is one of {met} too, on {other}")?;
                "keep it where it belongs, or make a longer phrase of each".to_owned()
            }
        };
        let shown: String = self.text.split_whitespace().collect::<Vec<&str>>().join(" ");
        let cut = shown.char_indices().nth(SHOWN).map(|(at, _)| format!("{} ...", &shown[..at]));
        write!(f, ": \"{}\" ({advice})", cut.unwrap_or(shown))
    }
}

impl Finding {
    /// A line's name, with its file where that is not the finding's own.
    fn seen_from_its_line(&self, other: FileLine) -> String {
        let file = match other.file {
            file if file == self.line.file => "",
            CodebookFile::Codes => " of the codebook",
            CodebookFile::Examples => " of the examples",
        };
        format!("line {}{file}", other.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two codes with a word each, and examples enough that both words fire.
    const TOML: &str = "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 3\nstems = [\"ventetid\"]\n\
                        [[code]]\nid = \"b\"\n[[code.cues]]\nweight = 3\nstems = [\"fordom\"]\n";

    /// The findings for a codebook as TOML and coded examples, written `code,also: text`, `-` for no code.
    fn found(toml: &str, examples: &[&str]) -> Vec<Finding> {
        let line = |example: &&str| {
            let (codes, text) = example.split_once(": ").unwrap();
            let codes: Vec<&str> = codes.split(',').filter(|code| *code != "-").collect();
            serde_json::json!({ "text": text, "code": codes.first(), "also": codes.get(1..).unwrap_or_default() })
        };
        let jsonl: Vec<String> = examples.iter().map(|example| line(example).to_string()).collect();
        check(&Codebook::parse(toml).unwrap().with_examples(&jsonl.join("\n")).unwrap())
    }

    #[test]
    fn each_kind_of_finding() {
        let twice = ["a: Lang ventetid", "b: Fordom", "b: lang  VENTETID "];
        let also = ["a,b: ventetid", "b,a: en fordom", "b: fordommer", "a: mer ventetid"];
        for (name, toml, examples, expected) in [
            (
                "examples coded twice differently",
                TOML.to_owned(),
                &twice[..],
                (
                    FindingKind::CodedTwice,
                    "examples 3, examples 1, b a",
                    "a text coded both b and a, first on line 1: ",
                ),
            ),
            (
                "an example coded otherwise than an anchor",
                TOML.replacen("\n[[code.cues]]", "\nanchors = [\"Ventetid\"]\n[[code.cues]]", 1),
                &["-: ventetid"],
                (
                    FindingKind::CodedTwice,
                    "examples 1, codes 3, a",
                    "a text coded both a and no code, first on line 3 of the codebook: \"ventetid\"",
                ),
            ),
            (
                "an anchor that gets another code",
                TOML.replacen("\n[[code.cues]]", "\nanchors = [\"en fordom\"]\n[[code.cues]]", 1),
                &[],
                (FindingKind::LostAnchor, "codes 3, a b", "an anchor of a that is coded with b: \"en fordom\""),
            ),
            (
                "an anchor that gets no code",
                TOML.replacen("\n[[code.cues]]", "\nanchors = [\n\"ventetid\",\n\"kaffe\"]\n[[code.cues]]", 1),
                &[],
                (FindingKind::LostAnchor, "codes 5, a", "an anchor of a that is coded with no code: \"kaffe\""),
            ),
            (
                "a near miss that gets the code",
                TOML.replacen("\n[[code.cues]]", "\nnot = [\"kaffe\", \"ingen ventetid\"]\n[[code.cues]]", 1),
                &[],
                (FindingKind::NearMiss, "codes 3, a", "a near miss of a that is coded with a: \"ingen ventetid\""),
            ),
            (
                "a cue that never fires",
                TOML.to_owned(),
                &["a: ventetid", "b: alltid forsinket"],
                (FindingKind::SilentCue, "codes 10, b", "a stem cue of b that never fires: \"fordom\""),
            ),
            (
                "a cue that fires more for another code",
                TOML.to_owned(),
                &["b: fordom om ventetid", "b: ventetid igjen", "b: mer ventetid", "a: ventetiden", "b,a: ventetid"],
                (
                    FindingKind::StrayCue { own: 2, other: 3 },
                    "codes 5, a b",
                    "a stem cue of a that fires on 3 of b and 2 of a: \"ventetid\"",
                ),
            ),
            (
                "codes that overlap",
                TOML.to_owned(),
                &also[..],
                (
                    FindingKind::Overlap { both: 2, of: 3 },
                    "codes 7, examples 1, b a",
                    "2 of 3 examples of b or a, whichever has fewer, have both, as on line 1 of the examples: \"ventetid\"",
                ),
            ),
            (
                "a cue of two codes",
                TOML.replace("\"fordom\"", "\n\"Fordom\",\n\"ventetiden\""),
                &["a: ventetid", "b: fordom"],
                (
                    FindingKind::SharedCue,
                    "codes 12, codes 5, b a",
                    "a stem cue of b that is one of a too, on line 5: \"ventet",
                ),
            ),
        ] {
            let findings = found(&toml, examples);
            let (kind, place, message) = expected;
            let of_kind: Vec<&Finding> = findings.iter().filter(|finding| finding.kind == kind).collect();
            let [finding] = of_kind[..] else { panic!("{name}: {findings:?}") };
            assert_eq!(place_of(finding), place, "{name}");
            assert!(finding.to_string().starts_with(message), "{name}: {finding}");
            assert!(finding.to_string().ends_with(')'), "{name} says what to do: {finding}");
        }
    }

    fn place_of(finding: &Finding) -> String {
        let line = |line: FileLine| format!("{:?} {}", line.file, line.line).to_lowercase();
        let mut parts = vec![line(finding.line)];
        parts.extend(finding.other.map(line));
        parts.push(finding.codes.join(" "));
        parts.join(", ")
    }

    #[test]
    fn nothing_is_found_where_nothing_is_wrong() {
        let against = "[[code.cues]]\nagainst = true\nweight = 2\nstems = [\"ventetid\"]\n";
        for (name, toml, examples) in [
            ("no examples to test cues on", TOML.to_owned(), &[][..]),
            ("each word its code", TOML.to_owned(), &["a: ventetid", "b: fordom", "-: kaffe", "a: Ventetid"]),
            (
                "as often for another code, and for no code",
                TOML.to_owned(),
                &[
                    "b: fordom, ventetid",
                    "b: ventetid i dag",
                    "a: ventetiden",
                    "a: ventetid",
                    "-: ventetid 1",
                    "-: ventetid 2",
                    "-: ventetid 3",
                ],
            ),
            ("one cue for and one against", format!("{TOML}{against}"), &["a: ventetid", "b: fordom"]),
            (
                "three in ten have both",
                TOML.to_owned(),
                &[
                    "a,b: ventetid og fordom 1",
                    "a,b: ventetid og fordom 2",
                    "a,b: ventetid og fordom 3",
                    "a: ventetid 4",
                    "a: ventetid 5",
                    "a: ventetid 6",
                    "a: ventetid 7",
                    "a: ventetid 8",
                    "a: ventetid 9",
                    "a: ventetid 10",
                    "b: fordom 1",
                    "b: fordom 2",
                    "b: fordom 3",
                    "b: fordom 4",
                    "b: fordom 5",
                    "b: fordom 6",
                    "b: fordom 7",
                ],
            ),
        ] {
            assert_eq!(found(&toml, examples), [], "{name}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_stay_on_a_line() {
        let text = format!("ventetid\n{}", "å".repeat(100));
        let finding = in_toml(FindingKind::SilentCue, &Codebook::parse(TOML).unwrap().codes[0], None, 1, &text);
        let message = finding.to_string();
        assert!(message.contains(&format!("\"ventetid {} ...\"", "å".repeat(SHOWN - 9))), "{message}");
        assert!(!message.contains('\n'));
    }

    /// The anchors of the bundled codebook that its coder gets wrong as it stands: no more, and none that it has learned since.
    const LOST: [&str; 1] = ["Psykisk helse må inn på timeplanen på ungdomsskolen."];

    #[test]
    fn the_bundled_codebook_contradicts_itself_nowhere_else() {
        let codebook = Codebook::summit_2017();
        assert_eq!(coded_twice(&codebook), []);
        let coder = Coder::new(&codebook);
        assert_eq!(near_misses(&codebook, &coder), []);
        let lost: Vec<String> = lost_anchors(&codebook, &coder).into_iter().map(|finding| finding.text).collect();
        assert_eq!(lost, LOST);
    }
}
