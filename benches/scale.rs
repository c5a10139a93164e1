//! Time and memory over the number of points, each number coded by a new run: 10^4 to 10^6 of them, and the slope of time on
//! log-log, which is 1 where a point costs the same however many there are.
//!
//! `cargo bench --bench scale`; `KODEBOK_BENCH_POINTS=10000000` goes on to 10^7 (about 0.9 GB of text, made and coded 10,000
//! points at a time, so that memory stays flat; only the coding is timed).

mod asked;
mod corpus;

use kodebok::codebook::Codebook;
use kodebok::coding::Coder;
use std::time::{Duration, Instant};

/// The most points where `KODEBOK_BENCH_POINTS` says nothing else.
const POINTS: usize = 1_000_000;

/// Points that are made and coded together.
const PART: usize = 10_000;

/// More bytes than [`PART`] points have.
const PART_BYTES: usize = PART * 300;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let most = asked::number("KODEBOK_BENCH_POINTS", POINTS);
    let coder = Coder::new(&Codebook::summit_2017());
    let mut measured = Vec::new();
    println!("    points     seconds   points/s   memory now");
    for points in std::iter::successors(Some(PART), |points| Some(points * 10)).take_while(|&points| points <= most) {
        let seconds = time(&coder, points).as_secs_f64();
        println!("{points:>10} {seconds:>11.3} {:>10.0}   {}", points as f64 / seconds, memory());
        measured.push(((points as f64).ln(), seconds.ln()));
    }
    println!("slope of time over points, log-log: {:.3}", slope(&measured));
}

/// How long coding so many points takes.
fn time(coder: &Coder, points: usize) -> Duration {
    let mut run = coder.run();
    let mut taken = Duration::ZERO;
    for part in 0..points / PART {
        let mut made = corpus::points(PART_BYTES, part as u64);
        made.truncate(PART);
        let begun = Instant::now();
        std::hint::black_box(run.primaries(&made));
        taken += begun.elapsed();
    }
    taken
}

/// The memory that the process holds, where the system tells it (Linux).
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    held.map_or_else(|| "not known".to_owned(), |held| held.trim().to_owned())
}

/// The slope of the line with the least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let over = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
    over / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
