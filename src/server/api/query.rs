//! Query strings: every parameter known, given once, and every fault named at once.

use crate::{domain::document::Fault, error::AppError, server::AppState};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::{borrow::Cow, collections::BTreeSet, fmt::Display, str::FromStr};

/// What a query string may say.
pub trait QueryParams: Default + Send {
    /// Reads one parameter: what is wrong with its value, or `None` when it is no parameter of this endpoint.
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>>;
}

/// Of an endpoint without parameters.
#[derive(Debug, Default)]
pub struct Nothing;

impl QueryParams for Nothing {
    fn read(&mut self, _: &str, _: &str) -> Option<Result<(), String>> {
        None
    }
}

/// The query string of a request.
pub struct Query<T>(pub T);

impl<T: QueryParams> FromRequestParts<AppState> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, AppError> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a query string. A parameter that begins with `_` is somebody else's.
pub fn parse<T: QueryParams>(query: &str) -> Result<T, AppError> {
    let (mut params, mut faults, mut seen) = (T::default(), Vec::new(), BTreeSet::new());
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(name), Some(value)) = (decode(name), decode(value)) else {
            faults.push(Fault::new(name, "must be UTF-8, percent-encoded"));
            continue;
        };
        if name.starts_with('_') {
            continue;
        }
        let fault = if seen.insert(name.clone()) {
            params.read(&name, &value).unwrap_or_else(|| Err("is not a parameter here".to_owned())).err()
        } else {
            Some("must stand here once".to_owned())
        };
        faults.extend(fault.map(|fault| Fault::new(name, fault)));
    }
    if faults.is_empty() { Ok(params) } else { Err(AppError::BadRequest(faults)) }
}

/// Percent-decodes a part; `None` when it is not UTF-8.
fn decode(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    let bytes: Cow<'_, [u8]> = percent_encoding::percent_decode_str(&spaced).into();
    String::from_utf8(bytes.into_owned()).ok()
}

/// A value that says itself what it must be.
pub fn value<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}
