//! `code_point(text)` and `code_point(text, codebook)` in SQL.

use crate::book::{book, scores};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float32Array, Float32Builder, ListArray, StringArray, StringBuilder, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility, lit,
};
use kodebok::coding::Coding;
use std::sync::Arc;

/// A point's codes: `struct<code, score, codes: list<struct<code, score>>, codebook, node>`, of no text none. `code` and
/// `score` are the first code's, `codebook` is the SHA-256 of the codebook that was coded with, `node` says by which process.
///
/// A function travels between processes by its name alone. So each call carries the hash of the codebook that is asked for:
/// that of the process that plans the query, where the query names none. A process that has another codebook fails the query.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CodePoint {
    signature: Signature,
}

impl CodePoint {
    pub fn udf() -> ScalarUDF {
        let signatures = vec![TypeSignature::String(1), TypeSignature::String(2)];
        ScalarUDF::from(CodePoint { signature: Signature::one_of(signatures, Volatility::Immutable) })
    }
}

impl ScalarUDFImpl for CodePoint {
    fn name(&self) -> &str {
        "code_point"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn simplify(&self, mut args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        if args.len() > 1 {
            return Ok(ExprSimplifyResult::Original(args));
        }
        args.push(lit(book().hash.as_str()));
        let call = ScalarFunction::new_udf(Arc::new(CodePoint::udf()), args);
        Ok(ExprSimplifyResult::Simplified(Expr::ScalarFunction(call)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let Some(asked) = args.args.get(1) {
            is_asked_for(asked)?;
        }
        let texts = args.args[0].to_array(args.number_rows)?;
        Ok(ColumnarValue::Array(Arc::new(coded(&texts)?)))
    }
}

/// What [`CodePoint`] gives.
fn fields() -> Fields {
    Fields::from(vec![
        Field::new("code", DataType::Utf8, true),
        Field::new("score", DataType::Float32, true),
        Field::new(
            "codes",
            DataType::List(Arc::new(Field::new("item", DataType::Struct(given_fields()), false))),
            false,
        ),
        Field::new("codebook", DataType::Utf8, false),
        Field::new("node", DataType::Utf8, false),
    ])
}

fn given_fields() -> Fields {
    Fields::from(vec![Field::new("code", DataType::Utf8, false), Field::new("score", DataType::Float32, false)])
}

/// Fails unless the codebook of this process is the one that the query asks for.
fn is_asked_for(asked: &ColumnarValue) -> Result<()> {
    let ColumnarValue::Scalar(ScalarValue::Utf8(asked) | ScalarValue::LargeUtf8(asked) | ScalarValue::Utf8View(asked)) =
        asked
    else {
        return exec_err!("code_point: the codebook's hash is to be a constant");
    };
    let (asked, book) = (asked.as_deref().unwrap_or("none"), book());
    if asked != book.hash {
        return exec_err!("code_point: codebook {asked} is asked for, and {} has codebook {}", book.node, book.hash);
    }
    Ok(())
}

pub fn coded(texts: &ArrayRef) -> Result<StructArray> {
    let codings = scores(&strings(texts)?).map_err(|error| DataFusionError::External(Box::new(error)))?;
    let (codes, scores) = first(&codings);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(codes),
        Arc::new(scores),
        Arc::new(all(&codings)?),
        repeated(&book().hash, codings.len()),
        repeated(&book().node, codings.len()),
    ];
    Ok(StructArray::try_new(fields(), columns, texts.logical_nulls())?)
}

/// The texts of a column, with an empty one where there is none.
fn strings(texts: &ArrayRef) -> Result<Vec<&str>> {
    Ok(match texts.data_type() {
        DataType::Utf8 => texts.as_string::<i32>().iter().map(Option::unwrap_or_default).collect(),
        DataType::LargeUtf8 => texts.as_string::<i64>().iter().map(Option::unwrap_or_default).collect(),
        DataType::Utf8View => texts.as_string_view().iter().map(Option::unwrap_or_default).collect(),
        DataType::Null => vec![""; texts.len()],
        other => return Err(exec_datafusion_err!("code_point: a text is to be coded, not {other}")),
    })
}

/// The first code of each point, and its score.
fn first(codings: &[Coding]) -> (StringArray, Float32Array) {
    let codes = codings.iter().map(|coding| coding.primary().map(|code| &*book().codes[code])).collect();
    let scores = codings.iter().map(|coding| coding.codes.first().map(|given| given.score)).collect();
    (codes, scores)
}

/// All codes of each point.
fn all(codings: &[Coding]) -> Result<ListArray> {
    let (mut codes, mut scores) = (StringBuilder::new(), Float32Builder::new());
    for given in codings.iter().flat_map(|coding| &coding.codes) {
        codes.append_value(&book().codes[given.code]);
        scores.append_value(given.score);
    }
    let given = StructArray::try_new(given_fields(), vec![Arc::new(codes.finish()), Arc::new(scores.finish())], None)?;
    let offsets = OffsetBuffer::from_lengths(codings.iter().map(|coding| coding.codes.len()));
    let item = Arc::new(Field::new("item", DataType::Struct(given_fields()), false));
    Ok(ListArray::try_new(item, offsets, Arc::new(given), None)?)
}

/// A text so many times. As a view it would be held once, but a batch of sorted rows then carries a buffer for every batch that they
/// came from.
fn repeated(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{LargeStringArray, StringViewArray};

    const TEXTS: [Option<&str>; 4] = [Some("Lang ventetid på DPS"), None, Some("Lunsj kl. 12"), Some("Skam og tabu")];

    #[test]
    fn every_kind_of_text_gives_the_same() {
        let columns: [ArrayRef; 3] = [
            Arc::new(StringArray::from(TEXTS.to_vec())),
            Arc::new(LargeStringArray::from(TEXTS.to_vec())),
            Arc::new(StringViewArray::from(TEXTS.to_vec())),
        ];
        let expected = coded(&columns[0]).unwrap();
        assert!(expected.is_null(1));
        let codes: Vec<Option<&str>> = expected.column(0).as_string::<i32>().iter().collect();
        assert_eq!(codes, [Some("systemer"), None, None, Some("holdninger")]);
        for column in &columns {
            assert_eq!(coded(column).unwrap(), expected);
            let from_second = coded(&column.slice(1, 3)).unwrap();
            assert_eq!(from_second, expected.slice(1, 3));
        }
        assert_eq!(coded(&columns[0].slice(0, 0)).unwrap().len(), 0);
    }

    #[test]
    fn another_codebook_is_refused_with_both_hashes() {
        let asked = |hash: &str| is_asked_for(&ColumnarValue::Scalar(ScalarValue::from(hash)));
        assert!(asked(&book().hash).is_ok());
        let error = asked("abc").unwrap_err().to_string();
        assert!(error.contains("codebook abc is asked for") && error.contains(&book().hash), "{error}");
    }
}
