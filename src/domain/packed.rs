//! A value as few bytes: an answer of a page that its list shows. To take it apart needs less code than JSON does, which
//! the browser would load before it can do anything.

use postcard_schema::{
    Schema,
    schema::{DataModelType, NamedType},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, marker::PhantomData};

/// A `T` in the wire format of postcard.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Packed<T> {
    // The same bytes on the wire as a list of numbers would be, and not taken one by one.
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Packed<T> {
    /// Writes a value.
    pub fn new(value: &T) -> Result<Self, postcard::Error> {
        Ok(Self { bytes: postcard::to_stdvec(value)?, of: PhantomData })
    }
}

impl<T: DeserializeOwned> Packed<T> {
    /// Takes it apart.
    pub fn read(&self) -> Result<T, postcard::Error> {
        postcard::from_bytes(&self.bytes)
    }
}

impl<T> Packed<T> {
    /// The bytes alone, whatever they are of.
    pub fn untyped(self) -> Packed<()> {
        Packed { bytes: self.bytes, of: PhantomData }
    }
}

impl Packed<()> {
    /// As what it was before.
    pub fn typed<T>(self) -> Packed<T> {
        Packed { bytes: self.bytes, of: PhantomData }
    }
}

/// The shape of what is packed is part of it, so that who knows another shape does not take it apart.
impl<T: Schema> Schema for Packed<T> {
    const SCHEMA: &'static NamedType = &NamedType { name: "Packed", ty: &DataModelType::NewtypeStruct(T::SCHEMA) };
}

impl<T> PartialEq for Packed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for Packed<T> {}

// Does not show the bytes, which are a customer's.
impl<T> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packed({} bytes)", self.bytes.len())
    }
}
