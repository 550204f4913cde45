//! The parts in which an expanded run is shown, one at a time (P-15).

/// A part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RunPart {
    #[default]
    Steps,
    Conversation,
    Context,
    Flow,
    Attachments,
    Voice,
    Raw,
}

impl RunPart {
    /// All, in the order of their tabs.
    pub const ALL: [Self; 7] =
        [Self::Steps, Self::Conversation, Self::Context, Self::Flow, Self::Attachments, Self::Voice, Self::Raw];

    /// The word in the URL.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Conversation => "conversation",
            Self::Context => "context",
            Self::Flow => "flow",
            Self::Attachments => "attachments",
            Self::Voice => "voice",
            Self::Raw => "raw",
        }
    }

    /// The word on the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Conversation => "Conversation",
            Self::Context => "Context",
            Self::Flow => "Flow",
            Self::Attachments => "Attachments",
            Self::Voice => "Voice",
            Self::Raw => "Raw",
        }
    }

    /// Reads what [`Self::key`] says.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.key() == key)
    }
}
