//! Why a run was found by a search of all runs: the stretch of its texts that holds what was looked for (P-23).

use super::{ids::RunId, page::Total, run_part::RunPart, text::thousands};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which text of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchField {
    Skill,
    Teammate,
    Model,
    Error,
    Input,
    Output,
    StepName,
    StepError,
    StepInput,
    StepOutput,
    ToolName,
    ToolError,
    ToolArguments,
    ToolResult,
    Transcript,
    /// What the run's channel is called, or its key.
    Channel,
    /// The id of the run or of its conversation.
    Id,
}

/// What of a run holds what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
pub struct RunMatch {
    pub field: MatchField,
    /// The step log that it is of, by its `id`, and what people call it.
    pub step_id: Option<String>,
    pub step_name: Option<String>,
    /// The tool call that it is of, by its `id`.
    pub call_id: Option<String>,
    /// The text around it.
    pub text: String,
    /// The stretches of `text` that match, each from one character to before another, in order.
    #[schema(value_type = Vec<Vec<usize>>, example = json!([[4, 14]]))]
    pub marks: Vec<(u32, u32)>,
}

/// How a search of all runs went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Searched {
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How many of the runs written last are not searched yet.
    pub behind: u64,
    /// What was found in which run of the page.
    pub matches: Vec<(RunId, RunMatch)>,
    /// Why nothing could be looked for.
    pub problem: Option<String>,
}

impl MatchField {
    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Skill => "Skill",
            Self::Teammate => "AI Teammate",
            Self::Model => "Model",
            Self::Error | Self::StepError | Self::ToolError => "Error",
            Self::Input | Self::StepInput => "Input",
            Self::Output | Self::StepOutput => "Output",
            Self::StepName => "Step",
            Self::ToolName => "Tool",
            Self::ToolArguments => "Arguments",
            Self::ToolResult => "Result",
            Self::Transcript => "Voice",
            Self::Channel => "Channel",
            Self::Id => "ID",
        }
    }

    /// The part of an expanded run that shows it; none when the row does.
    pub const fn part(self) -> Option<RunPart> {
        match self {
            Self::Input | Self::Output | Self::Error => Some(RunPart::Conversation),
            Self::Transcript => Some(RunPart::Voice),
            Self::StepName
            | Self::StepError
            | Self::StepInput
            | Self::StepOutput
            | Self::ToolName
            | Self::ToolError
            | Self::ToolArguments
            | Self::ToolResult => Some(RunPart::Steps),
            Self::Skill | Self::Teammate | Self::Model | Self::Channel | Self::Id => None,
        }
    }
}

impl RunMatch {
    /// Where it was found, in words: `Step Look up order · Result`.
    pub fn place(&self) -> String {
        let label = self.field.label();
        // The name of a step says itself which it is.
        let step = self.step_name.as_ref().filter(|_| self.field != MatchField::StepName);
        step.map_or_else(|| label.to_owned(), |step| format!("Step {step} · {label}"))
    }

    /// Whether it is a stretch of this text.
    pub fn is_of(&self, text: &str) -> bool {
        let stretch = self.text.strip_prefix('…').unwrap_or(&self.text);
        let stretch = stretch.strip_suffix('…').unwrap_or(stretch);
        text.replace(char::is_control, " ").contains(stretch)
    }

    /// The text, taken apart into what matches and what stands between. Nothing is lost.
    pub fn pieces(&self) -> Vec<(String, bool)> {
        let mut pieces: Vec<(String, bool)> = Vec::new();
        for (at, letter) in (0..).zip(self.text.chars()) {
            let is_match = self.marks.iter().any(|(from, to)| (*from..*to).contains(&at));
            match pieces.last_mut().filter(|(_, before)| *before == is_match) {
                Some((piece, _)) => piece.push(letter),
                None => pieces.push((letter.to_string(), is_match)),
            }
        }
        pieces
    }
}

impl Searched {
    /// What was found in a run.
    pub fn found_in(&self, id: RunId) -> Option<&RunMatch> {
        self.matches.iter().find(|(run, _)| *run == id).map(|(_, found)| found)
    }

    /// What became of a search for a text, of which so many runs were found.
    pub fn words(&self, text: &str, total: Total) -> String {
        if let Some(problem) = &self.problem {
            return format!("Nothing to search for: the text {problem}");
        }
        let found = if total == Total::from(1) { "run matches" } else { "runs match" };
        let behind = match self.behind {
            0 => String::new(),
            1 => " · the newest run is still being indexed".to_owned(),
            Total::COUNTED.. => " · many of the newest runs are still being indexed".to_owned(),
            behind => format!(" · the newest {} runs are still being indexed", thousands(behind)),
        };
        format!("{total} {found} “{text}”, searched in {} ms{behind}", thousands(self.took_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_says_how_it_went() {
        let searched = Searched { took_ms: 12, ..Searched::default() };
        assert_eq!(searched.words("wet", 1_240.into()), "1,240 runs match “wet”, searched in 12 ms");
        let behind = Searched { behind: 120, ..searched.clone() };
        assert_eq!(
            behind.words("wet", Total::counted(Total::COUNTED + 1)),
            "10,000+ runs match “wet”, searched in 12 ms · the newest 120 runs are still being indexed"
        );
        let one = Searched { behind: 1, ..searched };
        assert_eq!(
            one.words("wet", 1.into()),
            "1 run matches “wet”, searched in 12 ms · the newest run is still being indexed"
        );
        let none = Searched { problem: Some("must have a letter".to_owned()), ..Searched::default() };
        assert_eq!(none.words("--", 0.into()), "Nothing to search for: the text must have a letter");
    }

    #[test]
    fn a_match_says_where_it_is_and_what_matches() {
        let found = RunMatch {
            field: MatchField::ToolResult,
            step_id: Some("s1".to_owned()),
            step_name: Some("Look up order".to_owned()),
            call_id: None,
            text: "ein nässer 客户 Gruß".to_owned(),
            marks: vec![(4, 10), (11, 13)],
        };
        assert_eq!(found.place(), "Step Look up order · Result");
        let pieces: String = found
            .pieces()
            .into_iter()
            .map(|(text, is_match)| if is_match { format!("[{text}]") } else { text })
            .collect();
        assert_eq!(pieces, "ein [nässer] [客户] Gruß");
    }

    #[test]
    fn a_match_is_of_the_text_that_it_is_a_stretch_of() {
        let found = |text: &str| RunMatch {
            field: MatchField::Transcript,
            step_id: None,
            step_name: None,
            call_id: None,
            text: text.to_owned(),
            marks: Vec::new(),
        };
        let turn = "Hello?\nIt came twice… and wet";
        for (text, expected) in
            [(turn, false), ("Hello? It came", true), ("…came twice… and wet", true), ("…wet…", true), ("dry", false)]
        {
            assert_eq!(found(text).is_of(turn), expected, "{text}");
        }
    }
}
