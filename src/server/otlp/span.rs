//! A span as it is stored: what was told of it, word for word, so that runs can be made of it again.

mod ids;
mod merge;

pub use ids::{SpanId, TraceId};
pub use merge::Rank;

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Attributes by their whole names. Bytes are base64 text, doubles that JSON does not have are `NaN`, `Infinity` and
/// `-Infinity`.
pub type Attributes = BTreeMap<String, Value>;

/// All that is known of a span, from one account of it or from several. Stored as JSON by its serde form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub data: SpanData,
    /// The account from which all stands that accounts contradict one another in.
    rank: Rank,
    /// The accounts of those attributes that this one does not have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    older: BTreeMap<String, Rank>,
}

/// What is told of a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanData {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    #[serde(default)]
    pub parent_id: Option<SpanId>,
    /// Whether the parent is known to be of another process.
    #[serde(default)]
    pub has_remote_parent: bool,
    /// Empty where only log records told of the span so far.
    pub name: String,
    #[serde(default)]
    pub kind: Kind,
    /// Where none was told, the end or else the receipt.
    #[serde(with = "micros")]
    pub started_at: Timestamp,
    #[serde(default, with = "micros::optional")]
    pub ended_at: Option<Timestamp>,
    #[serde(default)]
    pub status: Status,
    #[serde(default)]
    pub scope: Scope,
    /// Attributes of whatever sent the span.
    #[serde(default)]
    pub resource: Attributes,
    #[serde(default)]
    pub attributes: Attributes,
    /// In order, each once.
    #[serde(default)]
    pub events: Vec<Event>,
    #[serde(default)]
    pub links: Vec<Link>,
}

/// Which side of a call a span is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// How a span went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub code: StatusCode,
    pub message: String,
}

/// The word for how a span went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCode {
    #[default]
    Unset,
    Ok,
    Error,
}

/// The library that made a span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    pub name: String,
    pub version: String,
    #[serde(default)]
    pub attributes: Attributes,
}

/// Something that happened during a span, or a log record of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    #[serde(with = "micros")]
    pub at: Timestamp,
    /// Its number in the account that told of it: clocks are too coarse to tell what was said first.
    pub number: usize,
    pub name: String,
    pub attributes: Attributes,
}

/// Another span that has to do with this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub attributes: Attributes,
}

impl Span {
    /// One account of a span, as it came at `received_at`. It is whole unless it is a log record, which knows nothing
    /// of the span but its ids.
    pub fn received(data: SpanData, is_whole: bool, received_at: Timestamp) -> Self {
        let rank = Rank::of(&data, is_whole, received_at);
        Self { data, rank, older: BTreeMap::new() }
    }

    /// When the last account came that had anything new.
    pub const fn received_at(&self) -> Timestamp {
        self.rank.received_at()
    }

    /// Whether more than log records told of it.
    pub const fn is_whole(&self) -> bool {
        self.rank.is_whole()
    }
}

/// Times to the microsecond, which the text of the contract does not have.
mod micros {
    use crate::domain::time::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.micros())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_micros(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }

    pub mod optional {
        use super::{Deserialize, Deserializer, Error, Serializer, Timestamp};

        #[expect(clippy::ref_option, reason = "serde hands it over like this")]
        pub fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => serializer.serialize_some(&time.micros()),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
            let micros = Option::<i64>::deserialize(deserializer)?;
            micros.map(Timestamp::from_micros).transpose().map_err(D::Error::custom)
        }
    }
}
