//! A shard's points as a Parquet file, written row group by row group without Arrow.

use super::input::{Point, Source};
use super::output::Records;
use super::shard::Share;
use anyhow::Result;
use kodebok::codebook::Codebook;
use kodebok::coding::Coding;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// `nth` is the line, counted from the first of the shard's; `at` the byte of the file that it begins at.
const SCHEMA: &str = "message points {
    required binary file (STRING);
    required int64 at;
    required int64 nth;
    optional binary code (STRING);
    required group codes (LIST) {
        repeated group list {
            required group element {
                required binary code (STRING);
                required float score;
            }
        }
    }
    required binary text (STRING);
}";

/// Rows are written when they have so many bytes of text, or so many are there: what memory holds at once.
const GROUP_BYTES: usize = 16 << 20;
const GROUP_ROWS: usize = 1 << 17;

/// Rows that are not written yet, column by column.
#[derive(Default)]
struct Group {
    bytes: usize,
    file: Vec<ByteArray>,
    at: Vec<i64>,
    nth: Vec<i64>,
    code: Vec<ByteArray>,
    coded: Vec<i16>,
    given: Vec<ByteArray>,
    score: Vec<f32>,
    /// Of each entry of `codes`, and of each row without one: whether there is one, and whether its row has one before it.
    is_given: Vec<i16>,
    is_further: Vec<i16>,
    text: Vec<ByteArray>,
}

pub struct Parquet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    names: Vec<ByteArray>,
    ids: Vec<ByteArray>,
    group: Group,
}

impl<W: Write + Send> Parquet<W> {
    pub fn new(to: W, sources: &[Source], codebook: &Codebook, share: Share) -> Result<Self> {
        let version = env!("CARGO_PKG_VERSION");
        let metadata = [
            ("kodebok.version", version.to_owned()),
            ("kodebok.codebook", codebook.id.clone()),
            ("kodebok.codebook.sha256", codebook.hash.clone()),
            ("kodebok.shard", format!("{}/{}", share.shard, share.of)),
        ];
        let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_owned(), value)).to_vec();
        let properties = WriterProperties::builder()
            .set_created_by(format!("kodebok {version}"))
            .set_key_value_metadata(Some(metadata))
            .set_compression(Compression::UNCOMPRESSED)
            .build();
        let writer = SerializedFileWriter::new(to, Arc::new(parse_message_type(SCHEMA)?), Arc::new(properties))?;
        let bytes = |name: &String| ByteArray::from(name.as_str());
        let names = sources.iter().map(|source| bytes(&source.name)).collect();
        let ids = codebook.codes.iter().map(|code| bytes(&code.id)).collect();
        Ok(Parquet { writer, names, ids, group: Group::default() })
    }

    fn flush(&mut self) -> Result<()> {
        let group = std::mem::take(&mut self.group);
        if !group.file.is_empty() {
            let mut columns = self.writer.next_row_group()?;
            column::<_, ByteArrayType>(&mut columns, &group.file, None, None)?;
            column::<_, Int64Type>(&mut columns, &group.at, None, None)?;
            column::<_, Int64Type>(&mut columns, &group.nth, None, None)?;
            column::<_, ByteArrayType>(&mut columns, &group.code, Some(&group.coded), None)?;
            let (given, further) = (Some(&*group.is_given), Some(&*group.is_further));
            column::<_, ByteArrayType>(&mut columns, &group.given, given, further)?;
            column::<_, FloatType>(&mut columns, &group.score, given, further)?;
            column::<_, ByteArrayType>(&mut columns, &group.text, None, None)?;
            columns.close()?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Records for Parquet<W> {
    fn write(&mut self, point: &Point, coding: &Coding, _: &Codebook) -> Result<bool> {
        let group = &mut self.group;
        group.bytes += point.text.len();
        group.file.push(self.names[point.source].clone());
        group.at.push(i64::try_from(point.at)?);
        group.nth.push(i64::try_from(point.line)?);
        group.code.extend(coding.primary().map(|code| self.ids[code].clone()));
        group.coded.push(i16::from(coding.primary().is_some()));
        group.given.extend(coding.codes.iter().map(|given| self.ids[given.code].clone()));
        group.score.extend(coding.codes.iter().map(|given| given.score));
        for entry in 0..coding.codes.len().max(1) {
            group.is_given.push(i16::from(!coding.codes.is_empty()));
            group.is_further.push(i16::from(entry > 0));
        }
        group.text.push(ByteArray::from(point.text.as_str()));
        if group.bytes >= GROUP_BYTES || group.file.len() >= GROUP_ROWS {
            self.flush()?;
        }
        Ok(true)
    }

    fn finish(&mut self) -> Result<()> {
        self.flush()?;
        self.writer.finish()?;
        Ok(self.writer.inner_mut().flush()?)
    }
}

fn column<W: Write + Send, T: DataType>(
    columns: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    defined: Option<&[i16]>,
    repeated: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = columns.next_column()? else { return Ok(()) };
    column.typed::<T>().write_batch(values, defined, repeated)?;
    column.close()
}

/// How many rows a file has, by what it says at its end.
pub fn rows(path: &Path) -> Result<u64> {
    Ok(SerializedFileReader::new(File::open(path)?)?.metadata().file_metadata().num_rows().try_into()?)
}
