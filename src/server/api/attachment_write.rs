//! `PUT …/runs/{runId}/attachments/{attachmentId}/?name=`: the bytes of a file of a run.

use super::{
    describe::{Description, query_parameter, text},
    endpoint::{Endpoint, Verb},
    examples,
    extract::{AttachmentInPath, FileBody, RunInPath, RunsWriter},
    query::{Query, QueryParams},
};
use crate::{
    domain::{
        document::Fault,
        posted::{self, Part, Posted},
        run_edit::{Change, RunEdit},
        step::Attachment,
    },
    error::AppError,
    server::{AppState, query::ingest, settings::Settings, store::WriteOutcome},
};
use axum::{Json, extract::State, http::StatusCode};
use serde_json::json;
use utoipa::openapi::{ObjectBuilder, Type};

/// What the file is called; its id when nothing is said.
#[derive(Debug, Default)]
struct FileParams {
    name: Option<String>,
}

impl QueryParams for FileParams {
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        (name == "name").then(|| {
            self.name = Some(value.to_owned());
            Ok(())
        })
    }
}

pub fn endpoint(settings: &Settings) -> Endpoint {
    let example = &examples::document().attachments[0];
    let name = text(Some("^[^\\u0000]*$")).max_length(Some(400));
    let bytes = ObjectBuilder::new().schema_type(Type::String).content_encoding("binary");
    let description = Description::new("Writing", "putAttachment", "Store the bytes of a file of a run")
        .more(
            "They are answered later with the `Content-Type` that they are sent with. The file joins those that the document of the \
             run names, or takes the place of the one with its id; it may come before its run.",
        )
        .parameter(query_parameter("name", "What the file is called; its id when left out", name))
        .takes_text("application/octet-stream", "The bytes", bytes)
        .answers::<Attachment>(200, "Stored, and the run has it", json!(example))
        .answers::<Attachment>(202, "Stored, and waits for the run", json!(example))
        .fails([
            AppError::BadRequest(vec![Fault::new("name", "is longer than 400 characters")]),
            AppError::TooLarge(settings.max_attachment_bytes as u64),
            AppError::UnsupportedMediaType,
        ]);
    Endpoint::of_organization(Verb::Put, "/runs/{run_id}/attachments/{attachment_id}", handle, description)
        .with_body_limit(settings.max_attachment_bytes)
}

/// Stores the bytes and then what is known of them, so that no run has a file without its bytes.
async fn handle(
    RunsWriter(access): RunsWriter,
    RunInPath(key): RunInPath,
    AttachmentInPath(id): AttachmentInPath,
    Query(FileParams { name }): Query<FileParams>,
    State(state): State<AppState>,
    FileBody { media_type, bytes }: FileBody,
) -> Result<(StatusCode, Json<Attachment>), AppError> {
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string());
    let file = Attachment { id, name, media_type, size: bytes.len() as u64 };
    let mut faults = posted::faults([Part::Attachment(file.clone())]);
    if !faults.is_empty() {
        for fault in &mut faults {
            fault.param = fault.param.trim_start_matches("[0].").to_owned();
        }
        return Err(AppError::BadRequest(faults));
    }
    state.files.put(access.org.organization_id(), key.id, id, bytes).await?;
    let parts = vec![Posted { part: Part::Attachment(file.clone()), updated_at: None }];
    let edit = RunEdit { run_id: key.id, workflow_id: key.workflow_id, change: Change::Parts(parts) };
    match ingest::edit(&access.org, edit).await? {
        WriteOutcome::Refused(faults) => Err(AppError::BadRequest(faults)),
        WriteOutcome::Waiting => Ok((StatusCode::ACCEPTED, Json(file))),
        _ => Ok((StatusCode::OK, Json(file))),
    }
}
