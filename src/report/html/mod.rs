//! The report as one HTML file that needs nothing else: no network, and no script to be read.

mod appendix;
mod charts;
mod escape;
mod quotes;
mod recommendations;
mod review;
mod svg;
#[cfg(test)]
mod tests;
mod themes;

use super::Report;
use super::content::Content;
use super::privacy::{Findings, findings};
use super::texts::Language;
use crate::notes::ids;
use escape::{anchor, base64, plain};
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Formatter};

const STYLE: &str = include_str!("../../../data/report/report.css");
const SCRIPT: &str = include_str!("../../../data/report/report.js");

/// A [`Report`] that displays as an HTML file.
#[derive(Debug)]
pub struct Html<'a> {
    content: Content<'a>,
    /// The names of the points, by their order.
    point_ids: Vec<String>,
    /// The theme that each point is shown in.
    theme_of: Vec<Option<usize>>,
    personal_data: Option<Findings>,
}

/// A section of the page.
struct Section<'a> {
    id: &'static str,
    title: String,
    body: fn(&Html<'a>, &mut Formatter<'_>) -> fmt::Result,
}

impl<'a> Html<'a> {
    pub(super) fn new(report: Report<'a>, language: Language) -> Html<'a> {
        let content = Content::new(report, language);
        let mut theme_of = vec![None; report.points.len()];
        for (at, theme) in report.themes.iter().enumerate().filter(|&(at, _)| content.theme_ids[at].is_some()) {
            theme.points.iter().for_each(|&point| theme_of[point] = Some(at));
        }
        Html {
            content,
            point_ids: ids(&report.folder.documents, report.points),
            theme_of,
            personal_data: findings(report.folder, language),
        }
    }

    /// The sections that have something to say, in order.
    fn sections(&self) -> Vec<Section<'a>> {
        let (texts, report) = (&self.content.texts, &self.content.report);
        let mut sections = Vec::new();
        let mut add = |is_there: bool, id, title: &str, body: fn(&Html<'a>, &mut Formatter<'_>) -> fmt::Result| {
            if is_there {
                sections.push(Section { id, title: title.to_owned(), body });
            }
        };
        add(true, "recommendations", &texts.table, Html::recommendations);
        add(!report.points.is_empty(), "charts", &texts.html.charts, Html::charts);
        add(true, "themes", &texts.themes, Html::themes);
        add(true, "uncoded", &texts.uncoded, Html::uncoded);
        add(true, "review", &texts.uncertain, Html::review);
        add(report.points.iter().any(|point| point.mended.is_some()), "mended", &texts.mended, Html::mended);
        add(!report.folder.problems.is_empty(), "unread", &texts.unread, Html::unread);
        add(report.decisions.is_some(), "decisions", &texts.decisions, Html::decisions);
        add(self.personal_data.is_some(), "personal-data", &texts.privacy.title, Html::personal_data_seen);
        add(true, "method", &texts.rationale, Html::method);
        add(true, "codebook", &texts.html.codebook, Html::codebook);
        add(true, "caveat", &texts.caveat_title, Html::caveat);
        sections
    }

    fn head(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let lang = match self.content.language {
            Language::Bokmal => "nb",
            Language::Nynorsk => "nn",
            Language::English => "en",
        };
        let script = base64(&Sha256::digest(SCRIPT));
        writeln!(f, "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(
            f,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             script-src 'sha256-{script}'; img-src data:; base-uri 'none'; form-action 'none'\">"
        )?;
        writeln!(f, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(f, "<meta name=\"generator\" content=\"kodebok {}\">", env!("CARGO_PKG_VERSION"))?;
        writeln!(f, "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>", plain(self.title()))?;
        writeln!(f, "<style>\n{STYLE}</style>\n</head>")
    }

    /// The study's title.
    fn title(&self) -> &str {
        let title = self.content.name(&self.content.report.codebook.title);
        if title.is_empty() { &self.content.texts.title } else { title }
    }

    fn banner(&self, f: &mut Formatter<'_>, sections: &[Section<'_>]) -> fmt::Result {
        let texts = &self.content.texts;
        writeln!(f, "<a class=\"skip\" href=\"#main\">{}</a>", plain(&texts.html.skip))?;
        writeln!(f, "<header>\n<p class=\"eyebrow\">{}</p>", plain(&texts.html.eyebrow))?;
        writeln!(f, "<h1>{}</h1>\n<p class=\"lead\">{}</p>", plain(self.title()), plain(&self.content.numbers()))?;
        writeln!(f, "</header>\n<nav aria-label=\"{}\">\n<ul>", plain(&texts.html.contents))?;
        for section in sections {
            writeln!(f, "<li><a href=\"#{}\">{}</a></li>", section.id, plain(&section.title))?;
        }
        writeln!(f, "</ul>\n</nav>")
    }
}

impl Display for Html<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sections = self.sections();
        self.head(f)?;
        writeln!(f, "<body>")?;
        self.banner(f, &sections)?;
        writeln!(f, "<main id=\"main\" tabindex=\"-1\">")?;
        for Section { id, title, body } in &sections {
            writeln!(f, "<section id=\"{id}\" aria-labelledby=\"{id}-title\">")?;
            writeln!(f, "<h2 id=\"{id}-title\">{}</h2>", plain(title))?;
            body(self, f)?;
            writeln!(f, "</section>")?;
        }
        writeln!(f, "</main>\n<footer>\n<p>{}</p>\n</footer>", plain(&self.content.made()))?;
        writeln!(f, "<script>{SCRIPT}</script>\n</body>\n</html>")
    }
}

impl Html<'_> {
    /// The anchor of a theme; of one that isn't named, none.
    fn theme_anchor(&self, theme: usize) -> Option<String> {
        Some(format!("theme-{}", anchor(self.content.theme_ids[theme].as_deref()?)))
    }

    /// The class by which the page tells codes apart, beside their names.
    fn hue(code: Option<usize>) -> String {
        code.map_or_else(|| "none".to_owned(), |code| format!("k{}", code % 8))
    }
}
