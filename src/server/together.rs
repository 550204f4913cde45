//! One answer for all who ask the same at once. Whoever asks while an answer is being worked out waits for the next one, so
//! that no answer is older than its question.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// What takes longer has lost its database without a word.
const PATIENCE: Duration = Duration::from_secs(25);

/// Those who wait for the next answer, by what they ask. A question that is here has a task that works on it.
type Waiting<K, V> = HashMap<K, Vec<oneshot::Sender<V>>>;

/// Questions that are being answered.
#[derive(Debug)]
pub struct Together<K: Eq + Hash, V>(Arc<Mutex<Waiting<K, V>>>);

impl<K: Eq + Hash, V> Clone for Together<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash, V> Default for Together<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// A question while it is worked on. Whatever becomes of that, nobody waits for it afterwards.
struct Question<K: Eq + Hash, V> {
    key: K,
    all: Together<K, V>,
    /// Whether it is off the list already, where the same may be asked anew by now.
    is_off: bool,
}

impl<K: Eq + Hash, V> Drop for Question<K, V> {
    fn drop(&mut self) {
        if !self.is_off {
            self.all.waiting().remove(&self.key);
        }
    }
}

impl<K: Eq + Hash, V> Together<K, V> {
    fn waiting(&self) -> MutexGuard<'_, Waiting<K, V>> {
        // Nothing that can fail is done while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Together<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// The answer to a question, worked out after it was asked. The same question is always worked on in the same way. `None`
    /// when that panicked or took too long.
    pub async fn ask<F>(&self, key: K, work: impl Fn() -> F + Send + 'static) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (asked, answered) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting();
            let is_first = !waiting.contains_key(&key);
            waiting.entry(key.clone()).or_default().push(asked);
            is_first
        };
        if is_first {
            tokio::spawn(Question { key, all: self.clone(), is_off: false }.answer(work));
        }
        answered.await.ok()
    }
}

impl<K: Eq + Hash, V: Clone> Question<K, V> {
    /// As often as somebody asked meanwhile.
    async fn answer<F: Future<Output = V>>(mut self, work: impl Fn() -> F) {
        loop {
            // Those go first who are about to ask the same.
            tokio::task::yield_now().await;
            let asked = {
                let mut waiting = self.all.waiting();
                let asked = waiting.get_mut(&self.key).map(mem::take).unwrap_or_default();
                if asked.is_empty() {
                    waiting.remove(&self.key);
                    self.is_off = true;
                    return;
                }
                asked
            };
            // Those who asked go without an answer; those who asked meanwhile may still have one.
            let Ok(answer) = tokio::time::timeout(PATIENCE, work()).await else { continue };
            for asked in asked {
                // Whoever asked may have gone.
                let _ = asked.send(answer.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn who_asks_meanwhile_shares_the_next_answer() {
        let (together, asked, go_on) = (Together::default(), Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let ask = |key: &'static str| {
            let (together, asked, go_on) = (together.clone(), asked.clone(), go_on.clone());
            tokio::spawn(async move {
                let work = move || {
                    let (asked, go_on) = (asked.clone(), go_on.clone());
                    async move {
                        let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
                        go_on.notified().await;
                        number
                    }
                };
                together.ask(key, work).await
            })
        };
        let until = async |number: u32| {
            while asked.load(Ordering::SeqCst) < number {
                tokio::task::yield_now().await;
            }
        };
        let first = ask("a");
        until(1).await;
        let later: Vec<_> = (0..5).map(|_| ask("a")).collect();
        while together.waiting().get("a").is_none_or(|waiting| waiting.len() < 5) {
            tokio::task::yield_now().await;
        }
        go_on.notify_one();
        assert_eq!(first.await.unwrap(), Some(1));
        until(2).await;
        go_on.notify_one();
        for later in later {
            assert_eq!(later.await.unwrap(), Some(2));
        }
        let other = ask("b");
        until(3).await;
        go_on.notify_one();
        assert_eq!(other.await.unwrap(), Some(3));
        while !together.waiting().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn everybody_is_answered_however_many_ask() {
        let together: Together<u8, u8> = Together::default();
        let asked = (0..4).map(|_| {
            let together = together.clone();
            tokio::spawn(async move {
                for _ in 0..5_000 {
                    assert_eq!(together.ask(1, || async { 7 }).await, Some(7));
                }
            })
        });
        for asked in asked.collect::<Vec<_>>() {
            asked.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_panic_leaves_nobody_waiting() {
        let together: Together<u8, u8> = Together::default();
        let failed = together.ask(1, || async { panic!("on purpose") });
        assert_eq!(failed.await, None);
        assert_eq!(together.ask(1, || async { 7 }).await, Some(7));
    }
}
