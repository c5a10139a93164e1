//! What a page shows: its letters with their places, and the lines drawn on it.

use super::super::limit;
use super::font::Font;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::HashMap;

/// Forms may hold forms so deep.
const FORM_DEPTH: usize = 8;

/// A page may have so many drawing operations, those of its forms among them.
const OPERATIONS: usize = 2_000_000;

/// A letter on a page. Lengths are points, y grows upwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub x0: f32,
    pub x1: f32,
    pub y: f32,
    pub size: f32,
    pub c: char,
    pub is_bold: bool,
}

/// A straight line along an axis, from one end to the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

impl Rule {
    pub fn is_horizontal(&self) -> bool {
        self.x1 - self.x0 >= self.y1 - self.y0
    }
}

/// What a page shows.
#[derive(Default)]
pub(super) struct Page {
    pub glyphs: Vec<Glyph>,
    pub rules: Vec<Rule>,
    pub pictures: usize,
    /// Letters whose font does not say what they are.
    pub unknown: usize,
}

/// A transformation as PDF writes it.
type Matrix = [f32; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `then`.
fn times(first: &Matrix, then: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *first;
    let [g, h, i, j, k, l] = *then;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

fn apply(matrix: &Matrix, x: f32, y: f32) -> (f32, f32) {
    (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
}

/// A page's letters and lines; `most` bounds how many letters are taken.
pub(super) fn page(document: &Document, id: ObjectId, most: usize) -> lopdf::Result<Page> {
    let content = document.get_page_content_with_limit(id, limit::PDF_STREAM)?;
    let mut interpreter = Interpreter { document, page: Page::default(), operations: 0, most };
    let turn = rotation(document, id);
    let (own, inherited) = document.get_page_resources(id)?;
    let mut resources: Vec<&Dictionary> = own.into_iter().collect();
    resources.extend(inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok()));
    interpreter.content(&content, &resources, turn, 0);
    Ok(interpreter.page)
}

/// The turn that a page is shown with.
fn rotation(document: &Document, page: ObjectId) -> Matrix {
    let mut id = page;
    for _ in 0..16 {
        let Ok(dictionary) = document.get_dictionary(id) else { break };
        if let Ok(degrees) = dictionary.get_deref(b"Rotate", document).and_then(Object::as_i64) {
            return match degrees.rem_euclid(360) {
                90 => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
                180 => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
                270 => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
                _ => IDENTITY,
            };
        }
        match dictionary.get(b"Parent").and_then(Object::as_reference) {
            Ok(parent) => id = parent,
            Err(_) => break,
        }
    }
    IDENTITY
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Vec<u8>>,
    size: f32,
    letter_space: f32,
    word_space: f32,
    scale: f32,
    leading: f32,
    rise: f32,
}

struct Interpreter<'d> {
    document: &'d Document,
    page: Page,
    operations: usize,
    most: usize,
}

impl<'d> Interpreter<'d> {
    fn content(&mut self, content: &[u8], resources: &[&'d Dictionary], matrix: Matrix, depth: usize) {
        let Ok(content) = Content::decode(content) else { return };
        let mut fonts: HashMap<Vec<u8>, Font<'d>> = HashMap::new();
        let mut state = State {
            matrix,
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let mut stack: Vec<State> = Vec::new();
        let (mut line, mut text) = (IDENTITY, IDENTITY);
        let mut path = Path::default();
        for operation in &content.operations {
            self.operations += 1;
            if self.operations > OPERATIONS || self.page.glyphs.len() >= self.most {
                return;
            }
            let n = numbers(operation);
            match (operation.operator.as_str(), &n[..]) {
                ("q", _) if stack.len() < limit::DEPTH => stack.push(state.clone()),
                ("Q", _) => state = stack.pop().unwrap_or(state),
                ("cm", &[a, b, c, d, e, f]) => state.matrix = times(&[a, b, c, d, e, f], &state.matrix),
                ("BT", _) => (line, text) = (IDENTITY, IDENTITY),
                ("Tf", _) => {
                    state.font = operation.operands.first().and_then(|name| name.as_name().ok()).map(<[u8]>::to_vec);
                    state.size = n.last().copied().unwrap_or(1.0);
                    if let Some(name) = &state.font
                        && !fonts.contains_key(name)
                        && let Some(dictionary) = self.resource(resources, b"Font", name)
                    {
                        fonts.insert(name.clone(), Font::new(self.document, dictionary));
                    }
                }
                ("Tc", &[space]) => state.letter_space = space,
                ("Tw", &[space]) => state.word_space = space,
                ("Tz", &[percent]) => state.scale = percent / 100.0,
                ("TL", &[leading]) => state.leading = leading,
                ("Ts", &[rise]) => state.rise = rise,
                ("Td" | "TD", &[x, y]) => {
                    if operation.operator == "TD" {
                        state.leading = -y;
                    }
                    line = times(&[1.0, 0.0, 0.0, 1.0, x, y], &line);
                    text = line;
                }
                ("Tm", &[a, b, c, d, e, f]) => {
                    line = [a, b, c, d, e, f];
                    text = line;
                }
                ("T*", _) => {
                    line = times(&[1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], &line);
                    text = line;
                }
                ("'" | "\"", _) => {
                    if let &[word, letter] = &n[..] {
                        (state.word_space, state.letter_space) = (word, letter);
                    }
                    line = times(&[1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], &line);
                    text = line;
                    self.show(&operation.operands, &state, &mut fonts, &mut text);
                }
                ("Tj" | "TJ", _) => self.show(&operation.operands, &state, &mut fonts, &mut text),
                ("Do", _) => self.form(operation, resources, &state, depth),
                ("BI", _) => self.page.pictures += 1,
                (operator, numbers) => path.operation(operator, numbers, &state.matrix, &mut self.page.rules),
            }
        }
    }

    fn resource(&self, resources: &[&'d Dictionary], kind: &[u8], name: &[u8]) -> Option<&'d Dictionary> {
        resources.iter().find_map(|dictionary| {
            let all = dictionary.get_deref(kind, self.document).ok()?.as_dict().ok()?;
            all.get_deref(name, self.document).ok()?.as_dict().ok()
        })
    }

    /// Draws a picture or a form.
    fn form(&mut self, operation: &Operation, resources: &[&'d Dictionary], state: &State, depth: usize) {
        let Some(name) = operation.operands.first().and_then(|name| name.as_name().ok()) else { return };
        let stream = resources.iter().find_map(|dictionary| {
            let all = dictionary.get_deref(b"XObject", self.document).ok()?.as_dict().ok()?;
            all.get_deref(name, self.document).ok()?.as_stream().ok()
        });
        let Some(stream) = stream else { return };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            self.page.pictures += 1;
            return;
        }
        if depth >= FORM_DEPTH {
            return;
        }
        let Ok(content) = stream.get_plain_content_with_limit(limit::PDF_STREAM) else { return };
        let matrix = stream.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array).ok();
        let values: Vec<f32> = matrix.into_iter().flatten().filter_map(|value| value.as_float().ok()).collect();
        let own = <[f32; 6]>::try_from(values).unwrap_or(IDENTITY);
        let mut inner: Vec<&Dictionary> =
            stream.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok().into_iter().collect();
        inner.extend(resources);
        self.content(&content, &inner, times(&own, &state.matrix), depth + 1);
    }

    /// Shows strings, and moves by the numbers between them.
    fn show(&mut self, operands: &[Object], state: &State, fonts: &mut HashMap<Vec<u8>, Font<'d>>, text: &mut Matrix) {
        let Some(font) = state.font.as_ref().and_then(|name| fonts.get_mut(name)) else { return };
        let pieces = operands.iter().flat_map(|operand| match operand {
            Object::Array(pieces) => pieces.as_slice(),
            one => std::slice::from_ref(one),
        });
        for piece in pieces {
            match piece {
                Object::String(bytes, _) => {
                    for code in bytes.chunks(font.code_len) {
                        self.glyph(code, state, font, text);
                    }
                }
                other => {
                    if let Ok(thousandths) = other.as_float() {
                        let x = -thousandths / 1000.0 * state.size * state.scale;
                        *text = times(&[1.0, 0.0, 0.0, 1.0, x, 0.0], text);
                    }
                }
            }
        }
    }

    fn glyph(&mut self, code: &[u8], state: &State, font: &mut Font<'_>, text: &mut Matrix) {
        let shown = font.text(code).to_owned();
        let width = font.width(code, &shown) / 1000.0 * state.size;
        let is_space = code == b" ";
        let advance = (width + state.letter_space + if is_space { state.word_space } else { 0.0 }) * state.scale;
        let whole = times(text, &state.matrix);
        let (x0, y) = apply(&whole, 0.0, state.rise);
        let (x1, y1) = apply(&whole, width * state.scale, state.rise);
        let size = state.size.abs() * (whole[2].hypot(whole[3]));
        *text = times(&[1.0, 0.0, 0.0, 1.0, advance, 0.0], text);
        // Letters that stand on their side are stamps and margins, not notes.
        let is_level = (y1 - y).abs() <= (x1 - x0).abs() * 0.2 + 0.01 && x1 >= x0;
        let is_placed = x0.is_finite() && y.is_finite() && (0.1..1000.0).contains(&size);
        if !(is_level && is_placed) {
            return;
        }
        if shown.is_empty() {
            self.page.unknown += 1;
        }
        // A ligature is several letters with one place: they share it.
        let letters: Vec<char> = shown.chars().flat_map(unligatured).collect();
        let share = (x1 - x0) / letters.len().max(1) as f32;
        for (at, c) in letters.into_iter().enumerate() {
            let left = x0 + share * at as f32;
            self.page.glyphs.push(Glyph { x0: left, x1: left + share, y, size, c, is_bold: font.is_bold });
        }
    }
}

/// The letters that a ligature joins.
fn unligatured(c: char) -> impl Iterator<Item = char> {
    let letters = match c {
        '\u{FB00}' => "ff",
        '\u{FB01}' => "fi",
        '\u{FB02}' => "fl",
        '\u{FB03}' => "ffi",
        '\u{FB04}' => "ffl",
        '\u{FB05}' | '\u{FB06}' => "st",
        _ => "",
    };
    letters.chars().chain(Some(c).filter(|_| letters.is_empty()))
}

fn numbers(operation: &Operation) -> Vec<f32> {
    operation.operands.iter().filter_map(|operand| operand.as_float().ok()).collect()
}

/// A path while it is drawn: only its level and upright lines are kept.
#[derive(Default)]
struct Path {
    lines: Vec<Rule>,
    at: (f32, f32),
}

/// Rectangles up to this thickness are lines.
const THIN: f32 = 3.0;

/// A page may have so many lines.
const RULES: usize = 20_000;

impl Path {
    fn operation(&mut self, operator: &str, numbers: &[f32], matrix: &Matrix, rules: &mut Vec<Rule>) {
        match (operator, numbers) {
            ("m", &[x, y]) => self.at = apply(matrix, x, y),
            ("l", &[x, y]) => {
                let to = apply(matrix, x, y);
                self.line(self.at, to);
                self.at = to;
            }
            ("re", &[x, y, width, height]) => {
                let (x0, y0) = apply(matrix, x, y);
                let (x1, y1) = apply(matrix, x + width, y + height);
                if (x1 - x0).abs() <= THIN || (y1 - y0).abs() <= THIN {
                    self.line((x0, y0), (x1, y1));
                } else {
                    for (from, to) in
                        [((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))]
                    {
                        self.line(from, to);
                    }
                }
            }
            ("S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*", _) => {
                let room = RULES.saturating_sub(rules.len());
                rules.extend(self.lines.drain(..).take(room));
            }
            ("n", _) => self.lines.clear(),
            _ => {}
        }
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32)) {
        let (x0, x1) = (from.0.min(to.0), from.0.max(to.0));
        let (y0, y1) = (from.1.min(to.1), from.1.max(to.1));
        let is_straight = x1 - x0 <= THIN || y1 - y0 <= THIN;
        if is_straight && x1 - x0 + y1 - y0 > 5.0 && self.lines.len() < RULES {
            self.lines.push(Rule { x0, y0, x1, y1 });
        }
    }
}
