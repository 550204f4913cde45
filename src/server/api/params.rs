//! The query string of the list as a filter: every parameter known, every fault named at once.

use crate::{
    domain::{
        document::Fault,
        engine_state::MAX_STATE_KEY_CHARS,
        filter::RunFilter,
        page::{Limit, PageRequest},
    },
    error::AppError,
    server::store::Columns,
};
use std::{borrow::Cow, collections::BTreeSet, fmt::Display, str::FromStr};

/// Most pairs of `state[…]` in one request.
const MAX_STATE_PAIRS: usize = 50;
/// The longest text that is compared with a column, in characters; nothing longer is stored there.
const MAX_TEXT_CHARS: usize = 400;

/// What a list request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListParams {
    pub filter: RunFilter,
    pub request: PageRequest,
    pub columns: Columns,
}

/// Reads a query string. A parameter that begins with `_` is somebody else's.
pub fn parse(query: &str) -> Result<ListParams, AppError> {
    let mut reader = Reader { faults: Vec::new(), seen: BTreeSet::new() };
    let mut params =
        ListParams { filter: RunFilter::default(), request: PageRequest::default(), columns: Columns::Full };
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(name), Some(value)) = (decode(name), decode(value)) else {
            reader.fault(&String::from_utf8_lossy(name.as_bytes()), "must be UTF-8, percent-encoded");
            continue;
        };
        if !name.starts_with('_') && reader.is_first(&name) {
            reader.read(&mut params, &name, &value);
        }
    }
    if reader.faults.is_empty() { Ok(params) } else { Err(AppError::BadRequest(reader.faults)) }
}

/// Percent-decodes a part; `None` when it is not UTF-8.
fn decode(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    let bytes: Cow<'_, [u8]> = percent_encoding::percent_decode_str(&spaced).into();
    String::from_utf8(bytes.into_owned()).ok()
}

struct Reader {
    faults: Vec<Fault>,
    seen: BTreeSet<String>,
}

impl Reader {
    fn fault(&mut self, name: &str, message: impl Display) {
        self.faults.push(Fault::new(name, message.to_string()));
    }

    fn is_first(&mut self, name: &str) -> bool {
        let first = self.seen.insert(name.to_owned());
        if !first {
            self.fault(name, "must stand here once");
        }
        first
    }

    fn value<T: FromStr>(&mut self, name: &str, value: &str) -> Option<T>
    where
        T::Err: Display,
    {
        value.parse().map_err(|error| self.fault(name, error)).ok()
    }

    fn id<T: FromStr>(&mut self, name: &str, value: &str) -> Option<T> {
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.fault(name, "must be a UUID");
        }
        parsed
    }

    fn text(&mut self, name: &str, value: &str) -> Option<String> {
        if value.is_empty() || value.chars().count() > MAX_TEXT_CHARS {
            self.fault(name, format_args!("must be a text of 1 to {MAX_TEXT_CHARS} characters"));
            return None;
        }
        Some(value.to_owned())
    }

    fn read(&mut self, params: &mut ListParams, name: &str, value: &str) {
        let filter = &mut params.filter;
        match name {
            "page" => params.request.page = self.value(name, value).unwrap_or_default(),
            "limit" => params.request.limit = self.value::<Limit>(name, value).unwrap_or_default(),
            "conversation_id" => filter.conversation_id = self.id(name, value),
            "run_id" => filter.run_id = self.id(name, value),
            "ai_employee_id" => filter.ai_employee_id = self.id(name, value),
            "workflow_id" => filter.workflow_id = self.id(name, value),
            "trigger_id" => filter.trigger_id = self.text(name, value),
            "status" => filter.status = self.value(name, value),
            "channel" => filter.source = self.text(name, value),
            "model" => filter.model = self.text(name, value),
            "started" => filter.started = self.value(name, value),
            "ended" => filter.ended = self.value(name, value),
            "finished" => filter.finished = self.value(name, value),
            "duration" => filter.duration = self.value(name, value),
            "tokens" => filter.tokens = self.value(name, value),
            "exclude" => match value {
                "flow" | "state" | "flow,state" => params.columns = Columns::List,
                _ => self.fault(name, "must be flow, state or flow,state"),
            },
            other => match other.strip_prefix("state[").and_then(|rest| rest.strip_suffix(']')) {
                Some(key) => self.read_state(filter, other, key, value),
                None => self.fault(other, "is not a parameter of this list"),
            },
        }
    }

    fn read_state(&mut self, filter: &mut RunFilter, name: &str, key: &str, value: &str) {
        if key.is_empty() || key.chars().count() > MAX_STATE_KEY_CHARS {
            self.fault(name, format_args!("must name a key of 1 to {MAX_STATE_KEY_CHARS} characters"));
        } else if filter.state.len() == MAX_STATE_PAIRS {
            self.fault(name, format_args!("is more than the {MAX_STATE_PAIRS} pairs that one request may ask for"));
        } else {
            filter.state.insert(key.to_owned(), value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults(query: &str) -> Vec<String> {
        match parse(query) {
            Ok(_) => Vec::new(),
            Err(AppError::BadRequest(faults)) => faults.iter().map(ToString::to_string).collect(),
            Err(other) => vec![other.to_string()],
        }
    }

    #[test]
    fn every_parameter_is_read() {
        let params = parse(
            "page=3&limit=50&status=failed&channel=api&model=gpt%2D5+mini&trigger_id=order-webhook\
             &run_id=7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d&started=2026-11-21T00:00:00Z..&duration=1000..&tokens=..5\
             &state[region]=eu&state%5Ba%5Db%5D=&exclude=flow,state&_cache=1",
        )
        .unwrap();
        assert_eq!((params.request.page.get(), params.request.limit.get()), (3, 50));
        assert_eq!(params.columns, Columns::List);
        assert_eq!(params.filter.model.as_deref(), Some("gpt-5 mini"));
        assert_eq!(params.filter.state.get("region").map(String::as_str), Some("eu"));
        assert_eq!(params.filter.state.get("a]b").map(String::as_str), Some(""));
        assert_eq!(params.filter.tokens.unwrap().to_string(), "..5");
        assert_eq!(parse("").unwrap().columns, Columns::Full);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        assert_eq!(
            faults(
                "page=0&limit=101&status=done&stauts=x&status=failed&run_id=1&duration=9..1&exclude=all&state[]=x&model=%ff"
            ),
            [
                "page: must be a whole number from 1 to 1000000000",
                "limit: must be a whole number from 1 to 100",
                "status: must be one of pending, running, suspended, completed, failed, cancelled",
                "stauts: is not a parameter of this list",
                "status: must stand here once",
                "run_id: must be a UUID",
                "duration: ends before it begins",
                "exclude: must be flow, state or flow,state",
                "state[]: must name a key of 1 to 200 characters",
                "model: must be UTF-8, percent-encoded",
            ]
        );
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in "\\PC{0,60}") {
            let _ = parse(&query);
        }
    }
}
