//! Work that takes a processor for a while, done where no request waits behind it.

/// What was worked on panicked; the log says how.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("what was worked on panicked")]
pub struct Panicked;

/// Does work on a thread by itself, which the system shares the processors with, so that short questions are answered
/// meanwhile. It is done to its end when nobody waits for it any more.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Panicked)
}
