//! A generated text with the word frequencies of Norwegian notes and a vocabulary that grows as in real text.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// One word in this many is new: a compound of two words that occur. 0.73 million forms in 32 million words of real text is
/// 1 in 44.
const NEW_EVERY: u32 = 44;

/// Points of together about `bytes` bytes, 6 to 24 words each, the same for the same seed.
///
/// Words are drawn from the bundled notes with the frequencies that they have there, so that the common ones are as common as
/// in notes; now and then two are joined to a compound that has not been seen.
pub fn points(bytes: usize, seed: u64) -> Vec<String> {
    let mut random = SmallRng::seed_from_u64(seed);
    let words = words();
    let mut points = Vec::new();
    let mut made = 0;
    while made < bytes {
        let point = point(&words, &mut random);
        made += point.len();
        points.push(point);
    }
    points
}

fn point(words: &[String], random: &mut SmallRng) -> String {
    let count = random.random_range(6..=24);
    let mut point = String::new();
    for at in 0..count {
        if at > 0 {
            point.push(' ');
        }
        let word = &words[random.random_range(0..words.len())];
        point.push_str(word);
        if random.random_ratio(1, NEW_EVERY) {
            point.push_str(&words[random.random_range(0..words.len())].to_lowercase());
        }
        if random.random_ratio(1, 9) {
            point.push(',');
        }
    }
    point.push('.');
    point
}

/// Every word of the bundled notes as often as it occurs.
fn words() -> Vec<String> {
    let folder =
        kodebok::notes::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/data/notes")).expect("the bundled notes");
    let texts = folder.documents.iter().map(|document| document.text.as_str());
    texts.flat_map(kodebok::norwegian::words).map(|word| word.text.to_owned()).collect()
}
