//! LIWC's dictionaries: numbered categories between two `%`, then a term a line with the numbers of its categories.

use super::{Dictionary, Entry, Term, one_line};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::{Carried, Notice, composed_text};
use std::collections::BTreeMap;

impl Dictionary {
    /// A dictionary from the bytes of a `.dic` file. Tabs before a category's number say below which it is.
    ///
    /// Terms that count under conditions only, as `(of)` and `<of>` say it, are listed and left out.
    ///
    /// # Errors
    ///
    /// Where the categories do not stand between two lines with `%`: [`ErrorKind::Exchange`] with the line.
    pub fn from_liwc(bytes: &[u8]) -> Result<Carried<Dictionary>> {
        let text = composed_text(bytes)?;
        let mut lines =
            text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty());
        let wrong = |line: usize| {
            let error = Error::new(ErrorKind::Exchange, "no LIWC dictionary").at(Place::LineColumn(line, 1));
            error.advise("its categories stand between two lines with % alone")
        };
        if lines.next().is_none_or(|(_, line)| line.trim() != "%") {
            return Err(wrong(1));
        }
        let mut categories: Vec<(String, usize, Entry)> = Vec::new();
        let mut notices = Vec::new();
        loop {
            let Some((number, line)) = lines.next() else { return Err(wrong(text.lines().count())) };
            if line.trim() == "%" {
                break;
            }
            let body = line.trim_start_matches('\t');
            let Some((id, name)) = body.trim().split_once(char::is_whitespace) else {
                return Err(wrong(number).on(line));
            };
            if categories.iter().any(|(known, ..)| known == id) {
                notices.push(
                    Notice::new("a number given twice, of which the first counts", body)
                        .at(Place::LineColumn(number, 1)),
                );
                continue;
            }
            let entry = Entry { name: one_line(name), ..Entry::default() };
            categories.push((id.to_owned(), line.len() - body.len(), entry));
        }
        for (number, line) in lines {
            let mut notice =
                |message: &str| notices.push(Notice::new(message, line.trim()).at(Place::LineColumn(number, 1)));
            let parted = line.trim().split_once('\t').or_else(|| line.trim().split_once(char::is_whitespace));
            let Some((term, ids)) = parted else {
                notice("a term without a category");
                continue;
            };
            if term.contains(['<', '>', '(', ')']) || ids.contains(['<', '>', '(', ')']) {
                notice("a term that counts under conditions is not kept");
                continue;
            }
            let term = Term::new(term);
            for id in ids.split_whitespace() {
                match categories.iter_mut().find(|(known, ..)| known == id) {
                    Some((_, _, entry)) if entry.terms.contains(&term) => notice("a term that is there already"),
                    Some((_, _, entry)) => entry.terms.push(term.clone()),
                    None => notice("a category that is not there"),
                }
            }
        }
        let flat = categories.into_iter().map(|(_, depth, entry)| (depth, entry)).collect();
        Ok(Carried { value: Dictionary { entries: super::nest(flat) }, notices })
    }

    /// The dictionary as a `.dic` file: categories numbered from 1, terms in the order of the alphabet.
    ///
    /// LIWC knows `*` at a term's end alone, and no weights: other terms are listed and left out, weights are listed.
    #[must_use]
    pub fn to_liwc(&self) -> Carried<String> {
        let mut out = "%\n".to_owned();
        let mut terms: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut notices = Vec::new();
        for (at, (entry, depth)) in self.walk().into_iter().enumerate() {
            let id = (at + 1).to_string();
            out += &format!("{}{id}\t{}\n", "\t".repeat(depth), entry.name);
            for term in &entry.terms {
                let subject = || format!("{}: {}", entry.name, term.text);
                let bare = term.text.strip_suffix('*').unwrap_or(&term.text);
                if bare.is_empty() || bare.ends_with(' ') || bare.contains(['*', '?', '<', '>', '(', ')', '%']) {
                    notices.push(Notice::new("a term that LIWC can't express", subject()));
                    continue;
                }
                if term.weight != 1.0 {
                    notices.push(Notice::new(
                        "a weight is not in a LIWC dictionary",
                        format!("{} ({})", subject(), term.weight),
                    ));
                }
                terms.entry(&term.text).or_default().push(id.clone());
            }
        }
        out += "%\n";
        terms.into_iter().for_each(|(term, ids)| out += &format!("{term}\t{}\n", ids.join("\t")));
        Carried { value: out, notices }
    }
}
