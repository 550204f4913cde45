//! `GET …/runs/{runId}/steps/?offset=`: the steps of a run that its detail does not carry.

use super::{
    describe::{Description, query_parameter, whole_number},
    endpoint::{Endpoint, Verb},
    examples,
    extract::{RunInPath, RunsReader},
    query::{Query, QueryParams},
};
use crate::{
    domain::{
        range::Bound,
        run::{MAX_DETAIL_STEPS, StepsPage},
    },
    error::AppError,
    server::query::get_run::get_steps,
};
use axum::Json;
use serde_json::json;

/// Where the steps begin that are asked for.
#[derive(Debug, Default)]
struct StepsParams {
    offset: u64,
}

impl QueryParams for StepsParams {
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        (name == "offset").then(|| u64::parse(value).map(|offset| self.offset = offset))
    }
}

/// A run is named with its skill, as everywhere, or by its id alone, which is enough.
pub fn endpoints() -> [Endpoint; 2] {
    let get = |path, id| Endpoint::of_organization(Verb::Get, path, handle, describe(id));
    [
        get("/workflows/{workflow_id}/runs/{run_id}/steps/", "getStepsOfWorkflowRun"),
        get("/runs/{run_id}/steps/", "getSteps"),
    ]
}

fn describe(id: &str) -> Description {
    let steps = examples::document().steps;
    let example = StepsPage { steps_total: steps.len() as u64, steps, offset: 0 };
    Description::new("Reading", id, "Steps of a run, in order")
        .more(format!("At most {MAX_DETAIL_STEPS} at once, from `offset` on. The first ones are in the run itself."))
        .parameter(query_parameter(
            "offset",
            "How many steps come before those that are asked for",
            whole_number(0, i64::MAX.try_into().ok()).default(Some(0.into())),
        ))
        .answers::<StepsPage>(200, "The steps", json!(example))
        .fails([AppError::unknown_parameter(), AppError::NotFound])
}

async fn handle(
    RunsReader(access): RunsReader,
    RunInPath(key): RunInPath,
    Query(StepsParams { offset }): Query<StepsParams>,
) -> Result<Json<StepsPage>, AppError> {
    let steps = get_steps(&access.org, key, offset).await?.ok_or(AppError::NotFound)?;
    access.opened(key.id);
    Ok(Json(steps))
}
