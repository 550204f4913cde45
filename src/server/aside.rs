//! Work that takes a processor for a while, done where no request waits behind it.

use std::{sync::LazyLock, thread::available_parallelism};
use tokio::sync::{Semaphore, SemaphorePermit};

/// As many as there are processors.
static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, Into::into)));

/// What was worked on panicked; the log says how.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("what was worked on panicked")]
pub struct Panicked;

/// Does work on a thread by itself, which the system shares the processors with, so that short questions are answered
/// meanwhile. It is done to its end when nobody waits for it any more.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Panicked)
}

/// A turn at working on what clients send, of which they may send any number at once; others wait meanwhile. Not for what is
/// done within a transaction, which has its own.
pub async fn turn() -> Option<SemaphorePermit<'static>> {
    // They are never closed.
    TURNS.acquire().await.ok()
}
