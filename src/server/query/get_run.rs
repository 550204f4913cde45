//! One run, whole.

use crate::{
    domain::{
        ids::RunId,
        run::{MAX_DETAIL_STEPS, Run, RunDetail},
    },
    server::store::{OrgDb, StoreError},
};

/// A run without what lies inside it; `None` when the organization has no such run.
pub async fn get_run_alone(org: &OrgDb, run_id: RunId) -> Result<Option<Run>, StoreError> {
    let ids = [run_id];
    let (run, mut costs) = tokio::try_join!(org.find_run(run_id), org.costs(&ids))?;
    Ok(run.map(|run| Run { costs: costs.remove(&run_id).unwrap_or_default(), ..run }))
}

/// A run with everything inside it; `None` when the organization has no such run.
pub async fn get_run(org: &OrgDb, run_id: RunId) -> Result<Option<RunDetail>, StoreError> {
    let Some(mut run) = org.find_run(run_id).await? else { return Ok(None) };
    if let (Some(conversation_id), None) = (run.conversation_id, &run.conversation_title) {
        run.conversation_title = org.backfill_title(conversation_id).await?;
    }
    let ids = [run_id];
    let (mut costs, (steps, steps_total), attachments, voice_transcripts) = tokio::try_join!(
        org.costs(&ids),
        org.steps(run_id, MAX_DETAIL_STEPS),
        org.attachments(run_id),
        org.voice_transcripts(run_id),
    )?;
    run.costs = costs.remove(&run_id).unwrap_or_default();
    Ok(Some(RunDetail { run, steps, steps_total, attachments, voice_transcripts }))
}
