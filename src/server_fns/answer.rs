//! How answers travel: in the wire format of postcard, which says nothing of itself, behind a key of its shape. A page of
//! another version than the server's knows another key, and is told so; it never takes one shape for another.

use leptos::{
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post},
};
use postcard_schema::{Schema, key::Key};
use serde::{Serialize, de::DeserializeOwned};

/// An answer in the body of what a POST is answered.
pub type Answer = Post<AnswerBytes>;

/// The bytes of an answer, and of what the server puts into a page for its script.
#[derive(Debug)]
pub struct AnswerBytes;

/// With what each begins: a byte that no text has, so that what a proxy says is told from an answer.
const MARK: u8 = 0xff;

/// Why there is no answer in some bytes. Server functions pass it on as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("this is no answer")]
    NoAnswer,
    #[error("the answer is of another shape")]
    OtherShape,
}

/// What stands after the mark, worked out when the program is built.
const fn key_of<T: Schema>() -> [u8; 8] {
    Key::for_path::<T>("").to_bytes()
}

fn write<T: Serialize + Schema>(value: &T) -> Result<Vec<u8>, postcard::Error> {
    let mut bytes = vec![MARK];
    bytes.extend(const { key_of::<T>() });
    postcard::to_extend(value, bytes)
}

fn read<T: DeserializeOwned + Schema>(bytes: &[u8]) -> Result<T, AnswerError> {
    let answer = bytes.strip_prefix(&[MARK]).ok_or(AnswerError::NoAnswer)?;
    let value = answer.strip_prefix(&const { key_of::<T>() }).ok_or(AnswerError::OtherShape)?;
    postcard::from_bytes(value).map_err(|_| AnswerError::OtherShape)
}

impl ContentType for AnswerBytes {
    const CONTENT_TYPE: &'static str = "application/octet-stream";
}

impl FormatType for AnswerBytes {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize + Schema> Encodes<T> for AnswerBytes {
    type Error = postcard::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        write(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned + Schema> Decodes<T> for AnswerBytes {
    type Error = AnswerError;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        read(&bytes)
    }
}

/// In a page the bytes are letters of a text, for which Leptos would take base64: what is written there stands in the page
/// anyway, and so takes next to nothing once it is compressed.
impl<T: Serialize + Schema> Encoder<T> for AnswerBytes {
    type Error = postcard::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        Ok(write(value)?.into_iter().map(letter).collect())
    }
}

impl<T: DeserializeOwned + Schema> Decoder<T> for AnswerBytes {
    type Error = AnswerError;
    type Encoded = str;

    fn decode(letters: &str) -> Result<T, Self::Error> {
        let bytes: Vec<u8> = letters.chars().map(byte).collect();
        read(&bytes)
    }
}

/// A byte as a letter: what can be read is itself, what a script would take for something else is one of U+0100 to U+01FF.
fn letter(byte: u8) -> char {
    let is_plain = byte == b' ' || (byte.is_ascii_graphic() && byte != b'<');
    let letter = char::from(byte);
    if is_plain { letter } else { char::from_u32(0x100 | u32::from(byte)).unwrap_or(letter) }
}

/// The byte of a letter.
fn byte(letter: char) -> u8 {
    let [byte, ..] = u32::from(letter).to_le_bytes();
    byte
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::packed::Packed;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize, Schema)]
    struct Before {
        name: String,
        runs: u64,
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize, Schema)]
    struct After {
        runs: u64,
        name: String,
    }

    #[test]
    fn in_a_page_every_byte_is_a_letter_of_its_own() {
        for each in 0..=u8::MAX {
            let letter = letter(each);
            assert_eq!(byte(letter), each);
            assert!(
                !letter.is_control() && letter != '<' && (!each.is_ascii_alphanumeric() || letter == char::from(each))
            );
        }
        let value = Before { name: "</script> \\ \" \0 é".to_owned(), runs: 1 << 40 };
        let text = <AnswerBytes as Encoder<Before>>::encode(&value).unwrap();
        assert_eq!(<AnswerBytes as Decoder<Before>>::decode(&text).unwrap(), value);
    }

    #[test]
    fn an_answer_is_read_as_what_it_is_and_as_nothing_else() {
        let value = Before { name: "é".to_owned(), runs: 7 };
        let bytes = write(&value).unwrap();
        assert_eq!(read::<Before>(&bytes).unwrap(), value);
        assert_eq!(read::<After>(&bytes), Err(AnswerError::OtherShape));
        for length in 1..bytes.len() {
            assert_eq!(read::<Before>(&bytes[..length]), Err(AnswerError::OtherShape));
        }
        for other in ["", "<!DOCTYPE html>", "{}"] {
            assert_eq!(read::<Before>(other.as_bytes()), Err(AnswerError::NoAnswer));
        }
        let packed = write(&Packed::new(&value).unwrap()).unwrap();
        assert_eq!(read::<Packed<Before>>(&packed).unwrap().read().unwrap(), value);
        assert!(matches!(read::<Packed<After>>(&packed), Err(AnswerError::OtherShape)));
    }
}
