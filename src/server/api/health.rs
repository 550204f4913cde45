//! Whether the program runs, and whether it can answer.

use crate::{error::AppError, server::AppState};
use axum::{Json, extract::State};
use serde_json::{Value, json};

/// It runs.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// Its database answers.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Value>, AppError> {
    state.db.ping().await?;
    Ok(Json(json!({ "status": "ready" })))
}
