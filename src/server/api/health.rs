//! Whether the program runs, and whether it can answer.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
};
use crate::{error::AppError, server::AppState};
use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// How the program is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    status: &'static str,
}

pub fn endpoints() -> [Endpoint; 2] {
    let live = Description::new("Health", "live", "Whether the program runs").answers::<Health>(
        200,
        "It runs",
        json!(Health { status: "live" }),
    );
    let ready = Description::new("Health", "ready", "Whether the program can answer")
        .answers::<Health>(200, "Its database answers", json!(Health { status: "ready" }))
        .fails([AppError::Unavailable]);
    [
        Endpoint::public(Verb::Get, "/health/live", live_now, Some(live)),
        Endpoint::public(Verb::Get, "/health/ready", ready_now, Some(ready)),
    ]
}

async fn live_now() -> Json<Health> {
    Json(Health { status: "live" })
}

async fn ready_now(State(state): State<AppState>) -> Result<Json<Health>, AppError> {
    state.db.ping().await?;
    Ok(Json(Health { status: "ready" }))
}
