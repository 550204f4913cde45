//! A value that is still JSON text: it travels as it is, and is taken apart only by the code that shows it. So the first
//! paint of a list does not carry the readers of everything that an expanded run may hold.

use super::json::{Json, Shape};
use postcard_schema::{Schema, schema::NamedType};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, marker::PhantomData};

/// A `T` as JSON text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Unread<T> {
    text: String,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Unread<T> {
    /// Writes a value.
    pub fn new(value: &T) -> Result<Self, serde_json::Error> {
        Ok(Self { text: serde_json::to_string(value)?, of: PhantomData })
    }
}

impl<T: DeserializeOwned> Unread<T> {
    /// Takes it apart.
    pub fn read(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.text)
    }
}

impl<T> Unread<T> {
    /// One of its members, as it was written; `None` when there is none of that name.
    pub fn member(&self, name: &str) -> Option<Json> {
        let whole = Json::from_text(self.text.clone()).ok()?;
        let Shape::Object(members) = whole.shape() else { return None };
        members.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<T> Schema for Unread<T> {
    const SCHEMA: &'static NamedType = String::SCHEMA;
}

impl<T> PartialEq for Unread<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Unread<T> {}

// Does not show the text, which is a customer's.
impl<T> fmt::Debug for Unread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unread({} bytes)", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_from_within_another_value() {
        let sent = serde_json::to_string(&Some(Unread::new(&vec![1, 2]).unwrap())).unwrap();
        assert_eq!(sent, r#""[1,2]""#);
        let got: Option<Unread<Vec<i32>>> = serde_json::from_str(&sent).unwrap();
        assert_eq!(got.unwrap().read().unwrap(), [1, 2]);
    }
}
