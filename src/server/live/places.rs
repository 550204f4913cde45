//! How many streams there may be, and how many of one person or token.

use crate::error::AppError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// After how many seconds one who has too many may try again.
const LATER: u64 = 10;

/// The places that there are, and who has taken how many.
pub struct Places {
    most: usize,
    most_of_one: usize,
    taken: Mutex<HashMap<String, usize>>,
}

/// A place for one stream, until it ends.
pub struct Place {
    places: Arc<Places>,
    name: String,
}

impl Places {
    pub fn new(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, taken: Mutex::default() }
    }

    /// A place for one more stream of somebody.
    pub fn take(self: &Arc<Self>, name: String) -> Result<Place, AppError> {
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.most {
            return Err(AppError::Unavailable);
        }
        let own = taken.entry(name.clone()).or_default();
        if *own >= self.most_of_one {
            return Err(AppError::TooMany(LATER));
        }
        *own += 1;
        Ok(Place { places: Arc::clone(self), name })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // Nothing that can fail is done while it is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(own) = taken.get_mut(&self.name) {
            *own -= 1;
        }
        taken.retain(|_, own| *own > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_stream_has_ended() {
        let places = Arc::new(Places::new(3, 2));
        let take = |name: &str| places.take(name.to_owned());
        let (first, second) = (take("a").unwrap(), take("a").unwrap());
        assert_eq!(take("a").err(), Some(AppError::TooMany(LATER)));
        let third = take("b").unwrap();
        assert_eq!(take("c").err(), Some(AppError::Unavailable));
        drop(first);
        let fourth = take("a").unwrap();
        drop((second, third, fourth));
        assert!(places.taken().is_empty());
    }
}
