//! What a file may cost: a file beyond these is refused by name, and the rest of the folder is read.

/// One part of a zip archive may unpack to so many bytes.
pub(super) const PART: u64 = 48 << 20;

/// All parts that are read of one archive may unpack to so many bytes together.
pub(super) const ARCHIVE: u64 = 96 << 20;

/// A part of over [`SMALL`] bytes may unpack to so many times its packed size. Deflate reaches 1,032; the text of office
/// programs 10 to 20, long empty tables 60.
pub(super) const RATIO: u64 = 200;

/// Below this many unpacked bytes the ratio is not asked.
pub(super) const SMALL: u64 = 4 << 20;

/// Elements of XML and HTML, groups of RTF and parts of mail may stand inside each other so deep.
pub(super) const DEPTH: usize = 256;

/// A document's extracted text may be so many bytes.
pub(super) const TEXT: usize = 64 << 20;

/// A document may have so many lines: paragraphs and cells.
pub(super) const LINES: usize = 2_000_000;

/// What one stream of a PDF may unpack to, in bytes.
pub(super) const PDF_STREAM: usize = 48 << 20;

/// All glyphs of one PDF; a page of prose has 3,000.
pub(super) const PDF_GLYPHS: usize = 4_000_000;
