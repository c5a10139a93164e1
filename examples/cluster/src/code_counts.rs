//! `code_counts(code_point(text))` in SQL: how many points have which code.

use crate::book::book;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray, StructArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, UInt64Type};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use std::sync::Arc;

/// Counts points by code: `struct<points, uncoded, codes: list<struct<code, primary, given>>, codebook>`, of the codes in
/// the codebook's order; `primary` counts the points whose first code it is, `given` those that have it at all. Points
/// without a text are not counted, and points coded with different codebooks are refused.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CodeCounts {
    signature: Signature,
}

impl CodeCounts {
    pub fn udaf() -> AggregateUDF {
        AggregateUDF::from(CodeCounts { signature: Signature::any(1, Volatility::Immutable) })
    }
}

impl AggregateUDFImpl for CodeCounts {
    fn name(&self) -> &str {
        "code_counts"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Counts::new()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let numbers = || DataType::List(Arc::new(Field::new("item", DataType::UInt64, true)));
        let fields = [
            ("codebook", DataType::Utf8),
            ("points", DataType::UInt64),
            ("uncoded", DataType::UInt64),
            ("primary", numbers()),
            ("given", numbers()),
        ];
        let field = |(name, kind)| Arc::new(Field::new(format_state_name(args.name, name), kind, true));
        Ok(fields.into_iter().map(field).collect())
    }
}

fn fields() -> Fields {
    let codes = DataType::List(Arc::new(Field::new("item", DataType::Struct(code_fields()), false)));
    Fields::from(vec![
        Field::new("points", DataType::UInt64, false),
        Field::new("uncoded", DataType::UInt64, false),
        Field::new("codes", codes, false),
        Field::new("codebook", DataType::Utf8, false),
    ])
}

fn code_fields() -> Fields {
    Fields::from(vec![
        Field::new("code", DataType::Utf8, false),
        Field::new("primary", DataType::UInt64, false),
        Field::new("given", DataType::UInt64, false),
    ])
}

#[derive(Debug)]
struct Counts {
    points: u64,
    uncoded: u64,
    primary: Vec<u64>,
    given: Vec<u64>,
}

impl Counts {
    fn new() -> Self {
        let codes = book().codes.len();
        Counts { points: 0, uncoded: 0, primary: vec![0; codes], given: vec![0; codes] }
    }
}

impl Accumulator for Counts {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(columns) = columns(&values[0]) else {
            return exec_err!("code_counts: what code_point gives is to be counted, not {}", values[0].data_type());
        };
        let Columns { points, first, codebook, codes, given } = columns;
        for row in (0..points.len()).filter(|&row| points.is_valid(row)) {
            is_ours(codebook.value(row))?;
            self.points += 1;
            match first.is_valid(row) {
                true => self.primary[index_of(first.value(row))?] += 1,
                false => self.uncoded += 1,
            }
            for at in codes.value_offsets()[row]..codes.value_offsets()[row + 1] {
                self.given[index_of(given.value(at as usize))?] += 1;
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![
            ScalarValue::from(book().hash.as_str()),
            self.points.into(),
            self.uncoded.into(),
            list(&self.primary),
            list(&self.given),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let numbers = |at: usize| states[at].as_primitive::<UInt64Type>();
        for row in 0..states[0].len() {
            is_ours(states[0].as_string::<i32>().value(row))?;
            self.points += numbers(1).value(row);
            self.uncoded += numbers(2).value(row);
            for (sums, at) in [(&mut self.primary, 3), (&mut self.given, 4)] {
                let more = states[at].as_list::<i32>().value(row);
                for (sum, more) in sums.iter_mut().zip(more.as_primitive::<UInt64Type>().values()) {
                    *sum += more;
                }
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(&book().codes)),
            Arc::new(UInt64Array::from(self.primary.clone())),
            Arc::new(UInt64Array::from(self.given.clone())),
        ];
        let codes: ArrayRef = Arc::new(StructArray::try_new(code_fields(), columns, None)?);
        let item = Arc::new(Field::new("item", DataType::Struct(code_fields()), false));
        let codes =
            datafusion::common::utils::SingleRowListArrayBuilder::new(codes).with_field(&item).build_list_array();
        let [points, uncoded, codes_field, codebook] = std::array::from_fn(|at| fields()[at].clone());
        ScalarStructBuilder::new()
            .with_scalar(points, self.points.into())
            .with_scalar(uncoded, self.uncoded.into())
            .with_array(codes_field, Arc::new(codes))
            .with_scalar(codebook, ScalarValue::from(book().hash.as_str()))
            .build()
    }

    fn size(&self) -> usize {
        size_of_val(self) + 16 * self.primary.capacity()
    }
}

/// The columns of what `code_point` gives.
struct Columns<'a> {
    points: &'a StructArray,
    first: &'a StringArray,
    codebook: &'a StringArray,
    codes: &'a ListArray,
    given: &'a StringArray,
}

fn columns(points: &ArrayRef) -> Option<Columns<'_>> {
    let points = points.as_struct_opt()?;
    let codes = points.column_by_name("codes")?.as_list_opt()?;
    Some(Columns {
        points,
        first: points.column_by_name("code")?.as_string_opt()?,
        codebook: points.column_by_name("codebook")?.as_string_opt()?,
        codes,
        given: codes.values().as_struct_opt()?.column_by_name("code")?.as_string_opt()?,
    })
}

fn list(numbers: &[u64]) -> ScalarValue {
    let numbers: Vec<ScalarValue> = numbers.iter().map(|&number| number.into()).collect();
    ScalarValue::List(ScalarValue::new_list_nullable(&numbers, &DataType::UInt64))
}

fn is_ours(codebook: &str) -> Result<()> {
    let book = book();
    if codebook != book.hash {
        let (node, hash) = (&book.node, &book.hash);
        return exec_err!("code_counts: points were coded with codebook {codebook}, and {node} has codebook {hash}");
    }
    Ok(())
}

fn index_of(code: &str) -> Result<usize> {
    let index = book().codes.iter().position(|known| known == code);
    index.ok_or_else(|| exec_datafusion_err!("code_counts: the codebook has no code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_point::coded;
    use datafusion::arrow::array::StringArray;

    fn coded_texts(texts: &[Option<&str>]) -> ArrayRef {
        let texts: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        Arc::new(coded(&texts).unwrap())
    }

    fn states(counts: &mut Counts) -> Vec<ArrayRef> {
        counts.state().unwrap().iter().map(|value| value.to_array().unwrap()).collect()
    }

    #[test]
    fn parts_counted_apart_are_counted_together() {
        let points = coded_texts(&[Some("Lang ventetid på DPS"), None, Some("Lunsj kl. 12"), Some("Skam og tabu")]);
        let mut whole = Counts::new();
        whole.update_batch(std::slice::from_ref(&points)).unwrap();
        assert_eq!((whole.points, whole.uncoded, whole.primary.iter().sum::<u64>()), (3, 1, 2));
        let mut joined = Counts::new();
        for (begin, rows) in [(0, 2), (2, 2), (4, 0)] {
            let mut part = Counts::new();
            part.update_batch(&[points.slice(begin, rows)]).unwrap();
            joined.merge_batch(&states(&mut part)).unwrap();
        }
        assert_eq!(joined.evaluate().unwrap(), whole.evaluate().unwrap());
        assert_eq!(whole.evaluate().unwrap().data_type(), DataType::Struct(fields()));
    }

    #[test]
    fn counts_of_another_codebook_are_refused() {
        let mut state = states(&mut Counts::new());
        state[0] = Arc::new(StringArray::from(vec!["abc"]));
        let error = Counts::new().merge_batch(&state).unwrap_err().to_string();
        assert!(error.contains("codebook abc") && error.contains(&book().hash), "{error}");
        assert!(Counts::new().update_batch(&[Arc::new(StringArray::from(vec!["a"]))]).is_err());
    }
}
