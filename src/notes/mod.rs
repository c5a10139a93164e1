//! Folder to documents to points.
//!
//! [`read_folder`] reads what a folder holds as [`Document`]s, [`outline`] takes one document apart, and [`points`] gives the
//! points of many. `folder.rs` finds the files and asks `format/` for their text, one file a format; `encoding.rs` is what the
//! plain-text formats share, `block.rs` what a format may know of each line.

mod block;
mod document;
mod encoding;
mod folder;
#[cfg(feature = "documents")]
mod format;
mod ids;
mod join;
mod line;
mod mark;
mod mend;
mod outline;
mod source;

pub use block::Position;
#[cfg(feature = "exchange")]
pub(crate) use block::column_letters;
pub use document::{Columns, Document, Encoding, Format};
pub use encoding::decode;
pub use folder::{Fate, Folder, Found, SkipReason, Skipped, read_bytes, read_folder};
#[cfg(feature = "documents")]
pub(crate) use format::{SheetCell, first_sheet};
pub(crate) use ids::hexadecimal;
pub use ids::ids;
pub use mend::Mended;
pub use outline::{Outline, Passage, PassageKind, Point, outline, points};
pub use source::{Given, Progress, Source};
