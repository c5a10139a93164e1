//! Charts as inline SVG: heat maps, bars and columns. Sizes are in user units, of which a page shows one a pixel or less.

use super::escape::plain;
use std::fmt::{self, Formatter, Write};

/// The width of every chart.
const WIDTH: f64 = 720.0;

/// Letters of 14 units are so wide on average; 7.2 was measured for Norwegian in Chromium's sans-serif.
const LETTER: f64 = 7.4;

/// What is around every chart: its name, and what it shows in a sentence.
pub(super) struct Frame<'t> {
    pub id: &'t str,
    pub title: &'t str,
    pub description: &'t str,
}

/// A square of a heat map.
pub(super) struct Square {
    pub text: String,
    /// How dark it is, 0 to 1; `None` for a square that stands apart from the others.
    pub shade: Option<f64>,
}

/// A bar with what it is of.
pub(super) struct Bar {
    pub label: String,
    pub value: f64,
    /// What stands at its end.
    pub text: String,
    pub class: String,
}

/// Rows of squares, each with a label at its left.
pub(super) fn heat_map(
    f: &mut Formatter<'_>,
    frame: &Frame<'_>,
    columns: &[&str],
    rows: &[(String, Vec<Square>)],
) -> fmt::Result {
    const ROW: f64 = 28.0;
    let longest = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) as f64;
    let left = (longest * LETTER + 16.0).clamp(60.0, 240.0);
    let column = ((WIDTH - left) / columns.len().max(1) as f64).min(130.0);
    let headings: Vec<Vec<String>> = columns.iter().map(|name| wrapped(name, letters(column - 8.0))).collect();
    let lines = headings.iter().map(Vec::len).max().unwrap_or(0);
    let top = lines as f64 * 17.0 + 10.0;
    open(f, frame, left + column * columns.len() as f64, top + ROW * rows.len() as f64)?;
    for (at, heading) in headings.iter().enumerate() {
        let x = left + column * (at as f64 + 0.5);
        for (line, text) in heading.iter().enumerate() {
            let y = top - 8.0 - (heading.len() - 1 - line) as f64 * 17.0;
            writeln!(f, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"middle\">{}</text>", plain(text))?;
        }
    }
    for (at, (label, squares)) in rows.iter().enumerate() {
        let y = top + ROW * at as f64;
        let middle = y + ROW / 2.0 + 5.0;
        label_before(f, left - 10.0, middle, label)?;
        for (at, square) in squares.iter().enumerate() {
            let x = left + column * at as f64;
            let shade =
                square.shade.map_or("apart".to_owned(), |shade| format!("h{:.0}", (shade * 6.0).clamp(0.0, 6.0)));
            let (width, height, center) = (column - 2.0, ROW - 2.0, x + column / 2.0 - 1.0);
            writeln!(
                f,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" class=\"{shade}\"/>"
            )?;
            writeln!(
                f,
                "<text x=\"{center:.1}\" y=\"{:.1}\" class=\"middle on-{shade}\">{}</text>",
                middle - 1.0,
                plain(&square.text)
            )?;
        }
    }
    writeln!(f, "</svg>")
}

/// Bars that lie, each with its label at its left and its value at its end.
pub(super) fn bars(f: &mut Formatter<'_>, frame: &Frame<'_>, bars: &[Bar]) -> fmt::Result {
    const ROW: f64 = 26.0;
    const LEFT: f64 = 320.0;
    let longest = bars.iter().map(|bar| bar.text.chars().count()).max().unwrap_or(0) as f64;
    let most = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let unit = (WIDTH - LEFT - longest * LETTER - 12.0).max(60.0) / most;
    open(f, frame, WIDTH, ROW * bars.len() as f64 + 4.0)?;
    for (at, bar) in bars.iter().enumerate() {
        let (y, width) = (2.0 + ROW * at as f64, bar.value * unit);
        label_before(f, LEFT - 10.0, y + 17.0, &bar.label)?;
        writeln!(
            f,
            "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" class=\"{}\"/>",
            ROW - 6.0,
            bar.class
        )?;
        writeln!(f, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", LEFT + width + 8.0, y + 16.0, plain(&bar.text))?;
    }
    writeln!(f, "</svg>")
}

/// Columns that stand side by side, as of a histogram, each with its label below and its value above.
pub(super) fn columns(f: &mut Formatter<'_>, frame: &Frame<'_>, columns: &[Bar]) -> fmt::Result {
    const HEIGHT: f64 = 200.0;
    const TOP: f64 = 22.0;
    let width = WIDTH / columns.len().max(1) as f64;
    let most = columns.iter().map(|column| column.value).fold(f64::MIN_POSITIVE, f64::max);
    let floor = TOP + HEIGHT;
    open(f, frame, WIDTH, floor + 26.0)?;
    for (at, column) in columns.iter().enumerate() {
        let (x, height) = (width * at as f64, column.value / most * HEIGHT);
        let center = x + width / 2.0;
        let (y, above) = (floor - height, floor - height - 7.0);
        writeln!(
            f,
            "<rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\" class=\"{}\"/>",
            x + 1.0,
            width - 2.0,
            column.class
        )?;
        writeln!(f, "<text x=\"{center:.1}\" y=\"{above:.1}\" class=\"middle\">{}</text>", plain(&column.text))?;
        writeln!(
            f,
            "<text x=\"{center:.1}\" y=\"{:.1}\" class=\"middle\">{}</text>",
            floor + 18.0,
            plain(&column.label)
        )?;
    }
    writeln!(f, "<path d=\"M0 {floor}H{WIDTH}\" class=\"axis\"/>\n</svg>")
}

/// A chart is one picture to who can't see it: its name, what it shows, and the table that follows it.
fn open(f: &mut Formatter<'_>, frame: &Frame<'_>, width: f64, height: f64) -> fmt::Result {
    let Frame { id, title, description } = frame;
    writeln!(
        f,
        "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>",
        plain(title),
        plain(description)
    )
}

/// A label that ends at a place, cut where it would not fit, and whole when pointed at.
fn label_before(f: &mut Formatter<'_>, x: f64, y: f64, label: &str) -> fmt::Result {
    let shown = cut(label, letters(x));
    write!(f, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"end\">{}", plain(&shown))?;
    if shown != label {
        write!(f, "<title>{}</title>", plain(label))?;
    }
    writeln!(f, "</text>")
}

/// How many letters fit in a width.
fn letters(width: f64) -> usize {
    (width / LETTER).max(1.0) as usize
}

/// A text of so many letters at most; one that is cut ends in dots.
fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let mut shown: String = text.chars().take(letters.saturating_sub(1)).collect();
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

/// A text in three lines at most, broken between words.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_full = lines.len() == 3;
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                let _ = write!(line, " {word}");
            }
            Some(line) if is_full => {
                line.push('…');
                break;
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| cut(line, letters)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fit() {
        for (text, letters, expected) in
            [("Holdninger", 10, "Holdninger"), ("Holdninger og", 11, "Holdninger…"), ("å", 0, "…")]
        {
            assert_eq!(cut(text, letters), expected);
        }
        assert_eq!(wrapped("Lover og sentrale føringer", 14), ["Lover og", "sentrale", "føringer"]);
        assert_eq!(wrapped("a b c d e", 1), ["a", "b", "…"]);
    }
}
