//! The one place that tells of runs as they are written: streams of server-sent events, each of one organization and one
//! filter. What is told is read from the database by its numbers of writes, so that whoever was away, reads slowly, or asks
//! another server is told the same; what wakes a stream carries nothing.

mod places;
mod pulse;
mod text;

use super::{
    AppState, auth::access::Standing, query::run_changes, settings::Settings, store::OrgDb, store::StoreError,
};
use crate::{
    domain::{change::Position, filter::RunFilter, ids::OrganizationId},
    error::AppError,
};
use axum::body::Bytes;
use futures_util::{Stream, stream};
use places::{Place, Places};
use pulse::Pulses;
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::{OnceCell, Semaphore, watch},
    time::Instant,
};

/// Runs that are looked at together.
const AT_ONCE: u64 = 25;

/// How often a stream on which nothing happens makes sure that its reader may still read. Before something is told it is
/// made sure of in any case.
const MADE_SURE_EVERY: Duration = Duration::from_secs(3);

const MAKE_SURE_AT_ONCE: usize = 4;

/// What is told at once to all who ask for the same and have come equally far.
#[derive(Debug)]
struct Part {
    text: Bytes,
    to: Position,
}

type Key = (OrganizationId, Arc<RunFilter>, Position);
type Shared = Arc<OnceCell<Part>>;

/// All streams of this server.
pub struct Live {
    places: Arc<Places>,
    pulses: Pulses,
    /// What is being told, for as long as somebody is being told it.
    parts: Mutex<HashMap<Key, Weak<OnceCell<Part>>>>,
    heartbeat: Duration,
    /// How many make sure of their access at once: not all who are woken, or requests would wait for them.
    gate: Semaphore,
    stopped: watch::Sender<bool>,
}

impl Live {
    /// No stream yet.
    pub fn new(settings: &Settings) -> Self {
        Self {
            places: Arc::new(Places::new(settings.max_event_streams, settings.max_event_streams_per_user)),
            pulses: Pulses::default(),
            parts: Mutex::default(),
            heartbeat: Settings::millis(settings.event_heartbeat_ms),
            gate: Semaphore::new(MAKE_SURE_AT_ONCE),
            stopped: watch::Sender::new(false),
        }
    }

    /// Ends all streams: a server that stops does not wait for them.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// The events of a filter from a position on, or from now on.
    pub async fn events(
        self: Arc<Self>,
        state: AppState,
        standing: Standing,
        filter: RunFilter,
        from: Option<Position>,
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + Send + use<>, AppError> {
        let place = self.places.take(standing.access.who.name())?;
        let org = standing.access.org.clone();
        let latest = self.pulses.of(&org).await?;
        let now = Position::after(*latest.number().borrow());
        let reader = Reader {
            // Whoever knows of more than there is knew another database.
            position: from.map_or(now, |from| from.min(now)),
            filter: self.same(&org, filter),
            made_sure_at: Instant::now(),
            said_at: None,
            told: None,
            stopped: self.stopped.subscribe(),
            number: latest.number(),
            _latest: latest,
            _place: place,
            live: self,
            state,
            standing,
            org,
        };
        Ok(stream::unfold(reader, |reader| Box::pin(reader.next())))
    }

    /// A filter that others ask for too is kept once.
    fn same(&self, org: &OrgDb, filter: RunFilter) -> Arc<RunFilter> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parts.keys().find(|(id, known, _)| *id == org.organization_id() && **known == filter);
        known.map_or_else(|| Arc::new(filter), |(_, known, _)| Arc::clone(known))
    }

    /// What is told after a position; read once for all who wait for it.
    async fn part(&self, org: &OrgDb, filter: &Arc<RunFilter>, from: Position) -> Result<Shared, StoreError> {
        let shared = {
            let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (org.organization_id(), Arc::clone(filter), from);
            let known = parts.get(&key).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                parts.retain(|_, part| part.strong_count() > 0);
                let part = Shared::default();
                parts.insert(key, Arc::downgrade(&part));
                part
            })
        };
        let read = async || {
            let changes = run_changes::after(org, filter, from, AT_ONCE).await?;
            let (text, to) = text::of(&changes);
            Ok::<_, StoreError>(Part { text, to })
        };
        shared.get_or_try_init(read).await?;
        Ok(shared)
    }
}

/// One stream.
struct Reader {
    position: Position,
    filter: Arc<RunFilter>,
    /// The number of the last write.
    number: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
    made_sure_at: Instant,
    /// When it was told something last; `None` before its first words.
    said_at: Option<Instant>,
    /// What it was told last, so that others find it.
    told: Option<Shared>,
    standing: Standing,
    org: OrgDb,
    state: AppState,
    live: Arc<Live>,
    _latest: Arc<pulse::Pulse>,
    _place: Place,
}

impl Reader {
    /// What comes next, when it is there; `None` ends the stream. After a failure, too: the reader comes again, and tells how
    /// far it came.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let Some(said_at) = self.said_at else {
            let greeting = text::greeting(self.position);
            return Some(self.say(greeting));
        };
        loop {
            if *self.stopped.borrow() {
                return None;
            }
            if Position::after(*self.number.borrow_and_update()) > self.position {
                self.make_sure().await.ok()?;
                let part = Box::pin(self.live.part(&self.org, &self.filter, self.position)).await.ok()?;
                let (text, to) = part.get().map(|part| (part.text.clone(), part.to))?;
                // Nothing is behind the last write that was heard of.
                let has_moved = to > self.position;
                self.position = to;
                self.told = Some(part);
                if !text.is_empty() {
                    return Some(self.say(text));
                }
                if has_moved {
                    continue;
                }
            }
            tokio::select! {
                changed = self.number.changed() => changed.ok()?,
                _ = self.stopped.changed() => return None,
                () = tokio::time::sleep_until(said_at + self.live.heartbeat) => {
                    self.make_sure().await.ok()?;
                    self.told = None;
                    let heartbeat = text::heartbeat(self.position);
                    return Some(self.say(heartbeat));
                }
                () = tokio::time::sleep_until(self.made_sure_at + MADE_SURE_EVERY) => self.make_sure().await.ok()?,
            }
        }
    }

    fn say(mut self, text: Bytes) -> (Result<Bytes, Infallible>, Self) {
        self.said_at = Some(Instant::now());
        (Ok(text), self)
    }

    async fn make_sure(&mut self) -> Result<(), AppError> {
        let _passes = self.live.gate.acquire().await.map_err(|_| AppError::Internal)?;
        // On the heap while it lasts: what waits is small.
        Box::pin(self.standing.still(&self.state)).await?;
        self.made_sure_at = Instant::now();
        Ok(())
    }
}
