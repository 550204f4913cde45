//! One run, whole or in part.

use crate::{
    domain::{
        ids::{AttachmentId, ConversationId, RunId},
        payload::{self, Payload, PayloadKey},
        run::{MAX_DETAIL_STEPS, Run, RunDetail, RunKey, StepsPage},
        step::Attachment,
    },
    server::store::{OrgDb, StoreError, StoredContent},
};

/// A run without what lies inside it; `None` when the organization has no such run.
pub async fn get_run_alone(org: &OrgDb, run_id: RunId) -> Result<Option<Run>, StoreError> {
    org.snapshot().await?.find_run(run_id.into()).await
}

/// A run with everything inside it, as it was at one moment; `None` when the organization has no such run.
pub async fn get_run(org: &OrgDb, key: RunKey) -> Result<Option<RunDetail>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let Some(run) = snapshot.find_run(key).await? else { return Ok(None) };
    let (steps, steps_total) = snapshot.steps(key.id, 0, MAX_DETAIL_STEPS).await?;
    let inside = snapshot.content(key.id).await?.unwrap_or_default();
    let related_runs = snapshot.related_runs(key.id, inside.related_runs).await?;
    drop(snapshot);
    let StoredContent { attachments, voice_transcripts, .. } = inside;
    let mut detail = RunDetail { run, steps, steps_total, attachments, voice_transcripts, related_runs };
    if let (Some(conversation_id), None) = (detail.run.conversation_id, &detail.run.conversation_title) {
        detail.run.conversation_title = Box::pin(title(org, conversation_id)).await?;
    }
    Ok(Some(detail))
}

/// Steps of a run from `offset` on, at most as many as a detail carries; `None` when there is no such run.
pub async fn get_steps(org: &OrgDb, key: RunKey, offset: u64) -> Result<Option<StepsPage>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    if !snapshot.has_run(key).await? {
        return Ok(None);
    }
    let (steps, steps_total) = snapshot.steps(key.id, offset, MAX_DETAIL_STEPS).await?;
    Ok(Some(StepsPage { steps, steps_total, offset }))
}

/// What is known of a file of a run; `None` when there is no such run, or it has no such file.
pub async fn get_attachment(org: &OrgDb, key: RunKey, id: AttachmentId) -> Result<Option<Attachment>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    if !snapshot.has_run(key).await? {
        return Ok(None);
    }
    let inside = snapshot.content(key.id).await?.unwrap_or_default();
    Ok(inside.attachments.into_iter().find(|attachment| attachment.id == id))
}

/// One payload of a run, whole; `None` when there is no such run, or it has no such payload.
pub async fn get_payload(org: &OrgDb, key: RunKey, wanted: &PayloadKey) -> Result<Option<Payload>, StoreError> {
    let mut snapshot = org.snapshot().await?;
    if let Some(step) = wanted.step() {
        if !snapshot.has_run(key).await? {
            return Ok(None);
        }
        let step = snapshot.step(key.id, step).await?;
        return Ok(step.and_then(|step| payload::take_of_step(step, wanted)));
    }
    Ok(snapshot.find_run(key).await?.and_then(|run| payload::take_of_run(run, wanted)))
}

/// The title of a conversation that was given none, written back the first time somebody reads it.
async fn title(org: &OrgDb, id: ConversationId) -> Result<Option<String>, StoreError> {
    let Some(title) = org.temporary_title(id).await? else { return Ok(None) };
    match org.title_once(id, &title).await {
        Ok(stored) => Ok(stored.or(Some(title))),
        // Reading goes on where nothing can be written.
        Err(error) => {
            tracing::warn!(%error, "the title of a conversation could not be written back");
            Ok(Some(title))
        }
    }
}
