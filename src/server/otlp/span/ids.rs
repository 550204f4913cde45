//! Ids of traces and spans: bytes of one length, never all zero, written in hex.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{
    fmt,
    num::{NonZeroU64, NonZeroU128},
    str::FromStr,
};

/// Not an id of a trace or span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be hex digits, not all of them zero")]
pub struct InvalidId;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident: $number:ident of $uint:ident, $bytes:literal bytes, $digits:literal)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($number);

        impl $name {
            /// From the bytes of the wire; `None` when these are not as many as they must be, or all zero.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                let bytes = <[u8; $bytes]>::try_from(bytes).ok()?;
                $number::new($uint::from_be_bytes(bytes)).map(Self)
            }

            /// The bytes of the wire.
            pub const fn to_bytes(self) -> [u8; $bytes] {
                self.0.get().to_be_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $digits, self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let number = (text.len() == 2 * $bytes && !text.starts_with('+')).then(|| $uint::from_str_radix(text, 16));
                number.and_then(Result::ok).and_then($number::new).map(Self).ok_or(InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

id! {
    /// A trace: all spans that one request or job led to.
    TraceId: NonZeroU128 of u128, 16 bytes, "{:032x}"
    /// A span of a trace.
    SpanId: NonZeroU64 of u64, 8 bytes, "{:016x}"
}
