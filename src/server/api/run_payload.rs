//! `GET …/runs/{runId}/payload/?of=`: one payload of a run, to be saved. Pages link to it where a payload is too long to
//! be shown whole.

use super::{
    describe::{Description, query_parameter, text},
    endpoint::{Endpoint, Verb},
    extract::{RunInPath, RunsReader},
    query::{Query, QueryParams},
};
use crate::{
    domain::{
        document::Fault,
        payload::{CallPayload, Payload, PayloadKey, RunPayload, StepPayload},
    },
    error::AppError,
    server::query::get_run::get_payload,
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Required, ResponseBuilder, Type};

/// Which payload.
#[derive(Debug, Default)]
struct PayloadParams {
    of: Option<String>,
    step: Option<String>,
    call: Option<String>,
}

impl QueryParams for PayloadParams {
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        let place = match name {
            "of" if !all_words().any(|word| word == value) => {
                return Some(Err(format!("must be one of {}", all_words().collect::<Vec<_>>().join(", "))));
            }
            "of" => &mut self.of,
            "step" => &mut self.step,
            "call" => &mut self.call,
            _ => return None,
        };
        *place = Some(value.to_owned());
        Some(Ok(()))
    }
}

/// The words for all kinds of payload.
fn all_words() -> impl Iterator<Item = &'static str> {
    let of_run = RunPayload::ALL.iter().map(|kind| kind.as_str());
    let of_step = StepPayload::ALL.iter().map(|kind| kind.as_str());
    of_run.chain(of_step).chain(CallPayload::ALL.iter().map(|kind| kind.as_str()))
}

/// A run is named with its skill, as everywhere, or by its id alone, which is enough.
pub fn endpoints() -> [Endpoint; 2] {
    let get = |path, id| Endpoint::of_organization(Verb::Get, path, handle, describe(id));
    [
        get("/workflows/{workflow_id}/runs/{run_id}/payload/", "getPayloadOfWorkflowRun"),
        get("/runs/{run_id}/payload/", "getPayload"),
    ]
}

fn describe(id: &str) -> Description {
    let any = || ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build();
    let json = ContentBuilder::new()
        .schema(Some(utoipa::openapi::schema::empty()))
        .example(Some(json!({ "found": true })))
        .build();
    let answer = ResponseBuilder::new()
        .description("The payload, a text as it is and everything else as the JSON that was written")
        .content("application/json", json)
        .content("text/plain; charset=utf-8", any());
    let of = text(None).enum_values(Some(all_words()));
    Description::new("Reading", id, "One payload of a run, as a file")
        .more("Of a step it is named by the id of its step log, of a call of a tool by the ids of both.")
        .parameter(query_parameter("of", "Which payload", of).required(Required::True))
        .parameter(query_parameter("step", "The id of the step log", text(None)))
        .parameter(query_parameter("call", "The id of the call in that step", text(None)))
        .answer(200, answer)
        .fails([AppError::unknown_parameter(), AppError::NotFound])
}

async fn handle(
    RunsReader(access): RunsReader,
    RunInPath(key): RunInPath,
    Query(PayloadParams { of, step, call }): Query<PayloadParams>,
) -> Result<Response, AppError> {
    let of = of.ok_or_else(|| AppError::BadRequest(vec![Fault::new("of", "is needed here")]))?;
    let wanted = PayloadKey::from_words(&of, step, call).ok_or(AppError::NotFound)?;
    let payload = get_payload(&access.org, key, &wanted).await?.ok_or(AppError::NotFound)?;
    access.opened(key.id);
    let (kind, end, body) = match payload {
        Payload::Text(text) => ("text/plain; charset=utf-8", "txt", text),
        Payload::Json(json) => ("application/json", "json", json.as_str().to_owned()),
    };
    let name = format!("attachment; filename=\"{}-{of}.{end}\"", key.id);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &name)], body).into_response())
}
