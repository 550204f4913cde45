//! Parts of a run that an engine posts by themselves, before the run, after it or between: a step when it has ended, the
//! tokens of a call, a file. What is shown of a run is the same in whatever order its document and its parts arrive.

use super::{
    account::Account,
    document::{Fault, RunDocument, TokenUsage},
    status::RunStatus,
    step::{Attachment, StepLog},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A part of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Step(StepLog),
    TokenUsage(TokenUsage),
    Attachment(Attachment),
}

const STEP: &str = "step";
const TOKEN_USAGE: &str = "token_usage";
const ATTACHMENT: &str = "attachment";

/// A part as it was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub part: Part,
    /// The engine's clock when it posted this.
    pub updated_at: Option<Timestamp>,
}

impl Part {
    /// What kind of part it is, as the store keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Step(_) => STEP,
            Self::TokenUsage(_) => TOKEN_USAGE,
            Self::Attachment(_) => ATTACHMENT,
        }
    }

    /// Its id, unique among the parts of its kind in the run.
    pub fn id(&self) -> String {
        match self {
            Self::Step(step) => step.id.clone(),
            Self::TokenUsage(usage) => usage.id.clone(),
            Self::Attachment(file) => file.id.to_string(),
        }
    }

    /// Kind and id, by which it is one part of its run.
    pub fn key(&self) -> (&'static str, String) {
        (self.kind(), self.id())
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        match self {
            Self::Step(step) => step.weight(),
            Self::TokenUsage(_) | Self::Attachment(_) => 300,
        }
    }

    /// Whether nothing more is expected of it.
    const fn is_final(&self) -> bool {
        match self {
            Self::Step(step) => step.ended_at.is_some(),
            Self::TokenUsage(_) | Self::Attachment(_) => true,
        }
    }
}

impl Posted {
    /// What it says of itself.
    pub const fn account(&self) -> Account {
        Account { updated_at: self.updated_at, is_final: self.part.is_final() }
    }
}

/// Puts parts, which came last, into the document of their run, each unless what the document says of it is the better
/// account; of one that `is_shown` as it was posted before, the document has nothing of its own to say. Which of them are
/// shown now.
pub fn join(document: &mut RunDocument, parts: &[Posted], is_shown: impl Fn(&Posted) -> bool) -> Vec<bool> {
    put(document, parts, |posted, of_document| is_shown(posted) || posted.account().replaces(of_document))
}

/// Puts parts into a document that came after them, as [`join`] does.
pub fn stay(document: &mut RunDocument, parts: &[Posted]) -> Vec<bool> {
    put(document, parts, |posted, of_document| !of_document.replaces(posted.account()))
}

/// Takes parts out of a document that shows them.
pub fn leave(document: &mut RunDocument, parts: &[Posted]) {
    let leaving: HashSet<_> = parts.iter().map(|posted| posted.part.key()).collect();
    let stays = |kind, id: &str| !leaving.contains(&(kind, id.to_owned()));
    document.steps.retain(|step| stays(STEP, &step.id));
    document.token_history.retain(|usage| stays(TOKEN_USAGE, &usage.id));
    document.attachments.retain(|file| stays(ATTACHMENT, &file.id.to_string()));
}

/// Puts each part in the place of what a document says of it where it `wins` over that, and adds those of which the
/// document says nothing. Which of them the document shows then.
fn put(document: &mut RunDocument, parts: &[Posted], wins: impl Fn(&Posted, Account) -> bool) -> Vec<bool> {
    let updated_at = document.updated_at;
    let mut steps = Rows::of(&mut document.steps, |step| step.id.clone());
    let mut usages = Rows::of(&mut document.token_history, |usage| usage.id.clone());
    let mut files = Rows::of(&mut document.attachments, |file| file.id.to_string());
    let put = |posted: &Posted| {
        let wins = |is_final| wins(posted, Account { updated_at, is_final });
        match &posted.part {
            Part::Step(step) => steps.put(step, |row| wins(row.ended_at.is_some())),
            Part::TokenUsage(usage) => usages.put(usage, |_| wins(true)),
            // A document knows that there is a file; whoever posted it has its bytes.
            Part::Attachment(file) => files.put(file, |_| wins(false)),
        }
    };
    let shown = parts.iter().map(put).collect();
    // What is posted has no order of its own: steps stand in that of time, the rest in that of their ids.
    let has = |kind| parts.iter().any(|posted| posted.part.kind() == kind);
    if has(STEP) {
        document.steps.sort_by(|a, b| {
            let of = |step: &StepLog| (step.started_at.is_none(), step.started_at);
            of(a).cmp(&of(b)).then_with(|| a.id.cmp(&b.id))
        });
    }
    if has(TOKEN_USAGE) {
        document.token_history.sort_by(|a, b| a.id.cmp(&b.id));
    }
    if has(ATTACHMENT) {
        document.attachments.sort_by_key(|file| file.id);
    }
    shown
}

/// Rows of a document that are found by their id.
struct Rows<'a, T> {
    all: &'a mut Vec<T>,
    places: HashMap<String, usize>,
    id: fn(&T) -> String,
}

impl<'a, T: Clone> Rows<'a, T> {
    fn of(all: &'a mut Vec<T>, id: fn(&T) -> String) -> Self {
        let places = all.iter().enumerate().map(|(place, row)| (id(row), place)).collect();
        Self { all, places, id }
    }

    /// Whether the row is there then.
    fn put(&mut self, row: &T, wins: impl FnOnce(&T) -> bool) -> bool {
        let Some(place) = self.places.get(&(self.id)(row)) else {
            self.places.insert((self.id)(row), self.all.len());
            self.all.push(row.clone());
            return true;
        };
        let wins = wins(&self.all[*place]);
        if wins {
            self.all[*place] = row.clone();
        }
        wins
    }
}

/// What is wrong with parts that are posted together, by their place among them.
pub fn faults(parts: impl IntoIterator<Item = Part>) -> Vec<Fault> {
    let mut document = RunDocument::new(RunStatus::Running, Timestamp::EPOCH);
    for part in parts {
        match part {
            Part::Step(step) => document.steps.push(step),
            Part::TokenUsage(usage) => document.token_history.push(usage),
            Part::Attachment(file) => document.attachments.push(file),
        }
    }
    let at_place = |param: &str| param.find('[').map_or_else(String::new, |place| param[place..].to_owned());
    document.faults().into_iter().map(|fault| Fault::new(at_place(&fault.param), fault.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000).unwrap()
    }

    fn step(id: &str, start: i64, end: Option<i64>, name: &str) -> StepLog {
        let times = serde_json::json!({ "id": id, "name": name, "started_at": at(start), "ended_at": end.map(at) });
        serde_json::from_value(times).unwrap()
    }

    fn posted(step: StepLog, clock: Option<i64>) -> Posted {
        Posted { part: Part::Step(step), updated_at: clock.map(at) }
    }

    fn document(steps: &[StepLog], clock: Option<i64>) -> RunDocument {
        let mut document = RunDocument::new(RunStatus::Running, at(0));
        (document.steps, document.updated_at) = (steps.to_vec(), clock.map(at));
        document
    }

    fn names(document: &RunDocument) -> Vec<&str> {
        document.steps.iter().map(|step| step.name.as_deref().unwrap()).collect()
    }

    #[test]
    fn the_better_account_of_a_step_is_shown_whatever_came_first() {
        let (running, ended) = (step("a", 5, None, "running"), step("a", 5, Some(9), "ended"));
        for (of_document, part, shown) in [
            ((&running, None), (&ended, None), "ended"),
            ((&ended, None), (&running, None), "ended"),
            ((&ended, Some(1)), (&running, Some(2)), "running"),
            ((&ended, Some(2)), (&running, Some(1)), "ended"),
        ] {
            let part = [posted(part.0.clone(), part.1)];
            let (steps, clock) = ([of_document.0.clone()], of_document.1);
            let (mut first, mut last) = (document(&steps, clock), document(&steps, clock));
            let is_shown = part[0].part != Part::Step(steps[0].clone()) && names(&first) != [shown];
            assert_eq!(join(&mut first, &part, |_| false), [is_shown]);
            assert_eq!(stay(&mut last, &part), [is_shown]);
            assert_eq!((names(&first), names(&last)), (vec![shown], vec![shown]));
        }
    }

    #[test]
    fn where_the_clocks_do_not_tell_the_last_one_is_shown() {
        let (one, other) = (step("a", 5, Some(9), "document"), step("a", 5, Some(9), "part"));
        let (mut shown, part) = (document(&[one], None), [posted(other, None)]);
        stay(&mut shown, &part);
        assert_eq!(names(&shown), ["document"]);
        join(&mut shown, &part, |_| false);
        assert_eq!(names(&shown), ["part"]);
    }

    #[test]
    fn posted_steps_are_in_the_order_of_time_and_can_leave_again() {
        let mut shown = document(&[step("a", 5, None, "second")], None);
        let parts = [posted(step("c", 1, None, "first"), None), posted(step("b", 7, None, "third"), None)];
        assert_eq!(join(&mut shown, &parts, |_| false), [true, true]);
        assert_eq!(names(&shown), ["first", "second", "third"]);
        leave(&mut shown, &parts);
        assert_eq!(names(&shown), ["second"]);
    }

    #[test]
    fn of_a_part_that_is_shown_the_document_has_nothing_to_say() {
        let mut shown = document(&[], Some(9));
        join(&mut shown, &[posted(step("a", 1, None, "before"), Some(5))], |_| false);
        // Older than the document, which shows only what was posted.
        join(&mut shown, &[posted(step("a", 1, None, "now"), Some(7))], |_| true);
        assert_eq!(names(&shown), ["now"]);
    }

    #[test]
    fn faults_are_named_by_their_place() {
        let parts = [Part::Step(step("a", 1, None, "x")), Part::Step(step("a", 1, None, &"x".repeat(401)))];
        let faults: Vec<_> = faults(parts).iter().map(Fault::to_string).collect();
        assert_eq!(faults, ["[1].id: stands here twice", "[1].name: is longer than 400 characters"]);
    }
}
