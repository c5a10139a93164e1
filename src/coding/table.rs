//! Rows of small numbers for those of many buckets that have any, in a tenth of the memory that all would take.

use std::borrow::Cow;

/// A row of bytes for some of the buckets: a bit a bucket says whether it has one, and counting bits finds it.
pub(super) struct Table {
    width: usize,
    /// For each eight buckets their bits, the lowest for the first, and above them how many buckets before have a row.
    blocks: Vec<u32>,
    rows: Cow<'static, [u8]>,
}

/// Buckets whose bits stand together.
const BLOCK: usize = 8;

/// Blocks come in groups of so many, so that a table of any size is written as whole numbers of 64 bits.
const GROUP: usize = 8;

impl Table {
    /// A table of so many buckets without any row.
    pub fn empty(buckets: usize) -> Table {
        Table { width: 1, blocks: vec![0; blocks(buckets)], rows: Cow::Borrowed(&[]) }
    }

    /// A table of rows of `width` bytes, for each bucket in order one or none.
    pub fn new(width: usize, rows: impl ExactSizeIterator<Item = Option<Vec<u8>>>) -> Table {
        let mut bits = vec![0; blocks(rows.len())];
        let mut bytes = Vec::new();
        for (bucket, row) in rows.enumerate() {
            if let Some(row) = row {
                bits[bucket / BLOCK] |= 1 << (bucket % BLOCK);
                bytes.extend(row);
            }
        }
        Table::of(width, &bits, Cow::Owned(bytes))
    }

    fn of(width: usize, bits: &[u8], rows: Cow<'static, [u8]>) -> Table {
        let mut before = 0;
        let block = |bits: &u8| {
            let block = before << BLOCK | u32::from(*bits);
            before += bits.count_ones();
            block
        };
        Table { width, blocks: bits.iter().map(block).collect(), rows }
    }

    /// The row of a bucket.
    #[inline]
    pub fn row(&self, bucket: usize) -> Option<&[u8]> {
        let (has_row, number) = self.find(bucket);
        if has_row { self.rows.get(number * self.width..)?.get(..self.width) } else { None }
    }

    /// Whether a bucket has a row, and that row as a number whose lowest byte is the row's first. Of a row of less than eight
    /// bytes the others are of no meaning, and neither is the number of a bucket without a row.
    #[inline]
    pub fn number(&self, bucket: usize) -> (bool, u64) {
        let (has_row, number) = self.find(bucket);
        let rows = self.rows.get(number * self.width..).unwrap_or_default();
        (has_row, rows.first_chunk().map_or_else(|| last_number(rows), |row| u64::from_le_bytes(*row)))
    }

    /// Whether a bucket has a row, and how many buckets before it do.
    #[inline]
    fn find(&self, bucket: usize) -> (bool, usize) {
        let block = self.blocks[bucket / BLOCK];
        let own = 1 << (bucket % BLOCK);
        let before = ((block & (own - 1)) as u8).count_ones();
        (block & own != 0, ((block >> BLOCK) + before) as usize)
    }

    /// The table as bytes: the bits, then the rows.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.blocks.iter().map(|block| *block as u8));
        bytes.extend(self.rows.iter());
    }

    /// A table of so many buckets from what [`Table::write`] wrote; `None` where the length is not right.
    pub fn read(width: usize, buckets: usize, bytes: &'static [u8]) -> Option<Table> {
        let (bits, rows) = bytes.split_at_checked(blocks(buckets))?;
        let count: usize = bits.iter().map(|bits| bits.count_ones() as usize).sum();
        (rows.len() == count * width).then(|| Table::of(width, bits, Cow::Borrowed(rows)))
    }
}

/// How many blocks hold the bits of so many buckets.
fn blocks(buckets: usize) -> usize {
    buckets.div_ceil(BLOCK).next_multiple_of(GROUP)
}

/// The number of a row behind which less than eight bytes are left.
#[cold]
fn last_number(rows: &[u8]) -> u64 {
    rows.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
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
                let (has_row, number) = table.number(bucket);
                prop_assert_eq!(has_row.then(|| number.to_le_bytes()[..3].to_vec()), table.row(bucket).map(Vec::from));
            }
        }
    }

    #[test]
    fn bytes_of_another_length_are_no_table() {
        assert!(Table::read(2, 64, &[1, 0, 0, 0, 0, 0, 0, 0, 5]).is_none());
        assert!(Table::read(2, 64, &[1]).is_none());
    }
}
