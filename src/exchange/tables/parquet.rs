//! Tables as Parquet files, written column by column without Arrow.

use super::{Column, Table, Values};
use crate::error::{Error, ErrorKind, Result};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::sync::Arc;

pub(super) fn file(table: &Table) -> Result<Vec<u8>> {
    written(table).map_err(|error| Error::new(ErrorKind::Exchange, format!("no Parquet file can be made, {error}")))
}

fn written(table: &Table) -> std::result::Result<Vec<u8>, ParquetError> {
    let fields =
        table.columns.iter().map(|column| field(column).map(Arc::new)).collect::<std::result::Result<_, _>>()?;
    let schema = Type::group_type_builder(table.name).with_fields(fields).build()?;
    let made = format!("kodebok {}", env!("CARGO_PKG_VERSION"));
    let properties = WriterProperties::builder().set_created_by(made).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in &table.columns {
        match &column.values {
            Values::Text(values) => {
                let values: Vec<Option<ByteArray>> =
                    values.iter().map(|value| value.as_deref().map(ByteArray::from)).collect();
                write::<ByteArrayType>(&mut group, &values)?;
            }
            Values::Integer(values) => write::<Int64Type>(&mut group, values)?,
            Values::Real(values) => write::<DoubleType>(&mut group, values)?,
        }
    }
    group.close()?;
    writer.into_inner()
}

/// A column that may lack values.
fn field(column: &Column) -> std::result::Result<Type, ParquetError> {
    let (physical, logical) = match column.values {
        Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Values::Integer(_) => (Physical::INT64, None),
        Values::Real(_) => (Physical::DOUBLE, None),
    };
    let builder = Type::primitive_type_builder(&column.name, physical);
    builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[Option<T::T>],
) -> std::result::Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let present: Vec<T::T> = values.iter().flatten().cloned().collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    column.typed::<T>().write_batch(&present, Some(&levels), None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    #[test]
    fn what_is_written_reads_back() {
        let column = |name: &str, values| Column { name: name.to_owned(), meaning: String::new(), values };
        let table = Table {
            name: "points",
            columns: vec![
                column("a", Values::Text(vec![Some("bør 😀".to_owned()), None])),
                column("b", Values::Integer(vec![None, Some(-3)])),
                column("c", Values::Real(vec![Some(0.1), Some(2.0)])),
            ],
        };
        let bytes = table.to_parquet().unwrap();
        assert_eq!(bytes, table.to_parquet().unwrap());
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        let expected = [
            vec![Field::Str("bør 😀".to_owned()), Field::Null, Field::Double(0.1)],
            vec![Field::Null, Field::Long(-3), Field::Double(2.0)],
        ];
        assert_eq!(rows, expected);
    }
}
