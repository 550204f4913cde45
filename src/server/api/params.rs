//! The parameters of the list, as a table: from it they are read, and from it they are described.

use super::{
    describe::{id_schema, query_parameter, text, whole_number},
    query::{QueryParams, value},
};
use crate::{
    domain::{
        engine_state::MAX_STATE_KEY_CHARS,
        filter::RunFilter,
        page::{Limit, PageNumber, PageRequest},
        status::RunStatus,
    },
    server::{
        search::query::{self, SearchQuery},
        store::Columns,
    },
};
use serde_json::json;
use std::str::FromStr;
use utoipa::openapi::{
    ObjectBuilder, Type,
    path::{Parameter, ParameterStyle},
    schema::AdditionalProperties,
};

/// Most pairs of `state[…]` in one request.
const MAX_STATE_PAIRS: usize = 50;
/// The longest text that is compared with a column, in characters; nothing longer is stored there.
const MAX_TEXT_CHARS: usize = 400;

/// What a list request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListParams {
    pub filter: RunFilter,
    /// What is searched for among them.
    pub search: Option<SearchQuery>,
    pub request: PageRequest,
    pub columns: Columns,
}

impl Default for ListParams {
    fn default() -> Self {
        Self { filter: RunFilter::default(), search: None, request: PageRequest::default(), columns: Columns::Full }
    }
}

/// The filters of a list, by themselves.
#[derive(Debug, Default)]
pub struct FilterParams {
    pub filter: RunFilter,
}

/// One of them, but for `state[…]`, which has any name.
struct ListParameter {
    name: &'static str,
    description: &'static str,
    schema: fn() -> ObjectBuilder,
    read: fn(&mut ListParams, &str) -> Result<(), String>,
}

const PARAMETERS: &[ListParameter] = &[
    ListParameter {
        name: "page",
        description: "Which page, from 1 on",
        schema: || whole_number(1, Some(PageNumber::MAX)).default(Some(1.into())),
        read: |params, text| set(&mut params.request.page, value(text)),
    },
    ListParameter {
        name: "limit",
        description: "How many runs a page has",
        schema: || whole_number(1, Some(Limit::MAX)).default(Some(Limit::default().get().into())),
        read: |params, text| set(&mut params.request.limit, value(text)),
    },
    ListParameter {
        name: "q",
        description: "Runs whose texts have all of these words, whatever script, case or accents. A word is found as the \
                      beginning of a longer one too, words in quotes in a row, an id by four or more digits. Of one text the \
                      first 4,000 words (64 KB) are looked through, of one run 16,000",
        schema: || {
            text(None).min_length(Some(1)).max_length(Some(query::MAX_CHARS)).examples(["\"wet parcel\" refund"])
        },
        read: |params, text| set_some(&mut params.search, value(text)),
    },
    ListParameter {
        name: "run_id",
        description: "The run of this id",
        schema: id_schema,
        read: |params, text| set_some(&mut params.filter.run_id, id(text)),
    },
    ListParameter {
        name: "conversation_id",
        description: "Runs of this conversation",
        schema: id_schema,
        read: |params, text| set_some(&mut params.filter.conversation_id, id(text)),
    },
    ListParameter {
        name: "ai_employee_id",
        description: "Runs on behalf of this AI teammate",
        schema: id_schema,
        read: |params, text| set_some(&mut params.filter.ai_employee_id, id(text)),
    },
    ListParameter {
        name: "workflow_id",
        description: "Runs of this workflow, which people call a skill",
        schema: id_schema,
        read: |params, text| set_some(&mut params.filter.workflow_id, id(text)),
    },
    ListParameter {
        name: "trigger_id",
        description: "Runs that this trigger began",
        schema: short_text,
        read: |params, text| set_some(&mut params.filter.trigger_id, short(text)),
    },
    ListParameter {
        name: "status",
        description: "Runs that stand there",
        schema: || text(None).enum_values(Some(RunStatus::ALL.map(RunStatus::as_str))),
        read: |params, text| set_some(&mut params.filter.status, value(text)),
    },
    ListParameter {
        name: "channel",
        description: "Runs of this resolved source, such as `api` or `web_chat`",
        schema: short_text,
        read: |params, text| set_some(&mut params.filter.source, short(text)),
    },
    ListParameter {
        name: "model",
        description: "Runs of this model",
        schema: short_text,
        read: |params, text| set_some(&mut params.filter.model, short(text)),
    },
    ListParameter {
        name: "started",
        description: "Runs created in this half-open range, `FROM..TO`, of which one side may be empty",
        schema: time_range,
        read: |params, text| set_some(&mut params.filter.started, value(text)),
    },
    ListParameter {
        name: "ended",
        description: "Runs completed in this range; neither failed nor suspended ones",
        schema: time_range,
        read: |params, text| set_some(&mut params.filter.ended, value(text)),
    },
    ListParameter {
        name: "finished",
        description: "Runs that completed, failed or were cancelled in this range",
        schema: time_range,
        read: |params, text| set_some(&mut params.filter.finished, value(text)),
    },
    ListParameter {
        name: "duration",
        description: "Runs that took so many milliseconds, as a half-open range `FROM..TO`",
        schema: count_range,
        read: |params, text| set_some(&mut params.filter.duration, value(text)),
    },
    ListParameter {
        name: "tokens",
        description: "Runs that took so many tokens in all, as a half-open range",
        schema: count_range,
        read: |params, text| set_some(&mut params.filter.tokens, value(text)),
    },
    ListParameter {
        name: "exclude",
        description: "List serialization: without `flow`, and with a compressed `state`. All three spellings do the same",
        schema: || text(None).enum_values(Some(["flow", "state", "flow,state"])),
        read: |params, text| match text {
            "flow" | "state" | "flow,state" => set(&mut params.columns, Ok(Columns::List)),
            _ => Err("must be flow, state or flow,state".to_owned()),
        },
    },
];

/// What says which page is listed and how, and filters nothing.
const OF_THE_PAGE: [&str; 4] = ["page", "limit", "exclude", "q"];

/// The parameters that filter, as the OpenAPI document has them.
pub fn described_filters() -> Vec<Parameter> {
    described().into_iter().filter(|parameter| !OF_THE_PAGE.contains(&parameter.name.as_str())).collect()
}

/// The parameters as the OpenAPI document has them.
pub fn described() -> Vec<Parameter> {
    let state = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(text(None).min_length(Some(1)).max_length(Some(MAX_STATE_KEY_CHARS))))
        .max_properties(Some(MAX_STATE_PAIRS))
        .additional_properties(Some(AdditionalProperties::RefOr(text(None).into())));
    let state = query_parameter(
        "state",
        "`state[KEY]=VALUE`: runs whose `state.runtimeContext.state` has this value under this key; numbers and booleans match \
         their JSON text. Up to 50 keys, each once",
        state,
    );
    // The page for people would otherwise ask for keys of its own invention.
    let state = state.style(Some(ParameterStyle::DeepObject)).explode(Some(true)).example(Some(json!({}))).build();
    PARAMETERS
        .iter()
        .map(|parameter| query_parameter(parameter.name, parameter.description, (parameter.schema)()).build())
        .chain(std::iter::once(state))
        .collect()
}

impl QueryParams for FilterParams {
    fn read(&mut self, name: &str, text: &str) -> Option<Result<(), String>> {
        if OF_THE_PAGE.contains(&name) {
            return None;
        }
        let mut list = ListParams { filter: std::mem::take(&mut self.filter), ..ListParams::default() };
        let read = list.read(name, text);
        self.filter = list.filter;
        read
    }
}

impl QueryParams for ListParams {
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        match PARAMETERS.iter().find(|parameter| parameter.name == name) {
            Some(parameter) => Some((parameter.read)(self, value)),
            None => Some(self.read_state(name.strip_prefix("state[")?.strip_suffix(']')?, value)),
        }
    }
}

impl ListParams {
    fn read_state(&mut self, key: &str, value: &str) -> Result<(), String> {
        if key.is_empty() || key.chars().count() > MAX_STATE_KEY_CHARS {
            return Err(format!("must name a key of 1 to {MAX_STATE_KEY_CHARS} characters"));
        }
        if self.filter.state.len() == MAX_STATE_PAIRS {
            return Err(format!("is more than the {MAX_STATE_PAIRS} pairs that one request may ask for"));
        }
        self.filter.state.insert(key.to_owned(), value.to_owned());
        Ok(())
    }
}

fn set<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn set_some<T>(place: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    set(place, value.map(Some))
}

fn id<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "must be a UUID".to_owned())
}

fn short(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > MAX_TEXT_CHARS {
        return Err(format!("must be a text of 1 to {MAX_TEXT_CHARS} characters"));
    }
    Ok(text.to_owned())
}

fn short_text() -> ObjectBuilder {
    text(None).min_length(Some(1)).max_length(Some(MAX_TEXT_CHARS))
}

fn count_range() -> ObjectBuilder {
    text(Some("^([0-9]{1,18}[.]{2}([0-9]{1,18})?|[.]{2}[0-9]{1,18})$")).examples(["1000..10000", "60000.."])
}

/// RFC 3339, to the length of each month.
fn time_range() -> ObjectBuilder {
    const DAY: &str = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)\
                       |02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    const HOUR: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    let time = format!("{DAY}T{HOUR}:[0-5][0-9](?:[.][0-9]{{1,9}})?(?:Z|[+-]{HOUR})");
    text(Some(&format!("^({time}[.]{{2}}({time})?|[.]{{2}}{time})$")))
        .examples(["2026-11-20T00:00:00Z..2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z.."])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::AppError, server::api::query::parse};
    use proptest::prelude::*;

    fn faults(query: &str) -> Vec<String> {
        match parse::<ListParams>(query) {
            Ok(_) => Vec::new(),
            Err(AppError::BadRequest(faults)) => faults.iter().map(ToString::to_string).collect(),
            Err(other) => vec![other.to_string()],
        }
    }

    #[test]
    fn every_parameter_is_read() {
        let params: ListParams = parse(
            "page=3&limit=50&status=failed&channel=api&model=gpt%2D5+mini&trigger_id=order-webhook\
             &run_id=7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d&started=2026-11-21T00:00:00Z..&duration=1000..&tokens=..5\
             &state[region]=eu&state%5Ba%5Db%5D=&exclude=flow,state&_cache=1&q=wet+parcel",
        )
        .unwrap();
        assert_eq!((params.request.page.get(), params.request.limit.get()), (3, 50));
        assert_eq!((params.columns, params.search), (Columns::List, "wet parcel".parse().ok()));
        assert_eq!(params.filter.model.as_deref(), Some("gpt-5 mini"));
        assert_eq!(params.filter.state.get("region").map(String::as_str), Some("eu"));
        assert_eq!(params.filter.state.get("a]b").map(String::as_str), Some(""));
        assert_eq!(params.filter.tokens.unwrap().to_string(), "..5");
        assert_eq!(parse::<ListParams>("").unwrap(), ListParams::default());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        assert_eq!(
            faults(
                "page=0&limit=101&status=done&stauts=x&status=failed&run_id=1&duration=9&tokens=9..1&exclude=all&state[]=x&model=%ff&state[a]=1&state[a]=2"
            ),
            [
                "page: must be a whole number from 1 to 1000000000",
                "limit: must be a whole number from 1 to 100",
                "status: must be one of pending, running, suspended, completed, failed, cancelled",
                "stauts: is not a parameter here",
                "status: must stand here once",
                "run_id: must be a UUID",
                "duration: must be FROM..TO, where one side may be empty",
                "tokens: ends before it begins",
                "exclude: must be flow, state or flow,state",
                "state[]: must name a key of 1 to 200 characters",
                "model: must be UTF-8, percent-encoded",
                "state[a]: must stand here once",
            ]
        );
        let many = (0..=MAX_STATE_PAIRS).map(|n| format!("state[{n}]=x")).collect::<Vec<_>>().join("&");
        assert_eq!(faults(&many), ["state[50]: is more than the 50 pairs that one request may ask for"]);
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in "\\PC{0,60}") {
            let _ = parse::<ListParams>(&query);
        }
    }
}
