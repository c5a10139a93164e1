//! That nothing is allocated a word once a run knows the words: its own binary, because it counts every allocation.

use kodebok::codebook::Codebook;
use kodebok::coding::Coder;

/// Points of so many sentences each, all of them below the size at which points are divided between threads.
fn points(sentences: usize) -> Vec<String> {
    let sentence = "Foreldre blir møtt med fordommer og får ikke tidlig hjelp av helsepersonellet, se § 3. ";
    vec![sentence.repeat(sentences); 60]
}

#[test]
fn as_much_is_allocated_for_ten_times_the_words() {
    let coder = Coder::new(&Codebook::summit_2017());
    let (few, many) = (points(1), points(10));
    // Allocations are counted a thread: the pool has one, and the count is taken in it.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (for_few, for_many) = pool.install(|| {
        let mut run = coder.run();
        let first = allocation_counter::measure(|| drop(run.primaries(&many))).count_total;
        let mut count = |points: &[String]| allocation_counter::measure(|| drop(run.primaries(points))).count_total;
        let counts = (count(&few), count(&many));
        assert!(counts.1 < first, "the first call works words out: {first} allocations, then {}", counts.1);
        counts
    });
    assert_eq!(for_few, for_many);
    assert!(for_many < 60, "{for_many} allocations for 60 points");
}
