//! What kind of work a span is.

use super::span::SpanData;
use serde_json::Value;

/// The kind of work of a span. All but `Other` and `CreateAgent` are an agent's own, and make a trace a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanClass {
    Workflow,
    Agent,
    Model,
    Embedding,
    Tool,
    Retrieval,
    Guardrail,
    Evaluation,
    /// A part of an agent's work that is none of the others.
    Step,
    /// An agent was set up; nothing was done yet.
    CreateAgent,
    /// Plumbing: HTTP, databases, whatever else is traced.
    Other,
}

/// The attributes that say it, the first that is there decides; each with the words of its convention.
const SOURCES: [(&str, &[(&str, SpanClass)]); 5] = [
    ("alloy.step.type", &[]),
    ("langfuse.observation.type", &[("generation", SpanClass::Model), ("span", SpanClass::Other)]),
    ("openinference.span.kind", &[("llm", SpanClass::Model)]),
    (
        "gen_ai.operation.name",
        &[
            ("chat", SpanClass::Model),
            ("generate_content", SpanClass::Model),
            ("text_completion", SpanClass::Model),
            ("embeddings", SpanClass::Embedding),
            ("execute_tool", SpanClass::Tool),
            ("invoke_agent", SpanClass::Agent),
            ("invoke_workflow", SpanClass::Workflow),
            ("create_agent", SpanClass::CreateAgent),
        ],
    ),
    ("traceloop.span.kind", &[]),
];

/// Words that mean the same in all of them.
const WORDS: [(&str, SpanClass); 12] = [
    ("workflow", SpanClass::Workflow),
    ("agent", SpanClass::Agent),
    ("model", SpanClass::Model),
    ("llm", SpanClass::Model),
    ("embedding", SpanClass::Embedding),
    ("tool", SpanClass::Tool),
    ("retriever", SpanClass::Retrieval),
    ("retrieval", SpanClass::Retrieval),
    ("reranker", SpanClass::Retrieval),
    ("guardrail", SpanClass::Guardrail),
    ("evaluator", SpanClass::Evaluation),
    ("other", SpanClass::Other),
];

impl SpanClass {
    /// The class of a span.
    pub fn of(span: &SpanData) -> Self {
        let text =
            |key: &str| span.attributes.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let find = |words: &[(&str, Self)], word: &str| {
            words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, class)| *class)
        };
        for (key, words) in SOURCES {
            let Some(word) = text(key) else { continue };
            match find(words, word).or_else(|| find(&WORDS, word)).unwrap_or(Self::Step) {
                // Langfuse calls so what it knows nothing of; another convention may.
                Self::Other if key != "alloy.step.type" => {}
                class => return class,
            }
        }
        match text("ai.operationId").map(|id| id.split('.').collect::<Vec<_>>()).as_deref() {
            Some(["ai", .., "doGenerate" | "doStream"]) => return Self::Model,
            Some(["ai", .., "doEmbed"]) => return Self::Embedding,
            Some(["ai", "toolCall"]) => return Self::Tool,
            Some(["ai", ..]) => return Self::Agent,
            _ => {}
        }
        if text("gen_ai.tool.name").is_some() {
            Self::Tool
        } else if text("gen_ai.request.model").is_some() {
            Self::Model
        } else {
            Self::Other
        }
    }

    /// Whether it is work of an agent, so that its trace is a run.
    pub const fn is_ai(self) -> bool {
        !matches!(self, Self::CreateAgent | Self::Other)
    }

    /// Whether it is a call of a model, which is where tokens are counted.
    pub const fn is_model(self) -> bool {
        matches!(self, Self::Model | Self::Embedding)
    }

    /// Whether it encloses the work of one agent or several.
    pub const fn is_agent(self) -> bool {
        matches!(self, Self::Agent | Self::Workflow)
    }

    /// The word for it in a step.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Embedding => "embedding",
            Self::Tool => "tool",
            Self::Retrieval => "retrieval",
            Self::Guardrail => "guardrail",
            Self::Evaluation => "evaluation",
            Self::Step => "step",
            Self::CreateAgent => "create_agent",
            Self::Other => "span",
        }
    }
}
