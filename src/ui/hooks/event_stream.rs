//! A stream of server-sent events, open for as long as it is kept. The browser comes again by itself when it is cut off, and
//! says how far it came; not when it was refused.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// The stream.
pub struct EventStream {
    source: EventSource,
    // Called for as long as they are here.
    _told: Closure<dyn Fn(MessageEvent)>,
    _refused: Closure<dyn Fn()>,
}

/// An event as it came.
pub struct Told {
    pub name: String,
    pub id: String,
    pub data: String,
}

impl EventStream {
    /// Opens a stream at an address; `None` in a browser that cannot.
    pub fn open(
        address: &str,
        names: &[&str],
        told: impl Fn(Told) + 'static,
        refused: impl Fn() + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let told = Closure::new(move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            told(Told { name: event.type_(), id: event.last_event_id(), data });
        });
        for name in names {
            // A function is never refused.
            let _ = source.add_event_listener_with_callback(name, JsCast::unchecked_ref(told.as_ref()));
        }
        let refused = Closure::new({
            let source = source.clone();
            move || {
                if source.ready_state() == EventSource::CLOSED {
                    refused();
                }
            }
        });
        source.set_onerror(Some(JsCast::unchecked_ref(refused.as_ref())));
        Some(Self { source, _told: told, _refused: refused })
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}
