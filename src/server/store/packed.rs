//! How payloads lie in the database: a codec byte, then the text, compressed when that is worth it.

use super::engine::StoreError;
use serde::{Serialize, de::DeserializeOwned};

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
/// Below this, compression saves less than a page holds.
const WORTH_COMPRESSING: usize = 512;
const LEVEL: i32 = 3;
/// No member is longer than this when it is written, so a longer one was tampered with.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// What cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("unknown codec")]
    Codec,
    #[error("broken content: {0}")]
    Io(#[from] std::io::Error),
    // Not with its message, which quotes the content.
    #[error("not the JSON that was packed, at line {} column {}", .0.line(), .0.column())]
    Json(#[from] serde_json::Error),
}

/// Packs text.
pub fn pack(text: &str) -> Vec<u8> {
    let plain = || [&[PLAIN], text.as_bytes()].concat();
    if text.len() < WORTH_COMPRESSING {
        return plain();
    }
    let mut packed = vec![ZSTD];
    // Compression into memory does not fail; if it should, the text is kept as it is.
    match zstd::stream::copy_encode(text.as_bytes(), &mut packed, LEVEL) {
        Ok(()) => packed,
        Err(_) => plain(),
    }
}

/// Packs anything that has a JSON text.
pub fn pack_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_string(value).map(|text| pack(&text))
}

/// What has no JSON text, which a value of ours always has.
pub(super) fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "workflow_runs", problem: error.to_string() }
}

/// The text that was packed.
fn unpack(packed: &[u8]) -> Result<String, UnpackError> {
    use std::io::Read;
    let mut text = String::new();
    match packed.split_first() {
        Some((&PLAIN, mut plain)) => plain.read_to_string(&mut text)?,
        Some((&ZSTD, compressed)) => {
            zstd::stream::Decoder::new(compressed)?.take(MAX_UNPACKED).read_to_string(&mut text)?
        }
        _ => return Err(UnpackError::Codec),
    };
    Ok(text)
}

/// The value that was packed.
pub fn unpack_json<T: DeserializeOwned>(packed: &[u8]) -> Result<T, UnpackError> {
    Ok(serde_json::from_str(&unpack(packed)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn broken_content_is_an_error() {
        for packed in [&b""[..], &[7], &[ZSTD, 1, 2, 3], &[PLAIN, 0xff]] {
            assert!(unpack(packed).is_err(), "{packed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(text in "\\PC{0,40}", times in 1..200_usize) {
            let text = text.repeat(times);
            prop_assert_eq!(unpack(&pack(&text)).unwrap(), text);
        }
    }
}
