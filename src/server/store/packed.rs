//! How payloads lie in the database: a codec byte, then the text, compressed when that is worth it. Documents are alike in
//! their members, so they are compressed with a dictionary of those.

use super::error::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    cell::RefCell,
    io::{self, Read},
    sync::LazyLock,
};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
};

const PLAIN: u8 = 0;
/// Written by programs up to migration 4, without a dictionary.
const ZSTD: u8 = 1;
const ZSTD_DICTIONARY: u8 = 2;
/// What was packed with it cannot be read without it: it never changes. A better one would be another codec.
const DICTIONARY: &[u8] = include_bytes!("packed.dictionary.json");
/// Below this, compression saves less than it costs.
const WORTH_COMPRESSING: usize = 64;
/// The first that looks for more than the next match; the next ones take longer for little.
const LEVEL: i32 = 4;
/// No member is longer than this when it is written, so a longer one was tampered with.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

static ENCODER: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    /// Its memory is used again and again; `None` when there is none to be had.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> =
        RefCell::new(Compressor::with_prepared_dictionary(&ENCODER).ok());
    /// The same; to make one takes longer than most texts.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::with_prepared_dictionary(&DECODER).ok());
}

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
    let compressed = (text.len() >= WORTH_COMPRESSING)
        .then(|| COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(text.as_bytes()).ok()));
    match compressed.flatten() {
        Some(compressed) if compressed.len() < text.len() => [&[ZSTD_DICTIONARY], compressed.as_slice()].concat(),
        // Compression into memory does not fail; if it should, the text is kept as it is.
        _ => [&[PLAIN], text.as_bytes()].concat(),
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
    let mut text = String::new();
    match packed.split_first() {
        Some((&PLAIN, mut plain)) => plain.read_to_string(&mut text)?,
        Some((&ZSTD, compressed)) => {
            zstd::stream::Decoder::new(compressed)?.take(MAX_UNPACKED).read_to_string(&mut text)?
        }
        Some((&ZSTD_DICTIONARY, compressed)) => {
            if let Some(unpacked) = unpack_known(compressed) {
                return String::from_utf8(unpacked?).map_err(|error| io::Error::other(error.utf8_error()).into());
            }
            let decoder = zstd::stream::Decoder::with_prepared_dictionary(compressed, &DECODER)?;
            decoder.take(MAX_UNPACKED).read_to_string(&mut text)?
        }
        _ => return Err(UnpackError::Codec),
    };
    Ok(text)
}

/// What says how long it is, as all does that is packed here; `None` for another, or one that is too long.
fn unpack_known(compressed: &[u8]) -> Option<io::Result<Vec<u8>>> {
    let size = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten()?;
    let size = usize::try_from(size).ok().filter(|size| *size as u64 <= MAX_UNPACKED)?;
    DECOMPRESSOR.with_borrow_mut(|decompressor| Some(decompressor.as_mut()?.decompress(compressed, size)))
}

/// The value that was packed.
pub fn unpack_json<T: DeserializeOwned>(packed: &[u8]) -> Result<T, UnpackError> {
    Ok(serde_json::from_str(&unpack(packed)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn broken_content_is_an_error() {
        for packed in [&b""[..], &[7], &[ZSTD, 1, 2, 3], &[ZSTD_DICTIONARY, 1, 2, 3], &[PLAIN, 0xff]] {
            assert!(unpack(packed).is_err(), "{packed:?}");
        }
    }

    #[test]
    fn what_was_packed_before_can_be_read_for_ever() {
        let text = r#"{"currentStepId":"s1","error":null,"steps":[]}"#.repeat(3);
        // Made once, by programs that did not know the dictionary, and by the first that did.
        let without = [ZSTD].into_iter().chain(zstd::encode_all(text.as_bytes(), LEVEL).unwrap());
        assert_eq!(unpack(&without.collect::<Vec<_>>()).unwrap(), text);
        assert_eq!(unpack(&pack(&text)).unwrap(), text);
        assert_eq!(Sha256::digest(DICTIONARY)[..4], [0x33, 0x69, 0x38, 0xcf], "the dictionary has changed");
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(text in "\\PC{0,40}", times in 1..200_usize) {
            let text = text.repeat(times);
            prop_assert_eq!(unpack(&pack(&text)).unwrap(), text);
        }
    }
}
