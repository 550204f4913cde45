//! What was said aloud in a run.

use super::{Talk, files::Files, tree::Tree};
use crate::{
    domain::{
        document::MAX_COUNT,
        ids::{RunId, VoiceTranscriptId},
        step::{VoiceTranscript, VoiceTurn},
    },
    server::otlp::{
        attributes::{self, SPOKEN},
        limits::Payloads,
        messages::{Message, Part, Role},
    },
};
use std::collections::HashSet;
use uuid::Uuid;

/// All turns of a run as one transcript, which is of its recording if there is only one sound.
pub(super) fn transcripts(
    tree: &Tree,
    talks: &[Talk],
    run_id: RunId,
    files: &Files,
    payloads: &mut Payloads,
) -> Vec<VoiceTranscript> {
    let mut seen = HashSet::new();
    let mut turns = Vec::new();
    for (node, talk) in tree.nodes.iter().zip(talks) {
        let of_attributes = SPOKEN
            .iter()
            .filter_map(|(name, speaker)| Some(((*speaker).to_owned(), attributes::text(node.span, &[name])?)));
        let of_messages = talk.input.iter().chain(&talk.output).flat_map(spoken);
        for turn in of_attributes.chain(of_messages) {
            // Every call of a model is told all that was said before it.
            if !seen.insert(turn.clone()) {
                continue;
            }
            let (speaker, text) = turn;
            let offset = |time: crate::domain::time::Timestamp| {
                u64::try_from(time.millis_since(tree.started_at).clamp(0, MAX_COUNT)).ok()
            };
            turns.push(VoiceTurn {
                speaker,
                text: payloads.text(&text),
                start_ms: offset(node.started_at),
                end_ms: node.ended_at.and_then(offset),
            });
        }
    }
    if turns.is_empty() {
        return Vec::new();
    }
    let id = VoiceTranscriptId(Uuid::new_v5(&run_id.0, b"voice transcript"));
    vec![VoiceTranscript { id, attachment_id: files.recording(), turns }]
}

fn spoken(message: &Message) -> impl Iterator<Item = (String, String)> {
    let speaker = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    message.parts.iter().filter_map(move |part| match part {
        Part::Spoken(text) => Some((speaker.to_owned(), text.clone())),
        _ => None,
    })
}
