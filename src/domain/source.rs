//! Where a run came from: its channel as people see it, decided once when the run is written.

/// What the source is derived from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceFacts<'a> {
    /// The channel of the run's conversation.
    pub conversation_channel: Option<&'a str>,
    /// The run's own channel.
    pub channel: Option<&'a str>,
    /// Whether the run belongs to a conversation.
    pub in_conversation: bool,
    /// `runtimeContext.isAsync` of the run's state.
    pub is_async: bool,
}

/// The channel key of a run. A later write, when the conversation has become known, asks again.
pub fn resolve<'a>(facts: SourceFacts<'a>) -> &'a str {
    let named = |key: Option<&'a str>| key.filter(|key| !key.trim().is_empty());
    named(facts.conversation_channel).or_else(|| named(facts.channel)).unwrap_or(match facts {
        SourceFacts { in_conversation: false, .. } => "api",
        SourceFacts { is_async: true, .. } => "web_chat",
        SourceFacts { .. } => "employee_chat",
    })
}

/// The words for a channel key; one that we do not know is shown as itself in title case.
pub fn label(key: &str) -> String {
    match key {
        "employee_chat" => "Internal Chat".to_owned(),
        "ally_chat" => "Ally Chat".to_owned(),
        "web_chat" => "Web Chat".to_owned(),
        "skill_chat" => "Skill Chat".to_owned(),
        "api" => "API".to_owned(),
        other => title_case(other),
    }
}

fn title_case(key: &str) -> String {
    key.split(|c: char| c == '_' || c == '-' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect::<Vec<String>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p40_the_first_known_of_conversation_run_and_rule_decides() {
        let chat = SourceFacts { in_conversation: true, ..SourceFacts::default() };
        for (facts, key) in [
            (SourceFacts { conversation_channel: Some("ally_chat"), channel: Some("web_chat"), ..chat }, "ally_chat"),
            (SourceFacts { conversation_channel: Some(" "), channel: Some("web_chat"), ..chat }, "web_chat"),
            (SourceFacts { channel: Some("skill_chat"), ..SourceFacts::default() }, "skill_chat"),
            (SourceFacts::default(), "api"),
            (SourceFacts { is_async: true, ..SourceFacts::default() }, "api"),
            (SourceFacts { is_async: true, ..chat }, "web_chat"),
            (chat, "employee_chat"),
        ] {
            assert_eq!(resolve(facts), key, "{facts:?}");
        }
    }

    #[test]
    fn p40_keys_have_words() {
        for (key, words) in [
            ("employee_chat", "Internal Chat"),
            ("ally_chat", "Ally Chat"),
            ("web_chat", "Web Chat"),
            ("skill_chat", "Skill Chat"),
            ("api", "API"),
            ("phone_line", "Phone Line"),
            ("élan-vital", "Élan Vital"),
            ("", ""),
        ] {
            assert_eq!(label(key), words);
        }
    }
}
