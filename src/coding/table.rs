//! Rows of small numbers for those of many buckets that have any, in a tenth of the memory that all would take.

use std::borrow::Cow;

/// A row of bytes for some of the buckets: a bit a bucket says whether it has one, and counting bits finds it.
pub(super) struct Table {
    width: usize,
    bits: Vec<u64>,
    /// How many buckets before each word of bits have a row.
    ranks: Vec<u32>,
    rows: Cow<'static, [u8]>,
}

impl Table {
    /// A table of so many buckets without any row.
    pub fn empty(buckets: usize) -> Table {
        Table {
            width: 1,
            bits: vec![0; buckets.div_ceil(64)],
            ranks: vec![0; buckets.div_ceil(64)],
            rows: Cow::Borrowed(&[]),
        }
    }

    /// A table of rows of `width` bytes, for each bucket in order one or none.
    pub fn new(width: usize, rows: impl ExactSizeIterator<Item = Option<Vec<u8>>>) -> Table {
        let mut bits = vec![0; rows.len().div_ceil(64)];
        let mut bytes = Vec::new();
        for (bucket, row) in rows.enumerate() {
            if let Some(row) = row {
                bits[bucket / 64] |= 1 << (bucket % 64);
                bytes.extend(row);
            }
        }
        Table::of(width, bits, Cow::Owned(bytes))
    }

    fn of(width: usize, bits: Vec<u64>, rows: Cow<'static, [u8]>) -> Table {
        let mut before = 0;
        let rank = |bits: &u64| {
            before += bits.count_ones();
            before - bits.count_ones()
        };
        let ranks = bits.iter().map(rank).collect();
        Table { width, bits, ranks, rows }
    }

    /// Whether a bucket has a row.
    #[inline]
    pub fn has(&self, bucket: usize) -> bool {
        self.bits[bucket / 64] >> (bucket % 64) & 1 == 1
    }

    /// The row of a bucket.
    #[inline]
    pub fn row(&self, bucket: usize) -> Option<&[u8]> {
        let bits = self.bits[bucket / 64];
        let (own, before) = (1 << (bucket % 64), self.ranks[bucket / 64]);
        if bits & own == 0 {
            return None;
        }
        let number = (before + (bits & (own - 1)).count_ones()) as usize;
        self.rows.get(number * self.width..)?.get(..self.width)
    }

    /// The table as bytes, little end first: the bits, then the rows.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.bits.iter().flat_map(|bits| bits.to_le_bytes()));
        bytes.extend(self.rows.iter());
    }

    /// A table of so many buckets from what [`Table::write`] wrote; `None` where the length is not right.
    pub fn read(width: usize, buckets: usize, bytes: &'static [u8]) -> Option<Table> {
        let (bits, rows) = bytes.split_at_checked(buckets.div_ceil(64) * 8)?;
        let bits = bits.as_chunks::<8>().0.iter().map(|bits| u64::from_le_bytes(*bits)).collect();
        let table = Table::of(width, bits, Cow::Borrowed(rows));
        let count: usize = table.bits.iter().map(|bits| bits.count_ones() as usize).sum();
        (rows.len() == count * width).then_some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back_also_from_bytes(rows in proptest::collection::vec(proptest::option::of(any::<[u8; 3]>()), 0..300)) {
            let table = Table::new(3, rows.iter().map(|row| row.map(Vec::from)));
            let mut bytes = Vec::new();
            table.write(&mut bytes);
            let read = Table::read(3, rows.len(), Box::leak(bytes.into_boxed_slice())).unwrap();
            for (bucket, row) in rows.iter().enumerate() {
                prop_assert_eq!(table.row(bucket), row.as_ref().map(|row| &row[..]));
                prop_assert_eq!(read.row(bucket), table.row(bucket));
                prop_assert_eq!(read.has(bucket), row.is_some());
            }
        }
    }

    #[test]
    fn bytes_of_another_length_are_no_table() {
        assert!(Table::read(2, 64, &[1, 0, 0, 0, 0, 0, 0, 0, 5]).is_none());
        assert!(Table::read(2, 64, &[1]).is_none());
    }
}
