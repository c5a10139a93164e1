//! How the report came about, so that it can stand as an appendix to a paper: decisions, personal data, method, codebook, caveat.

use super::super::content::UNCERTAIN;
use super::super::texts::fill;
use super::Html;
use super::escape::{anchor, plain};
use crate::codebook::Code;
use std::fmt::{self, Formatter};

impl Html<'_> {
    pub(super) fn decisions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        writeln!(f, "<p>{}</p>", plain(&content.decided().unwrap_or_default()))?;
        if let Some(agreement) = content.report.agreement {
            writeln!(f, "<p>{}</p>", plain(&content.agreement(agreement)))?;
        }
        let problems = content.report.decisions.map_or(&[][..], |decisions| &decisions.problems);
        if problems.is_empty() {
            return Ok(());
        }
        writeln!(f, "<p>{}</p>\n<ul>", plain(&texts.decision_problems))?;
        problems
            .iter()
            .try_for_each(|problem| writeln!(f, "<li>{}</li>", plain(&content.decision_problem(problem))))?;
        writeln!(f, "</ul>")
    }

    pub(super) fn personal_data_seen(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(found) = &self.personal_data else { return Ok(()) };
        writeln!(f, "<p>{}</p>\n<ul>", plain(&found.note))?;
        found.rows.iter().try_for_each(|row| writeln!(f, "<li>{}</li>", plain(row)))?;
        writeln!(f, "</ul>")
    }

    pub(super) fn method(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts.html);
        writeln!(f, "<p>{}</p>\n<p>{}</p>", plain(&content.method()), plain(&content.numbers()))?;
        writeln!(f, "<p>{}</p>", plain(&texts.method_more))?;
        let codebook = content.report.codebook;
        let decided = content.report.decisions.map_or(0, |decisions| decisions.decided());
        let margin = fill(&texts.margin, &[("points", &(UNCERTAIN * 100.0))]);
        let program = format!("kodebok {}", env!("CARGO_PKG_VERSION"));
        let codebook_name = format!("{} ({})", content.name(&codebook.title), codebook.id);
        let settings = [
            (&texts.program, program),
            (&texts.codebook, codebook_name),
            (&texts.hash, codebook.hash.clone()),
            (&texts.code_count, codebook.codes.len().to_string()),
            (&texts.example_count, codebook.examples.len().to_string()),
            (&texts.decision_count, decided.to_string()),
            (&texts.uncertain_limit, margin),
        ];
        writeln!(
            f,
            "<h3>{}</h3>\n<table class=\"data\">\n<caption>{}</caption>",
            plain(&texts.settings),
            plain(&texts.settings_caption)
        )?;
        for (name, value) in &settings {
            writeln!(f, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", plain(name), plain(value))?;
        }
        writeln!(f, "</table>")?;
        self.documents(f)
    }

    /// Which files the report rests on.
    fn documents(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (report, texts) = (&self.content.report, &self.content.texts.html);
        let mut counts = vec![0_usize; report.folder.documents.len()];
        report.points.iter().for_each(|point| counts[point.document] += 1);
        let title = fill(&texts.documents, &[("count", &counts.len())]);
        writeln!(f, "<details>\n<summary>{}</summary>\n<table class=\"data\">", plain(&title))?;
        writeln!(f, "<caption>{}</caption>", plain(&texts.documents_caption))?;
        writeln!(
            f,
            "<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>",
            plain(&texts.file),
            plain(&texts.points)
        )?;
        for (document, count) in report.folder.documents.iter().zip(counts) {
            writeln!(f, "<tr><th scope=\"row\">{}</th><td>{count}</td></tr>", plain(&document.path))?;
        }
        writeln!(f, "</tbody>\n</table>\n</details>")
    }

    pub(super) fn codebook(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.content.report.codebook.codes.iter().enumerate().try_for_each(|(at, code)| self.code(f, at, code))
    }

    fn code(&self, f: &mut Formatter<'_>, at: usize, code: &Code) -> fmt::Result {
        let texts = &self.content.texts.html;
        let (hue, id) = (Html::hue(Some(at)), anchor(&code.id));
        writeln!(f, "<article id=\"code-{id}\" class=\"code {hue}\">\n<h3>{}", plain(self.content.name(&code.label)))?;
        writeln!(f, "<span class=\"id\">{}</span></h3>", plain(&code.id))?;
        if !code.definition.is_empty() {
            writeln!(f, "<p>{}</p>", plain(&code.definition))?;
        }
        let anchors: Vec<&str> = code.anchors.iter().map(|sample| sample.text.as_str()).collect();
        let include: Vec<&str> = code.include.iter().map(String::as_str).collect();
        let exclude: Vec<&str> = code.exclude.iter().map(String::as_str).collect();
        for (title, items) in [(&texts.include, include), (&texts.exclude, exclude), (&texts.anchors, anchors)] {
            if items.is_empty() {
                continue;
            }
            writeln!(f, "<h4>{}</h4>\n<ul>", plain(title))?;
            items.into_iter().try_for_each(|item| writeln!(f, "<li>{}</li>", plain(item)))?;
            writeln!(f, "</ul>")?;
        }
        writeln!(f, "</article>")
    }

    pub(super) fn caveat(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "<p>{}</p>\n<p>{}</p>", plain(&self.content.texts.caveat), plain(&self.content.made()))
    }
}
