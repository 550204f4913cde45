//! The number of the last write of each organization that somebody watches: one question to the database for all of its
//! streams, when a write was heard of, and now and then for those that nobody tells of.

use crate::{
    domain::ids::OrganizationId,
    server::store::{Listener, OrgDb, StoreError},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::watch;

/// Writes that follow each other closely are told together.
const REST: Duration = Duration::from_millis(400);

/// The number of the last write of an organization, for as long as somebody watches it.
pub struct Pulse(watch::Sender<u64>);

impl Pulse {
    /// The number, and when it changes.
    pub fn number(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// Of all organizations that somebody watches.
#[derive(Default)]
pub struct Pulses {
    known: Mutex<HashMap<OrganizationId, Weak<Pulse>>>,
    /// Whether other servers are listened to.
    hears_others: OnceLock<()>,
}

impl Pulses {
    /// That of one organization.
    pub async fn of(&self, org: &OrgDb) -> Result<Arc<Pulse>, StoreError> {
        self.hears_others.get_or_init(|| org.hear_others());
        // Before the number is read, so that nothing between the two goes unheard.
        let listener = org.listen();
        let number = org.last_change().await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pulse) = known.get(&org.organization_id()).and_then(Weak::upgrade) {
            pulse.0.send_if_modified(|known| move_on(known, number));
            return Ok(pulse);
        }
        known.retain(|_, pulse| pulse.strong_count() > 0);
        let pulse = Arc::new(Pulse(watch::Sender::new(number)));
        known.insert(org.organization_id(), Arc::downgrade(&pulse));
        tokio::spawn(follow(org.clone(), listener, Arc::downgrade(&pulse)));
        Ok(pulse)
    }
}

fn move_on(known: &mut u64, number: u64) -> bool {
    let is_later = number > *known;
    *known = number.max(*known);
    is_later
}

/// Keeps a number up to date until nobody watches it any more.
async fn follow(org: OrgDb, mut listener: Listener, pulse: Weak<Pulse>) {
    loop {
        // By then it is worth a look all the same.
        let _ = tokio::time::timeout(org.longest_silence(), listener.heard()).await;
        let number = org.last_change().await;
        let Some(pulse) = pulse.upgrade() else { return };
        match number {
            Ok(number) => {
                if pulse.0.send_if_modified(|known| move_on(known, number)) {
                    drop(pulse);
                    tokio::time::sleep(REST).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "whether runs were written could not be found out");
                drop(pulse);
                tokio::time::sleep(REST).await;
            }
        }
    }
}
