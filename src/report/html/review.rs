//! What a person should look at: uncoded points, close calls, mended words, and files that could not be read.

use super::super::texts::fill;
use super::Html;
use super::escape::plain;
use std::fmt::{self, Formatter};

/// So many close calls are shown: about what one person reads in an hour.
const CLOSE_CALLS: usize = 200;

impl Html<'_> {
    pub(super) fn uncoded(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let texts = &self.content.texts;
        let uncoded = self.content.uncoded();
        if uncoded.is_empty() {
            return writeln!(f, "<p>{}</p>", plain(&texts.none));
        }
        writeln!(f, "<p>{}</p>\n<ul class=\"quotes\">", plain(&texts.html.uncoded_note))?;
        for at in uncoded {
            match self.theme_of[at] {
                Some(_) => self.looked_at(f, at, None)?,
                None => self.looked_at(f, at, Some(&self.point_ids[at]))?,
            }
        }
        writeln!(f, "</ul>")
    }

    pub(super) fn review(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let texts = &self.content.texts;
        let uncertain = self.content.uncertain();
        if uncertain.is_empty() {
            return writeln!(f, "<p>{}</p>", plain(&texts.none));
        }
        writeln!(f, "<p>{}</p>\n<ol class=\"quotes\">", plain(&texts.uncertain_note))?;
        uncertain.iter().take(CLOSE_CALLS).try_for_each(|&at| self.looked_at(f, at, None))?;
        writeln!(f, "</ol>")?;
        match uncertain.len().saturating_sub(CLOSE_CALLS) {
            0 => Ok(()),
            more => writeln!(f, "<p>{}</p>", plain(&fill(&texts.html.not_shown, &[("count", &more)]))),
        }
    }

    /// A point with its two most probable outcomes and the words that spoke for either. `own_id` where it is shown here alone.
    fn looked_at(&self, f: &mut Formatter<'_>, at: usize, own_id: Option<&str>) -> fmt::Result {
        let point = &self.content.report.points[at];
        match own_id {
            Some(id) => write!(f, "<li class=\"quote\" id=\"p-{id}\">")?,
            None => write!(f, "<li class=\"quote\">")?,
        }
        write!(f, "\n<p>")?;
        self.said(f, at)?;
        write!(f, "</p>\n<p class=\"source\">{}", plain(&self.content.place(point)))?;
        let theme = self.theme_of[at].and_then(|theme| Some((theme, self.theme_anchor(theme)?)));
        if let Some((theme, anchor)) = theme {
            let id = self.content.theme_ids[theme].as_deref().unwrap_or_default();
            write!(f, " · <a href=\"#{anchor}\">{}</a>", plain(id))?;
        }
        self.decided_mark(f, at)?;
        write!(f, "</p>\n<p class=\"outcomes\"><strong>{}</strong>", plain(&self.content.outcomes(at)))?;
        let why = self.content.why(at);
        if !why.is_empty() {
            write!(f, " <span>{}</span>", plain(&why))?;
        }
        writeln!(f, "</p>\n</li>")
    }

    pub(super) fn mended(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "<p>{}</p>\n<ul>", plain(&self.content.texts.mended_note))?;
        for point in self.content.report.points {
            let Some(changes) = self.content.changes(point) else { continue };
            let place = self.content.place(point);
            writeln!(f, "<li>{} <span class=\"source\">{}</span></li>", plain(&changes), plain(&place))?;
        }
        writeln!(f, "</ul>")
    }

    pub(super) fn unread(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "<ul>")?;
        let mut problems = self.content.report.folder.problems.iter();
        problems.try_for_each(|problem| writeln!(f, "<li>{}</li>", plain(&problem.to_string())))?;
        writeln!(f, "</ul>")
    }
}
