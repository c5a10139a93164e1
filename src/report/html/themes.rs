//! The themes, each with what it says of itself and all its quotes.

use super::super::texts::fill;
use super::Html;
use super::escape::plain;
use crate::themes::Theme;
use std::collections::BTreeSet;
use std::fmt::{self, Formatter};

impl Html<'_> {
    pub(super) fn themes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        writeln!(f, "<p class=\"legend\">{}", plain(&texts.html.marks))?;
        for (class, text) in
            [("m1", &texts.html.mark_weak), ("m2", &texts.html.mark_middle), ("m3", &texts.html.mark_strong)]
        {
            write!(f, " <mark class=\"{class}\">{}</mark>", plain(text))?;
        }
        writeln!(f, "</p>")?;
        self.filter(f)?;
        let mut code = None;
        for (at, theme) in content.report.themes.iter().enumerate().filter(|&(at, _)| content.theme_ids[at].is_some()) {
            if code.replace(theme.code) != Some(theme.code) {
                let label = plain(content.heading(theme.code));
                writeln!(f, "<h3 class=\"{}\">{label}</h3>", Html::hue(theme.code))?;
            }
            self.theme(f, at, theme)?;
        }
        if code.is_none() {
            writeln!(f, "<p>{}</p>", plain(&texts.none))?;
        }
        Ok(())
    }

    fn theme(&self, f: &mut Formatter<'_>, at: usize, theme: &Theme) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        let anchor = self.theme_anchor(at).unwrap_or_default();
        let id = content.theme_ids[at].as_deref().unwrap_or_default();
        writeln!(f, "<article id=\"{anchor}\" class=\"theme {}\">", Html::hue(theme.code))?;
        writeln!(f, "<h4>{}</h4>", plain(&content.label(at)))?;
        write!(
            f,
            "<p class=\"support\">{} {}, {}",
            self.meter(at),
            plain(&content.support(theme)),
            plain(&content.points_of(theme))
        )?;
        self.minority_mark(f, at)?;
        writeln!(f, " <span class=\"id\">{}</span></p>", plain(id))?;
        let decided = content.decided_theme(at);
        if let Some(decided) = decided {
            write!(f, "<p><strong class=\"decided\">{}</strong>", plain(&texts.decided_mark))?;
            if let Some(note) = &decided.note {
                write!(f, " <span class=\"note\">{}</span>", plain(note))?;
            }
            writeln!(f, "</p>")?;
        }
        if theme.points.len() > 1 || content.wording(at).is_own {
            self.wording(f, at)?;
        }
        self.facts(f, at)?;
        self.theme_quotes(f, at, theme)?;
        writeln!(f, "</article>")
    }

    /// Keywords, questions and who said it, as far as they say more than the quotes do.
    fn facts(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let (profile, texts) = (&self.content.profiles[at], &self.content.texts.html);
        let keywords = profile.keywords.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(", ");
        let speakers = profile.speakers.iter().map(|(who, count)| format!("{who} ({count})"));
        let speakers = speakers.collect::<Vec<_>>().join(", ");
        let is_alone = self.content.report.themes[at].points.len() == 1;
        let keywords = if is_alone { String::new() } else { keywords };
        let facts = [
            (&texts.keywords, keywords),
            (&texts.questions, profile.questions.join(", ")),
            (&texts.speakers, speakers),
        ];
        if facts.iter().all(|(_, fact)| fact.is_empty()) {
            return Ok(());
        }
        writeln!(f, "<dl>")?;
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            writeln!(f, "<div><dt>{}</dt><dd>{}</dd></div>", plain(name), plain(fact))?;
        }
        writeln!(f, "</dl>")
    }

    /// The quote that stands for the theme, those that differ most from it, and the others behind a line that opens them.
    fn theme_quotes(&self, f: &mut Formatter<'_>, at: usize, theme: &Theme) -> fmt::Result {
        let texts = &self.content.texts.html;
        let differing = &self.content.profiles[at].differing;
        let is_alone = theme.points.len() == 1;
        writeln!(f, "<ul class=\"quotes\">")?;
        self.quote(f, theme.representative, (!is_alone).then_some(texts.typical.as_str()))?;
        differing.iter().try_for_each(|&point| self.quote(f, point, Some(&texts.differing)))?;
        writeln!(f, "</ul>")?;
        let shown = |point: &&usize| **point == theme.representative || differing.contains(*point);
        let others: Vec<usize> = theme.points.iter().filter(|point| !shown(point)).copied().collect();
        if others.is_empty() {
            return Ok(());
        }
        let count = fill(&texts.other_quotes, &[("count", &others.len())]);
        writeln!(f, "<details>\n<summary>{}</summary>\n<ul class=\"quotes\">", plain(&count))?;
        others.into_iter().try_for_each(|point| self.quote(f, point, None))?;
        writeln!(f, "</ul>\n</details>")
    }

    /// Fields that a script shows and acts on; without scripts they stay hidden.
    fn filter(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        writeln!(f, "<form id=\"filter\" role=\"search\" aria-label=\"{}\" hidden>", plain(&texts.html.filter))?;
        let label = plain(&texts.html.filter_text);
        writeln!(f, "<label>{label} <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>")?;
        let codes = content.report.codebook.codes.iter().map(|code| (code.id.as_str(), content.name(&code.label)));
        let codes: Vec<(&str, &str)> = codes.chain([("-", texts.no_code.as_str())]).collect();
        self.select(f, "codes", &texts.html.code_word, &codes)?;
        let points = content.report.points.iter();
        let tables: BTreeSet<Ordered<'_>> = points.clone().filter_map(|point| point.table.map(Ordered)).collect();
        let questions: BTreeSet<Ordered<'_>> = points.filter_map(|point| point.question.map(Ordered)).collect();
        for (name, label, names) in
            [("table", &texts.html.table_heading, tables), ("question", &texts.html.question_heading, questions)]
        {
            self.select(f, name, label, &names.into_iter().map(|name| (name.0, name.0)).collect::<Vec<_>>())?;
        }
        writeln!(f, "<button type=\"reset\">{}</button>", plain(&texts.html.filter_clear))?;
        writeln!(f, "<output data-count=\"{}\"></output>\n</form>", plain(&texts.html.filter_count))
    }

    /// A choice among values, each with the text that is shown; nothing where there is nothing to choose.
    fn select(&self, f: &mut Formatter<'_>, name: &str, label: &str, options: &[(&str, &str)]) -> fmt::Result {
        if options.len() < 2 {
            return Ok(());
        }
        writeln!(f, "<label>{} <select name=\"{name}\">", plain(label))?;
        writeln!(f, "<option value=\"\">{}</option>", plain(&self.content.texts.html.filter_all))?;
        for (value, shown) in options {
            writeln!(f, "<option value=\"{}\">{}</option>", plain(value), plain(shown))?;
        }
        writeln!(f, "</select></label>")
    }
}

/// A name of a table or a question, ordered by its number where it is one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ordered<'n>(pub &'n str);

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |name: &'_ str| name.parse::<u32>().unwrap_or(u32::MAX);
        (key(self.0), self.0).cmp(&(key(other.0), other.0))
    }
}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
