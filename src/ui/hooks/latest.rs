//! Of several questions, only the last is of interest: a resource asks them one after the other, so one that takes long
//! would hold up all that come after it.

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use std::future::Future;

/// What is being asked for, with the way to let go of it.
type InFlight<K> = Option<(K, AbortHandle)>;

/// Lets go of a question when another is wanted.
pub struct Latest<K: 'static>(StoredValue<InFlight<K>>);

impl<K> Clone for Latest<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Latest<K> {}

impl<K: Clone + PartialEq + Send + Sync + 'static> Latest<K> {
    /// For what is wanted.
    pub fn of(wanted: Memo<K>) -> Self {
        let in_flight = StoredValue::new(InFlight::<K>::None);
        Effect::new(move || {
            let wanted = wanted.get();
            in_flight.with_value(|asked| {
                if let Some((_, handle)) = asked.as_ref().filter(|(key, _)| *key != wanted) {
                    handle.abort();
                }
            });
        });
        Self(in_flight)
    }

    /// Asks a question; `None` when something else was wanted before the answer came.
    pub fn ask<T>(self, key: K, answer: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
        let (handle, registration) = AbortHandle::new_pair();
        self.0.set_value(Some((key, handle)));
        async move { Abortable::new(answer, registration).await.ok() }
    }
}
