//! `code_counts(code_point(text))` in SQL: how many points have which code.

use crate::book::book;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray, StructArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, UInt64Type};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarStructBuilder;
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
        Field::new("code", DataType::Utf8View, false),
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
        let Some(points) = values[0].as_struct_opt() else {
            return exec_err!("code_counts: what code_point gives is to be counted, not {}", values[0].data_type());
        };
        let column = |name| {
            let column = points.column_by_name(name);
            column.ok_or_else(|| exec_datafusion_err!("code_counts: what code_point gives is to be counted"))
        };
        let codes = column("codes")?.as_list::<i32>();
        let (first, codebook) = (column("code")?.as_string_view(), column("codebook")?.as_string_view());
        let given = codes.values().as_struct().column(0).as_string_view();
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
            Arc::new(StringViewArray::from_iter_values(&book().codes)),
            Arc::new(UInt64Array::from(self.primary.clone())),
            Arc::new(UInt64Array::from(self.given.clone())),
        ];
        let codes: ArrayRef = Arc::new(StructArray::try_new(code_fields(), columns, None)?);
        let item = Arc::new(Field::new("item", DataType::Struct(code_fields()), false));
        let codes = datafusion::common::utils::SingleRowListArrayBuilder::new(codes).with_field(&item).build_list_array();
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
