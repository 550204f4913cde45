//! Light or dark, as the system has it or as somebody chose (P-54).

use postcard_schema::{Schema, schema::NamedType};
use serde::{Deserialize, Serialize};

/// The choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub enum Theme {
    /// Whatever the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The word of the cookie and of the document.
    pub const fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// From a cookie; anything else is the system's.
    pub fn from_stored(stored: Option<&str>) -> Self {
        [Self::Light, Self::Dark].into_iter().find(|theme| Some(theme.key()) == stored).unwrap_or_default()
    }

    /// What a click on the switch makes of it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

impl From<String> for Theme {
    fn from(key: String) -> Self {
        Self::from_stored(Some(&key))
    }
}

impl From<Theme> for &'static str {
    fn from(theme: Theme) -> Self {
        theme.key()
    }
}

impl Schema for Theme {
    const SCHEMA: &'static NamedType = <String as Schema>::SCHEMA;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p54_a_choice_comes_back_and_anything_else_is_the_systems() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_stored(Some(theme.key())), theme);
            assert_eq!(theme.next().next().next(), theme);
        }
        assert_eq!(Theme::from_stored(Some("sepia")), Theme::System);
        assert_eq!(Theme::from_stored(None), Theme::System);
    }
}
