//! What a page asks the server for, and asks again whenever it wants something else. Of several questions only the last is
//! of interest: a resource asks them one after the other, so one that takes long would hold up all that come after it.

use super::reactive::effect;
use crate::{domain::packed::Packed, error::AppError, server_fns::AnswerBytes};
use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{future::Future, marker::PhantomData, pin::Pin};

/// A question on its way. Whatever it asks for, it is one type, as each weighs in the browser.
type Asking = Pin<Box<dyn Future<Output = Result<Packed<()>, AppError>> + Send>>;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
struct Reply {
    /// What was wanted.
    wanted: String,
    /// `None` when there was nothing to ask, or something else was wanted before it came.
    answer: Option<Result<Packed<()>, AppError>>,
}

/// A `T` that the server is asked for.
pub struct Asked<T> {
    reply: Resource<Reply, AnswerBytes>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Asked<T> {}

impl<T: DeserializeOwned + 'static> Asked<T> {
    /// Asks for what is wanted, now and whenever that becomes another text. `ask` reads what the text stands for, and has
    /// nothing to ask when it stands for nothing.
    pub fn new<F>(wanted: Memo<String>, ask: impl Fn() -> Option<F> + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Packed<T>, AppError>> + Send + 'static,
    {
        let ask = move || -> Option<Asking> {
            let answer = ask()?;
            Some(Box::pin(async move { answer.await.map(Packed::untyped) }))
        };
        Self { reply: resource(wanted, Box::new(ask)), of: PhantomData }
    }

    /// What came of asking for this; `None` while it is on its way, and what came before is of something else.
    pub fn answer_to(self, wanted: &str) -> Option<Result<T, AppError>> {
        let reply = self.reply.get().filter(|reply| reply.wanted == wanted)?;
        Some(reply.answer?.and_then(|answer| answer.typed().read().map_err(|_| AppError::Internal)))
    }

    /// Whether something has come, be it of what was wanted before.
    pub fn has_come(self) -> bool {
        self.reply.with(Option::is_some)
    }

    /// Whether what has come is of this.
    pub fn is_of(self, wanted: &str) -> bool {
        self.reply.with(|reply| reply.as_ref().is_some_and(|reply| reply.wanted == wanted))
    }

    /// Waits for something to come.
    pub async fn ready(self) {
        self.reply.ready().await;
    }

    /// Asks again.
    pub fn refetch(self) {
        self.reply.refetch();
    }
}

fn resource(wanted: Memo<String>, ask: Box<dyn Fn() -> Option<Asking> + Send + Sync>) -> Resource<Reply, AnswerBytes> {
    // What is being asked for, with the way to let go of it.
    let in_flight = StoredValue::new(None::<(String, AbortHandle)>);
    effect(move || {
        let wanted = wanted.get();
        in_flight.with_value(|asked| {
            if let Some((_, handle)) = asked.as_ref().filter(|(asked, _)| *asked != wanted) {
                handle.abort();
            }
        });
    });
    Resource::new_with_options(
        move || wanted.get(),
        move |wanted| {
            let (handle, registration) = AbortHandle::new_pair();
            in_flight.set_value(Some((wanted.clone(), handle)));
            let asking = ask().map(|asking| Abortable::new(asking, registration));
            async move {
                let answer = match asking {
                    Some(asking) => asking.await.ok(),
                    None => None,
                };
                Reply { wanted, answer }
            }
        },
        false,
    )
}
