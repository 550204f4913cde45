//! What an engine changes of a run that it does not write whole.

use super::{
    document::{self, Fault, RunDocument},
    ids::{RunId, WorkflowId},
    json::{Json, Shape},
    merge_patch::merge,
    posted::Posted,
};

/// A change of one run.
#[derive(Debug, Clone)]
pub struct RunEdit {
    pub run_id: RunId,
    /// The skill under which the run was named; `None` where its id was enough.
    pub workflow_id: Option<WorkflowId>,
    pub change: Change,
}

impl RunEdit {
    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        match &self.change {
            Change::Patch(patch) => patch.as_str().len(),
            Change::Parts(parts) => parts.iter().map(|posted| posted.part.weight()).sum(),
        }
    }
}

/// What is changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// Members of its document, by a merge patch.
    Patch(Json),
    /// Parts that are posted by themselves.
    Parts(Vec<Posted>),
}

/// A document after a merge patch, or what is wrong with it then.
pub fn patched(document: RunDocument, patch: &Json) -> Result<RunDocument, Vec<Fault>> {
    let Shape::Object(changes) = patch.shape() else {
        return Err(vec![Fault::new("", "must be a JSON object")]);
    };
    let written = serde_json::to_string(&document).and_then(Json::from_text);
    let written = written.map_err(|error| vec![Fault::new("", error.to_string())])?;
    let merged = merge(Some(written), patch);
    let mut merged = document::parse(merged.as_ref().map_or("null", Json::as_str).as_bytes())?;
    let is_kept = |member: &str| !changes.iter().any(|(name, _)| name == member);
    // On the wire a time has milliseconds; one that is not changed stays as exact as it is.
    macro_rules! keep {
        ($($time:ident),+) => {$(
            if is_kept(stringify!($time)) {
                merged.$time = document.$time;
            }
        )+};
    }
    keep!(created_at, started_at, completed_at, failed_at, suspended_at, cancelled_at, updated_at);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::status::RunStatus;

    #[test]
    fn a_patch_keeps_what_it_does_not_name() {
        let created = "2026-11-21T14:00:00.123456Z".parse().unwrap();
        let mut document = RunDocument::new(RunStatus::Running, created);
        document.state = Some(Json::from_text(r#"{"n":1.0,"gone":true}"#.to_owned()).unwrap());
        document.model = Some("gpt-5-mini".to_owned());
        let patch =
            r#"{"status":"completed","completed_at":"2026-11-21T14:00:09Z","model":null,"state":{"gone":null}}"#;
        let patched = patched(document.clone(), &Json::from_text(patch.to_owned()).unwrap()).unwrap();
        assert_eq!(
            (patched.status, patched.created_at, patched.model.as_deref()),
            (RunStatus::Completed, created, None)
        );
        assert_eq!((patched.state.unwrap().as_str(), patched.completed_at.is_some()), (r#"{"n":1.0}"#, true));
        for (patch, fault) in [
            (r#"{"stauts":"failed"}"#, "stauts: unknown field"),
            (r#"{"status":null}"#, "missing field `status`"),
            (r#"{"steps":[{"id":""}]}"#, "steps[0].id: must be"),
            ("[]", "must be a JSON object"),
        ] {
            let faults = super::patched(document.clone(), &Json::from_text(patch.to_owned()).unwrap()).unwrap_err();
            assert!(faults[0].to_string().starts_with(fault), "{patch}: {faults:?}");
        }
    }
}
