//! The report's texts in its languages, from `data/report/`.

use serde::Deserialize;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Bokmål.
    #[default]
    Bokmal,
    /// Nynorsk.
    Nynorsk,
    /// English.
    English,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub title: String,
    pub rationale: String,
    pub method: String,
    pub numbers: String,
    pub unread: String,
    pub table: String,
    pub support: String,
    pub support_points: String,
    pub themes: String,
    pub table_word: String,
    pub question_word: String,
    pub uncoded: String,
    pub uncertain: String,
    pub uncertain_note: String,
    pub mended: String,
    pub mended_note: String,
    pub none: String,
    pub no_code: String,
    pub decisions: String,
    pub decided: String,
    pub decided_mark: String,
    pub own_wording: String,
    pub agreement: String,
    pub decision_problems: String,
    pub problem_not_found: String,
    pub problem_contradiction: String,
    pub problem_unknown_code: String,
    pub row_word: String,
    pub caveat_title: String,
    pub caveat: String,
    pub made: String,
    pub position: PositionTexts,
    pub privacy: PrivacyTexts,
}

/// What is said of personal data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrivacyTexts {
    pub title: String,
    pub note: String,
    pub row: String,
    pub more: String,
    pub name: String,
    pub national_id: String,
    pub phone: String,
    pub mail: String,
    pub address: String,
    pub account: String,
    pub birth: String,
    pub handle: String,
    pub plate: String,
}

/// Where a point stands in its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PositionTexts {
    pub paragraph: String,
    pub page: String,
    pub cell: String,
    pub footnote: String,
    pub comment: String,
    pub margin: String,
}

impl Texts {
    pub fn of(language: Language) -> Texts {
        let text = match language {
            Language::Bokmal => include_str!("../../data/report/nb.toml"),
            Language::Nynorsk => include_str!("../../data/report/nn.toml"),
            Language::English => include_str!("../../data/report/en.toml"),
        };
        toml::from_str(text).expect("the embedded texts are read by a test")
    }
}

/// A text with its `{name}`s filled in.
pub(super) fn fill(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_whole() {
        for language in [Language::Bokmal, Language::Nynorsk, Language::English] {
            let texts = Texts::of(language);
            assert!(texts.support.contains("{tables}") && texts.support.contains("{all}"), "{language:?}");
            assert!(texts.numbers.contains("{points}") && texts.method.contains("{codebook}"), "{language:?}");
        }
    }
}
