//! Changing a run that is not written whole: what is stored of it becomes a document again, changes, and is written like
//! any other, so that everything derived from it follows. All of it within the transaction that writes.

use super::{
    error::StoreError,
    org_db::{OrgDb, Snapshot},
    packed_run::PackedRun,
    posted_parts::KeptParts,
    run_index::IndexChanges,
    run_write::{StoredRun, WriteOutcome},
};
use crate::domain::{
    document::{Fault, MAX_ROWS, RunDocument},
    ids::{RunId, WorkflowId},
    posted::{self, Posted},
    run::Flow,
    run_edit::{Change, RunEdit, patched},
    run_write::RunWrite,
};
use std::collections::HashMap;

impl OrgDb {
    /// Changes a run, or keeps what was posted of it until it comes.
    pub(super) async fn edit(
        &self,
        view: &mut Snapshot,
        edit: &RunEdit,
        index: &mut IndexChanges,
    ) -> Result<WriteOutcome, StoreError> {
        let run_id = edit.run_id;
        let stored = self.stored_runs(&mut view.tx, [run_id].into_iter()).await?;
        let document = match stored.get(&run_id) {
            Some(run) => view.document(run_id, run).await?.map(|document| (run, document)),
            None => None,
        };
        let Some((run, mut document)) = document else {
            return match &edit.change {
                Change::Patch(_) => Ok(WriteOutcome::Missing),
                Change::Parts(parts) => {
                    let newer = newer(parts, &self.known_parts(&mut view.tx, run_id, parts).await?);
                    let waiting = newer.iter().map(|posted| (posted, false));
                    self.keep_parts(&mut view.tx, run_id, edit.workflow_id, waiting).await?;
                    Ok(WriteOutcome::Waiting)
                }
            };
        };
        let workflow_id = run.facts.workflow_id;
        if edit.workflow_id.is_some_and(|named| named != workflow_id) {
            return Ok(WriteOutcome::OtherWorkflow);
        }
        match &edit.change {
            Change::Patch(patch) => {
                let runs = [(run_id, workflow_id)].into();
                let posted = self.posted_parts(&mut view.tx, &runs).await?.remove(&run_id).unwrap_or_default();
                let shown = posted.into_iter().filter(|kept| kept.is_shown).map(|kept| kept.posted);
                posted::leave(&mut document, &shown.collect::<Vec<_>>());
                let patched = match patched(document, patch).and_then(|patched| of_path(patched, run_id, workflow_id)) {
                    Ok(patched) => RunWrite::new(run_id, workflow_id, patched),
                    Err(faults) => return Ok(WriteOutcome::Refused(faults)),
                };
                if !patched.account().replaces(run.account) {
                    return Ok(WriteOutcome::Stale);
                }
                self.rewrite(view, patched, &stored, index).await?;
                self.rejoin_parts(view, &runs, index).await?;
            }
            Change::Parts(parts) => {
                let known = self.known_parts(&mut view.tx, run_id, parts).await?;
                let newer = newer(parts, &known);
                let mut joined = document.clone();
                let is_shown = |posted: &Posted| known.get(&posted.part.key()).is_some_and(|kept| kept.is_shown);
                let shown = posted::join(&mut joined, &newer, is_shown);
                let faults = joined.faults();
                if !faults.is_empty() {
                    return Ok(WriteOutcome::Refused(faults));
                }
                let newer = newer.iter().zip(shown);
                self.keep_parts(&mut view.tx, run_id, edit.workflow_id, newer).await?;
                if joined != document {
                    self.rewrite(view, RunWrite::new(run_id, workflow_id, joined), &stored, index).await?;
                }
            }
        }
        Ok(WriteOutcome::Replaced)
    }

    /// Lets what was posted of runs join their documents, which were written just now. What would make a document one that
    /// cannot be stays out of it.
    pub(super) async fn rejoin_parts(
        &self,
        view: &mut Snapshot,
        runs: &HashMap<RunId, WorkflowId>,
        index: &mut IndexChanges,
    ) -> Result<(), StoreError> {
        for (run_id, parts) in self.posted_parts(&mut view.tx, runs).await? {
            let stored = self.stored_runs(&mut view.tx, [run_id].into_iter()).await?;
            let Some(run) = stored.get(&run_id) else { continue };
            let Some(document) = view.document(run_id, run).await? else { continue };
            let mut joined = document.clone();
            let (posted, was_shown): (Vec<_>, Vec<_>) =
                parts.into_iter().map(|kept| (kept.posted, kept.is_shown)).unzip();
            let mut is_shown = posted::stay(&mut joined, &posted);
            if !joined.faults().is_empty() {
                // As many as there is room for.
                joined.clone_from(&document);
                let rows = [document.steps.len(), document.token_history.len(), document.attachments.len()];
                let room = MAX_ROWS.saturating_sub(rows.into_iter().max().unwrap_or_default()).min(posted.len());
                let shown = posted::stay(&mut joined, &posted[..room]);
                is_shown.fill(false);
                is_shown[..room].copy_from_slice(&shown);
                if !joined.faults().is_empty() {
                    joined.clone_from(&document);
                    is_shown.fill(false);
                }
            }
            let differing = posted.iter().zip(is_shown).zip(was_shown).filter(|((_, is), was)| is != was);
            self.mark_parts(&mut view.tx, run_id, differing.map(|(part, _)| part)).await?;
            if joined != document {
                let joined = RunWrite::new(run_id, run.facts.workflow_id, joined);
                self.rewrite(view, joined, &stored, index).await?;
            }
        }
        Ok(())
    }

    async fn rewrite(
        &self,
        view: &mut Snapshot,
        write: RunWrite,
        stored: &HashMap<RunId, StoredRun>,
        index: &mut IndexChanges,
    ) -> Result<(), StoreError> {
        let packed = PackedRun::all_of(self.organization_id(), vec![write]).await?;
        self.write_over(&mut view.tx, &packed.iter().collect::<Vec<_>>(), stored, index).await
    }
}

impl Snapshot {
    /// The document of a run, as it would be written again. Of names that runs share it says nothing, so that an old one
    /// does not come back. `None` for a run that is being taken away.
    async fn document(&mut self, run_id: RunId, stored: &StoredRun) -> Result<Option<RunDocument>, StoreError> {
        let mut document = RunDocument::new(stored.facts.status, stored.facts.created_at);
        if let Some(run) = self.find_run(run_id.into()).await? {
            document.ai_employee_id = run.ai_employee_id;
            document.conversation_id = run.conversation_id;
            document.channel = run.channel;
            document.trigger_id = run.trigger_id;
            document.trigger_url = run.trigger_url;
            document.model = run.model;
            document.started_at = run.started_at;
            document.completed_at = run.completed_at;
            document.failed_at = run.failed_at;
            document.suspended_at = run.suspended_at;
            document.cancelled_at = run.cancelled_at;
            document.updated_at = stored.account.updated_at;
            document.input_message = run.input_message;
            document.output_message = run.output_message;
            document.error_message = run.error_message;
            document.state = run.state;
            document.flow = match run.flow {
                Flow::Read(flow) => flow,
                Flow::LeftOut => None,
            };
        }
        if let Some(content) = self.content(run_id).await? {
            document.duration_ms = content.duration_ms;
            document.token_history = content.token_history;
            document.attachments = content.attachments;
            document.voice_transcripts = content.voice_transcripts;
            document.related_runs = content.related_runs;
        }
        let steps = self.all_steps(run_id).await?;
        Ok(steps.map(|steps| RunDocument { steps, ..document }))
    }
}

/// Those that are better accounts than what was posted before.
fn newer(parts: &[Posted], known: &KeptParts) -> Vec<Posted> {
    let is_newer = |posted: &&Posted| {
        known.get(&posted.part.key()).is_none_or(|kept| posted.account().replaces(kept.posted.account()))
    };
    parts.iter().filter(is_newer).cloned().collect()
}

/// A document that names no other run than it is of.
fn of_path(document: RunDocument, run_id: RunId, workflow_id: WorkflowId) -> Result<RunDocument, Vec<Fault>> {
    let faults = document.strays_from(run_id, workflow_id);
    if faults.is_empty() { Ok(document) } else { Err(faults) }
}
