//! Effects and memos whose code is made once, and not again for each closure, which the browser would load.

use leptos::prelude::*;

/// How a value is made, from what it was before.
type Make<T> = dyn Fn(Option<&T>) -> T + Send + Sync;

/// Runs something in the browser, and again whenever what it read has changed.
pub fn effect(run: impl FnMut() + 'static) {
    Effect::new(Box::new(run) as Box<dyn FnMut()>);
}

/// A value that is made again when what it was made of has changed, and tells on only when it is another then.
pub fn memo<T: PartialEq + Send + Sync + 'static>(make: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T> {
    Memo::new(Box::new(make) as Box<Make<T>>)
}
