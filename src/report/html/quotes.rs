//! Quotes, with the words marked that carried their coding.

use super::super::texts::{Language, fill};
use super::Html;
use super::escape::plain;
use crate::coding::{Assigned, Coding};
use crate::notes::Point;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// Words that carried a code, in a point's text as it was noted.
struct Carried {
    span: Range<usize>,
    code: usize,
    /// Their part of what carried the code, 0 to 1.
    share: f32,
    /// Their part of what the strongest words of the code carried, 0 to 1.
    strength: f32,
}

impl Html<'_> {
    /// A point as an item of a list that others can link to, with `tag` before it.
    pub(super) fn quote(&self, f: &mut Formatter<'_>, at: usize, tag: Option<&str>) -> fmt::Result {
        let point = &self.content.report.points[at];
        write!(f, "<li class=\"quote\" id=\"p-{}\"", self.point_ids[at])?;
        let codes: Vec<&str> = self.coding(at).codes.iter().map(|code| self.code_id(code.code)).collect();
        let codes = if codes.is_empty() { "-".to_owned() } else { codes.join(" ") };
        for (name, value) in [("table", point.table), ("question", point.question), ("codes", Some(codes.as_str()))] {
            if let Some(value) = value {
                write!(f, " data-{name}=\"{}\"", plain(value))?;
            }
        }
        write!(f, ">\n<p>")?;
        if let Some(tag) = tag {
            write!(f, "<span class=\"tag\">{}</span> ", plain(tag))?;
        }
        self.said(f, at)?;
        write!(f, "</p>\n<p class=\"source\">{}", plain(&self.content.place(point)))?;
        self.codes(f, at)?;
        self.decided_mark(f, at)?;
        writeln!(f, "</p>\n</li>")
    }

    /// What was noted, and who said it.
    pub(super) fn said(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let point = &self.content.report.points[at];
        if let Some(speaker) = point.speaker {
            write!(f, "<span class=\"speaker\">{}:</span> ", plain(speaker))?;
        }
        write!(f, "<q{}>", self.quote_lang())?;
        self.marked(f, point, self.coding(at))?;
        write!(f, "</q>")
    }

    /// The codes of a point with how sure they are, or that it has none.
    fn codes(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let code = |code: &Assigned| format!("{} {:.0} %", self.content.outcome(Some(code.code)), code.score * 100.0);
        let codes = self.coding(at).codes.iter().map(code).collect::<Vec<_>>().join(", ");
        let shown = if codes.is_empty() { self.content.outcome(None) } else { &codes };
        write!(f, " · <span class=\"codes\">{}</span>", plain(shown))
    }

    /// That a person decided on a point, with the note.
    pub(super) fn decided_mark(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let Some(decided) = self.content.report.decided(at) else { return Ok(()) };
        write!(f, " · <strong class=\"decided\">{}</strong>", plain(&self.content.texts.decided_mark))?;
        match &decided.note {
            Some(note) => write!(f, " <span class=\"note\">{}</span>", plain(note)),
            None => Ok(()),
        }
    }

    /// A point's text with a mark around each stretch that carried a code. Where stretches overlap they are cut into ones that
    /// don't, each with all that it carried.
    fn marked(&self, f: &mut Formatter<'_>, point: &Point<'_>, coding: &Coding) -> fmt::Result {
        let carried = carried(point, coding);
        let mut cuts: Vec<usize> = carried.iter().flat_map(|part| [part.span.start, part.span.end]).collect();
        cuts.extend([0, point.text.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let text = plain(&point.text[pair[0]..pair[1]]);
            let over: Vec<&Carried> =
                carried.iter().filter(|part| part.span.start <= pair[0] && pair[1] <= part.span.end).collect();
            let Some(strength) = over.iter().map(|part| part.strength).max_by(f32::total_cmp) else {
                write!(f, "{text}")?;
                continue;
            };
            // Thirds of what the strongest word carried.
            let class = if strength > 0.66 {
                3
            } else if strength > 0.33 {
                2
            } else {
                1
            };
            write!(f, "<mark class=\"m{class}\" title=\"{}\">{text}</mark>", plain(&self.reasons(&over)))?;
        }
        Ok(())
    }

    /// What a stretch carried: "Holdninger 46 %".
    fn reasons(&self, carried: &[&Carried]) -> String {
        let reason = |part: &&Carried| {
            let share = format!("{:.0}", part.share * 100.0);
            let values: [(&str, &dyn Display); 2] =
                [("share", &share), ("code", &self.content.outcome(Some(part.code)))];
            fill(&self.content.texts.html.carried, &values)
        };
        carried.iter().map(reason).collect::<Vec<_>>().join("; ")
    }

    pub(super) fn coding(&self, at: usize) -> &Coding {
        &self.content.report.codings[at]
    }

    fn code_id(&self, code: usize) -> &str {
        &self.content.report.codebook.codes[code].id
    }

    /// Says that a quote is Norwegian where the page is not.
    pub(super) fn quote_lang(&self) -> &'static str {
        if self.content.language == Language::English { " lang=\"no\"" } else { "" }
    }
}

/// What carried a point's codes. Places that the text lacks are left out.
fn carried(point: &Point<'_>, coding: &Coding) -> Vec<Carried> {
    let mut carried = Vec::new();
    for assigned in &coding.codes {
        let weights = || assigned.evidence.iter().map(|evidence| evidence.weight.max(0.0));
        let (sum, strongest) = (weights().sum::<f32>(), weights().fold(0.0, f32::max));
        for evidence in assigned.evidence.iter().filter(|evidence| evidence.weight > 0.0) {
            let span = point.in_text(evidence.span.clone());
            if point.text.get(span.clone()).is_some_and(|text| !text.is_empty()) {
                let (share, strength) = (evidence.weight / sum, evidence.weight / strongest);
                carried.push(Carried { span, code: assigned.code, share, strength });
            }
        }
    }
    carried
}
