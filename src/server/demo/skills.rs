//! The skills of the demo organization: which steps each has, what sets it off, and who has it.

mod contract_review;
mod expense_check;
mod invoice_intake;
mod lead_enrichment;
mod order_lookup;
mod phone_reception;
mod refund_triage;
mod reorder_planning;
mod weekly_digest;

pub use contract_review::CONTRACT_REVIEW;
pub use expense_check::EXPENSE_CHECK;
pub use invoice_intake::INVOICE_INTAKE;
pub use lead_enrichment::LEAD_ENRICHMENT;
pub use order_lookup::ORDER_LOOKUP;
pub use phone_reception::PHONE_RECEPTION;
pub use refund_triage::REFUND_TRIAGE;
pub use reorder_planning::REORDER_PLANNING;
pub use weekly_digest::WEEKLY_DIGEST;

use super::{
    cast::Teammate,
    draw::{Draw, Stream},
};
use crate::domain::ids::WorkflowId;

/// What a teammate can be asked to do.
#[derive(Debug)]
pub struct Skill {
    pub name: &'static str,
    /// The trigger by which programs start it.
    pub trigger: &'static str,
    /// Whether its customers write in their own language.
    pub faces_customers: bool,
    /// The tokens of a usual run.
    pub typical_tokens: i64,
    pub steps: &'static [Step],
    /// What people ask, with places in braces as [`super::case::Case::fill`] knows them.
    pub inputs: &'static [&'static str],
    /// What people add to it.
    pub additions: &'static [&'static str],
    pub outputs: &'static [&'static str],
    /// What the model says to itself on the way.
    pub thoughts: &'static [&'static str],
}

impl Skill {
    /// The same id for all runs of one seed.
    pub fn id(&self, seed: u64) -> WorkflowId {
        let number = SKILLS.iter().take_while(|skill| skill.name != self.name).count();
        WorkflowId(Draw::new(seed, Stream::Workflow, number as u64).uuid())
    }
}

/// All of them.
pub const SKILLS: [&Skill; 9] = [
    &REFUND_TRIAGE,
    &INVOICE_INTAKE,
    &LEAD_ENRICHMENT,
    &WEEKLY_DIGEST,
    &ORDER_LOOKUP,
    &CONTRACT_REVIEW,
    &PHONE_RECEPTION,
    &REORDER_PLANNING,
    &EXPENSE_CHECK,
];

/// What a teammate does, and how often. Calls come by the telephone only, so they are not here.
pub const fn skills_of(teammate: Teammate) -> &'static [(i64, &'static Skill)] {
    match teammate {
        Teammate::Nora => &[(6, &REFUND_TRIAGE), (5, &ORDER_LOOKUP)],
        Teammate::Otis => &[(7, &INVOICE_INTAKE), (2, &REORDER_PLANNING), (2, &EXPENSE_CHECK)],
        Teammate::Ivy => &[(6, &LEAD_ENRICHMENT), (3, &ORDER_LOOKUP), (1, &WEEKLY_DIGEST)],
        Teammate::Sol => &[(5, &CONTRACT_REVIEW), (3, &WEEKLY_DIGEST), (2, &EXPENSE_CHECK)],
    }
}

/// What kind of work a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A call of a model.
    Think,
    /// A call of a tool.
    Tool(&'static str),
    /// A rule without model or tool.
    Rule,
    /// Steps inside, of which so many run at the same time.
    Group { lanes: usize },
    /// A person has to say yes.
    Approval,
}

impl Work {
    /// The engine's word for it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Think => "llm",
            Self::Tool(_) => "tool",
            Self::Rule => "rule",
            Self::Group { .. } => "group",
            Self::Approval => "approval",
        }
    }
}

/// A step of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub id: &'static str,
    pub name: &'static str,
    pub work: Work,
    pub typical_ms: i64,
    /// The group inside which it runs.
    pub parent: Option<&'static str>,
    /// The version of the flow that brought it.
    pub since: u8,
    /// In how many of a hundred runs it happens.
    pub percent: i64,
    /// Whether it happens once for each item of the run.
    pub each: bool,
}

impl Step {
    const fn new(id: &'static str, name: &'static str, work: Work, typical_ms: i64) -> Self {
        Self { id, name, work, typical_ms, parent: None, since: 1, percent: 100, each: false }
    }

    const fn inside(self, parent: &'static str) -> Self {
        Self { parent: Some(parent), ..self }
    }

    const fn since(self, version: u8) -> Self {
        Self { since: version, ..self }
    }

    const fn sometimes(self, percent: i64) -> Self {
        Self { percent, ..self }
    }

    const fn for_each(self) -> Self {
        Self { each: true, ..self }
    }
}

const fn think(id: &'static str, name: &'static str, typical_ms: i64) -> Step {
    Step::new(id, name, Work::Think, typical_ms)
}

const fn tool(id: &'static str, name: &'static str, tool: &'static str, typical_ms: i64) -> Step {
    Step::new(id, name, Work::Tool(tool), typical_ms)
}

const fn rule(id: &'static str, name: &'static str) -> Step {
    Step::new(id, name, Work::Rule, 12)
}

const fn group(id: &'static str, name: &'static str, lanes: usize) -> Step {
    Step::new(id, name, Work::Group { lanes }, 0)
}

const fn approval(id: &'static str, name: &'static str, typical_ms: i64) -> Step {
    Step::new(id, name, Work::Approval, typical_ms)
}
