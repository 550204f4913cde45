//! The only home of the time and of new ids; everywhere else they are passed in.

use crate::domain::time::Timestamp;
use uuid::Uuid;

/// The time now, to the microsecond.
#[expect(clippy::disallowed_methods, reason = "its one home")]
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// A new random id.
#[expect(clippy::disallowed_methods, reason = "its one home")]
pub fn new_id() -> Uuid {
    Uuid::new_v4()
}
