//! A run made of its spans: always the same of the same spans, in whatever order they are given.

mod calls;
mod files;
mod names;
mod outcome;
mod related;
mod state;
mod steps;
pub mod tree;
mod voice;

pub use files::RunFile;

use super::{
    identity::RunIdentity,
    limits::{self, Payloads},
    messages::{self, Exchange, Message, Side},
    span::Span,
    tokens,
};
use crate::domain::{document::RunDocument, run_write::RunWrite};
use files::Files;
use tree::Tree;

/// A run as it is to be written.
#[derive(Debug)]
pub struct MappedRun {
    /// The whole run. Its clock is the receipt of its last span.
    pub write: RunWrite,
    /// The bytes of its attachments.
    pub files: Vec<RunFile>,
}

/// What went in and out of one span, and the messages in it.
struct Talk {
    exchange: Exchange,
    input: Vec<Message>,
    output: Vec<Message>,
}

/// Makes the run of all its spans, each of which is there once; `None` while none of them is the work of an agent.
/// `is_stale` says that nothing came for so long that nothing more is expected.
pub fn run_of(identity: &RunIdentity, spans: &[Span], is_stale: bool) -> Option<MappedRun> {
    let tree = Tree::new(spans).filter(|tree| tree.nodes.iter().any(|node| node.class.is_ai()))?;
    let run_id = identity.run_id();
    let mut files = Files::of(run_id);
    let talks: Vec<Talk> = tree.nodes.iter().map(|node| Talk::of(messages::exchange(node.span), &mut files)).collect();

    let names = names::names(&tree, identity.organization_id);
    let outcome = outcome::outcome(&tree, is_stale);
    let token_history = tokens::token_history(&tree);
    let mut payloads = Payloads::default();
    let state = state::state(&tree, &names);
    let voice_transcripts = voice::transcripts(&tree, &talks, run_id, &files, &mut payloads);
    let (input_message, output_message) = (input_message(&tree, &talks), output_message(&tree, &talks));
    let mut document = RunDocument {
        id: Some(run_id),
        workflow_id: Some(names.workflow_id),
        workflow_name: limits::name(&names.workflow_name),
        ai_employee_id: names.teammate_id,
        ai_employee_name: names.teammate_name,
        conversation_id: names.conversation_id,
        conversation_title: None,
        conversation_channel: None,
        channel: names.channel,
        trigger_id: names.trigger_id,
        trigger_url: names.trigger_url,
        model: tokens::main_model(&token_history, &tree),
        status: outcome.status,
        created_at: tree.started_at,
        started_at: Some(tree.started_at),
        completed_at: None,
        failed_at: None,
        suspended_at: None,
        cancelled_at: None,
        updated_at: Some(tree.received_at),
        duration_ms: outcome.duration_ms,
        input_message: input_message.as_deref().map(limits::text),
        output_message: output_message.as_deref().map(limits::text),
        error_message: outcome.error.as_deref().map(limits::text),
        flow: None,
        state,
        steps: steps::steps(&tree, &talks, outcome.status.is_final(), &mut payloads),
        token_history,
        attachments: files.attachments(),
        voice_transcripts,
        related_runs: related::runs(&tree, run_id),
    };
    outcome.stamp(&mut document);
    Some(MappedRun { write: RunWrite::new(run_id, names.workflow_id, document), files: files.into_files() })
}

impl Talk {
    fn of(mut exchange: Exchange, files: &mut Files) -> Self {
        for side in [&mut exchange.input, &mut exchange.output].into_iter().flatten() {
            files.take_out_of(side);
        }
        let read = |side: &Option<_>| side.as_ref().map(messages::messages).unwrap_or_default();
        Self { input: read(&exchange.input), output: read(&exchange.output), exchange }
    }

    fn said(&self, side: Side) -> Option<String> {
        let value = match side {
            Side::Input => &self.exchange.input,
            Side::Output => &self.exchange.output,
        };
        messages::said(value.as_ref()?, side)
    }
}

/// What was asked: of the root, else of the outermost agent that says it, else of the first model.
fn input_message(tree: &Tree, talks: &[Talk]) -> Option<String> {
    let models = (0..talks.len()).filter(|at| tree.nodes[*at].class.is_model());
    tree.outermost(tree.first_root()).chain(models).find_map(|at| talks[at].said(Side::Input))
}

/// What was answered: by the root, else by the outermost agent that says it, else by the last model.
fn output_message(tree: &Tree, talks: &[Talk]) -> Option<String> {
    let models = (0..talks.len()).rev().filter(|at| tree.nodes[*at].class.is_model());
    let of_models = models.filter_map(|at| {
        messages::last_said(&talks[at].output, Side::Output).or_else(|| {
            // A model's output may be plain text, too.
            talks[at].output.is_empty().then(|| talks[at].exchange.output.as_ref()?.as_str().map(str::to_owned))?
        })
    });
    tree.outermost(tree.last_root()).filter_map(|at| talks[at].said(Side::Output)).chain(of_models).next()
}
