//! The codebook that this process codes with: loaded once, since learning and its tables cost a second and 50 MB.

use kodebok::codebook::Codebook;
use kodebok::coding::{Coder, Coding, Run};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::cell::RefCell;
use std::path::Path;
use std::sync::OnceLock;

/// A codebook, its coder, and who has it.
#[derive(Debug)]
pub struct Book {
    pub coder: Coder,
    pub codes: Vec<String>,
    /// SHA-256 of the codebook's file and its examples.
    pub hash: String,
    /// This process: `host:port/pid` of an executor.
    pub node: String,
}

static BOOK: OnceLock<Book> = OnceLock::new();

impl Book {
    fn new(codebook: &Codebook, node: String) -> Self {
        let codes = codebook.codes.iter().map(|code| code.id.clone()).collect();
        Book { coder: Coder::new(codebook), codes, hash: codebook.hash.clone(), node }
    }
}

/// Loads the codebook of a file, or the bundled one of the 2017 summit: to be called before anything is coded.
pub fn load(path: Option<&Path>, node: String) -> kodebok::Result<&'static Book> {
    let codebook = path.map_or_else(|| Ok(Codebook::summit_2017()), Codebook::read)?;
    Ok(BOOK.get_or_init(|| Book::new(&codebook, node)))
}

/// The codebook of this process: the bundled one, where none was loaded.
pub fn book() -> &'static Book {
    BOOK.get_or_init(|| Book::new(&Codebook::summit_2017(), "local".to_owned()))
}

/// A run of coding, and a pool of the one thread that it belongs to.
struct Worker {
    pool: ThreadPool,
    run: Run<'static>,
}

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
}

/// Codes texts on the thread that asks. The engine that asks gives its own threads their shares; each keeps what it worked
/// out of word forms from batch to batch, 60 MB at most.
pub fn scores(texts: &[&str]) -> Result<Vec<Coding>, rayon::ThreadPoolBuildError> {
    WORKER.with_borrow_mut(|worker| {
        if worker.is_none() {
            let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()?;
            *worker = Some(Worker { pool, run: book().coder.run() });
        }
        let Worker { pool, run } = worker.as_mut().expect("made above");
        Ok(pool.install(|| run.scores(texts)))
    })
}
