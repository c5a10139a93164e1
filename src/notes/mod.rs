//! Folder to documents to points.
//!
//! [`read_folder`] reads what a folder holds as [`Document`]s, [`outline`] takes one document apart, and [`points`] gives the
//! points of many. One file a format is the plan of this module: `folder.rs` finds the files and asks the format for its
//! text; `encoding.rs` is what the plain-text formats share.

mod document;
mod encoding;
mod folder;
mod ids;
mod join;
mod line;
mod mark;
mod mend;
mod outline;

pub use document::{Document, Encoding};
pub use encoding::decode;
pub use folder::{Folder, read_folder};
pub use ids::ids;
pub use mend::Mended;
pub use outline::{Outline, Passage, PassageKind, Point, outline, points};
