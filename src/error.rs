//! The one error that crosses the wire: what a request may come to, for pages and for the API.

use crate::{
    domain::document::Fault,
    server_fns::{AnswerBytes, AnswerError},
};
use leptos::{
    prelude::FromServerFnError,
    server_fn::{Bytes, Decodes, error::ServerFnErrorErr},
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// Why a request has no answer. Nothing in here tells what another organization has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Schema)]
pub enum AppError {
    /// Parameters or members that cannot be understood, each of them.
    #[error("The request cannot be understood")]
    BadRequest(Vec<Fault>),
    /// No credentials, or none that are in force.
    #[error("You are not signed in")]
    SignedOut,
    /// Somebody else's, or beyond the caller's role or scope.
    #[error("You have no access to this")]
    Forbidden,
    #[error("There is no such thing here")]
    NotFound,
    #[error("This address does not take that method")]
    MethodNotAllowed,
    /// A body that is longer than is taken here; how many bytes are.
    #[error("The body is longer than the {0} bytes that are taken here")]
    TooLarge(u64),
    #[error("The content type is not one that is taken here")]
    UnsupportedMediaType,
    /// A part of a file that begins after its end; how many bytes the file has.
    #[error("The file ends before that")]
    BeyondTheEnd(u64),
    /// Too many attempts; how many seconds to wait.
    #[error("Too many attempts")]
    TooMany(u64),
    /// The database or a limit is in the way for the moment.
    #[error("The service is not available for the moment")]
    Unavailable,
    /// Our fault; the log says what.
    #[error("Something went wrong on our side")]
    Internal,
    /// The browser could not reach the server.
    #[error("The server cannot be reached")]
    Unreachable,
    /// The server answers as another version than the page's does.
    #[error("There is a newer version")]
    Outdated,
}

impl AppError {
    /// What a parameter comes to that is none, as an example of all that can be wrong with a request.
    pub fn unknown_parameter() -> Self {
        Self::BadRequest(vec![Fault::new("stauts", "is not a parameter here")])
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooLarge(_) => 413,
            Self::UnsupportedMediaType => 415,
            Self::BeyondTheEnd(_) => 416,
            Self::TooMany(_) => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Unreachable | Self::Outdated => 503,
        }
    }

    /// Whether it says nothing of what was asked for, only that there is no answer for the moment.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::TooMany(_) | Self::Unavailable | Self::Internal | Self::Unreachable | Self::Outdated)
    }

    /// After how many seconds it is worth another try.
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Unavailable => Some(1),
            _ => None,
        }
    }

    /// What the person at a page can do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::SignedOut => "Your session has ended. Sign in to go on where you were.",
            Self::Forbidden => "Ask an admin of your organization, or switch to the organization that has it.",
            Self::NotFound => "The link may be wrong, or it belongs to another organization.",
            Self::TooMany(_) => "Wait a few minutes, then try again.",
            Self::Outdated => "What you see is kept. Load the page again to go on.",
            Self::Unavailable | Self::Unreachable => "What you see is kept. Try again in a moment.",
            Self::BadRequest(_)
            | Self::MethodNotAllowed
            | Self::TooLarge(_)
            | Self::UnsupportedMediaType
            | Self::BeyondTheEnd(_)
            | Self::Internal => "Try again. If it stays, tell whoever runs this service.",
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = AnswerBytes;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(why) if why == AnswerError::OtherShape.to_string() => Self::Outdated,
            // The answer did not come whole, or it is a proxy's; what a browser reads is no question.
            ServerFnErrorErr::Deserialization(_) if cfg!(target_family = "wasm") => Self::Unreachable,
            // Not with its message, which quotes what was sent.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::BadRequest(vec![Fault::new("", "the arguments cannot be read")])
            }
            _ => Self::Internal,
        }
    }

    /// What is no error of ours says nothing but that there is one.
    fn de(bytes: Bytes) -> Self {
        <AnswerBytes as Decodes<Self>>::decode(bytes).unwrap_or_else(|why| match why {
            AnswerError::OtherShape => Self::Outdated,
            AnswerError::NoAnswer => Self::Internal,
        })
    }
}
