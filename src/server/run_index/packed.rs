//! How blocks and changes lie in the database: a version byte, then columns in the wire format of postcard, compressed.

use super::{
    Cost, Entry, IndexChange, Number,
    block::Block,
    kinds::{KindId, Kinds},
};
use crate::domain::run_facts::RunKind;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// The first and only format.
const VERSION: u8 = 1;
/// These columns compress well at once.
const LEVEL: i32 = 1;
/// Nothing that was packed is longer.
const MAX_UNPACKED: usize = 256 * 1024 * 1024;

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("unknown version")]
    Version,
    #[error("broken content: {0}")]
    Io(#[from] std::io::Error),
    #[error("broken columns: {0}")]
    Columns(#[from] postcard::Error),
    #[error("columns of different lengths")]
    Uneven,
}

/// A block by itself: it names its own kinds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PackedBlock {
    kinds: Vec<RunKind>,
    /// Microseconds since the entry before; the first since 1970.
    passed: Vec<i64>,
    kind: Vec<u32>,
    duration_ms: Vec<Number>,
    tokens: Vec<Number>,
    cost: Vec<Cost>,
}

impl PackedBlock {
    /// The columns of a block.
    pub(super) fn of(block: &Block, kinds: &Kinds) -> Self {
        let mut packed = Self::default();
        let (mut numbers, mut before): (HashMap<KindId, u32>, i64) = (HashMap::new(), 0);
        for entry in block.entries() {
            let number = *numbers.entry(entry.kind).or_insert_with(|| {
                packed.kinds.push(kinds.get(entry.kind).clone());
                u32::try_from(packed.kinds.len() - 1).unwrap_or(u32::MAX)
            });
            packed.passed.push(entry.at - before);
            packed.kind.push(number);
            packed.duration_ms.push(entry.duration_ms);
            packed.tokens.push(entry.tokens);
            packed.cost.push(entry.cost);
            before = entry.at;
        }
        packed
    }

    /// The block, by the numbers that its kinds have here.
    pub(super) fn unpack(self, kinds: &mut Kinds) -> Block {
        let ids: Vec<_> = self.kinds.iter().map(|kind| kinds.id_of(kind)).collect();
        let mut at = 0;
        let columns = self.passed.into_iter().zip(self.kind).zip(self.duration_ms).zip(self.tokens).zip(self.cost);
        let entries = columns.map(|((((passed, kind), duration_ms), tokens), cost)| {
            at += passed;
            Entry { at, kind: ids[kind as usize], duration_ms, tokens, cost }
        });
        let mut entries: Vec<_> = entries.collect();
        // Kinds have other numbers here, by which those of one moment are in order.
        entries.sort_unstable();
        Block::new(entries)
    }

    /// Reads the bytes of a block.
    pub fn read(bytes: &[u8]) -> Result<Self, UnpackError> {
        let packed: Self = unpack(bytes)?;
        let kinds = u32::try_from(packed.kinds.len()).unwrap_or(u32::MAX);
        let length = packed.passed.len();
        let is_even =
            [packed.kind.len(), packed.duration_ms.len(), packed.tokens.len(), packed.cost.len()] == [length; 4];
        let sums = packed.passed.iter().try_fold(0_i64, |at, passed| at.checked_add(*passed));
        if is_even && sums.is_some() && packed.kind.iter().all(|kind| *kind < kinds) {
            Ok(packed)
        } else {
            Err(UnpackError::Uneven)
        }
    }
}

impl super::RunIndex {
    /// The bytes of a block of this index.
    pub fn pack(&self, block: &Block) -> Result<Vec<u8>, UnpackError> {
        pack(&PackedBlock::of(block, &self.kinds))
    }
}

/// The bytes of changes.
pub fn pack_changes(changes: &[IndexChange]) -> Result<Vec<u8>, UnpackError> {
    pack(&changes)
}

/// Reads what [`pack_changes`] wrote.
pub fn read_changes(bytes: &[u8]) -> Result<Vec<IndexChange>, UnpackError> {
    unpack(bytes)
}

fn pack(columns: &impl Serialize) -> Result<Vec<u8>, UnpackError> {
    let columns = postcard::to_stdvec(columns)?;
    let compressed = zstd::bulk::compress(&columns, LEVEL)?;
    Ok([&[VERSION], compressed.as_slice()].concat())
}

fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, UnpackError> {
    let Some((&VERSION, compressed)) = bytes.split_first() else { return Err(UnpackError::Version) };
    let size = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten();
    let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= MAX_UNPACKED);
    let columns = zstd::bulk::decompress(compressed, size.ok_or(UnpackError::Uneven)?)?;
    Ok(postcard::from_bytes(&columns)?)
}
