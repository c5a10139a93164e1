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
pub(crate) struct Texts {
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
    pub draft_mark: String,
    pub minority_mark: String,
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
    pub html: HtmlTexts,
    pub cross: CrossTexts,
}

/// What is said of cross tables.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CrossTexts {
    pub all: String,
    pub chi_square: String,
    pub few_expected: String,
}

/// What only the HTML file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HtmlTexts {
    pub skip: String,
    pub eyebrow: String,
    pub contents: String,
    pub charts: String,
    pub codebook: String,
    pub table_note: String,
    pub table_caption: String,
    pub minority_row: String,
    pub quote: String,
    pub quotes: String,
    pub other_quotes: String,
    pub more_quotes: String,
    pub typical: String,
    pub differing: String,
    pub keywords: String,
    pub questions: String,
    pub speakers: String,
    pub marks: String,
    pub mark_weak: String,
    pub mark_middle: String,
    pub mark_strong: String,
    pub carried: String,
    pub filter: String,
    pub filter_text: String,
    pub filter_all: String,
    pub filter_clear: String,
    pub filter_count: String,
    pub code_word: String,
    pub theme_word: String,
    pub table_heading: String,
    pub question_heading: String,
    pub tables: String,
    pub points: String,
    pub probability: String,
    pub file: String,
    pub uncoded_note: String,
    pub not_shown: String,
    pub chart_hidden: String,
    pub numbers_table: String,
    pub method_more: String,
    pub settings: String,
    pub settings_caption: String,
    pub program: String,
    pub hash: String,
    pub code_count: String,
    pub example_count: String,
    pub decision_count: String,
    pub uncertain_limit: String,
    pub margin: String,
    pub documents: String,
    pub documents_caption: String,
    pub include: String,
    pub exclude: String,
    pub anchors: String,
    pub by_table: ChartTexts,
    pub by_support: ChartTexts,
    pub by_question: ChartTexts,
    pub together: ChartTexts,
    pub sureness: ChartTexts,
}

/// A chart's name, and what it shows in a sentence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChartTexts {
    pub title: String,
    pub note: String,
}

/// What is said of personal data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrivacyTexts {
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
pub(crate) struct PositionTexts {
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
pub(crate) fn fill(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
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
