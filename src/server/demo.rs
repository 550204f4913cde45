//! The runs of the demo organization: believable work of four teammates over thirty days, the same for the same seed.

mod calendar;
mod calls;
mod case;
mod cast;
mod compose;
mod course;
mod draw;
mod failures;
mod files;
mod flow;
mod languages;
pub mod live;
mod messages;
mod money;
mod oddities;
mod origin;
mod outcome;
mod schedule;
mod skills;
mod sound;
mod steps;
#[cfg(test)]
mod tests;
mod tools;

use crate::domain::{
    document::RunDocument,
    ids::{AttachmentId, OrganizationId, UserId},
    time::Timestamp,
};
use calendar::Calendar;
use draw::{Draw, Stream};

/// A run of the demo with the bytes of its attachments.
pub struct DemoRun {
    pub document: RunDocument,
    pub files: Vec<DemoFile>,
}

/// The bytes of an attachment.
pub struct DemoFile {
    pub attachment_id: AttachmentId,
    pub bytes: Vec<u8>,
}

/// The runs of the demo organization, oldest first, lazily. The same seed gives the same ids and data; times are
/// relative to `now`.
pub fn runs(seed: u64, count: usize, now: Timestamp) -> impl Iterator<Item = DemoRun> {
    // Runs are numbered from the newest, so that a smaller demo is the newest part of a larger one.
    let count = count as u64;
    let calendar = Calendar::new(count, now);
    (0..count).rev().map(move |age| compose::run(seed, age, &calendar, now))
}

/// The id of the demo organization.
pub fn organization_id(seed: u64) -> OrganizationId {
    OrganizationId(Draw::new(seed, Stream::Organization, 0).uuid())
}

/// The id of one of its people, by number.
pub fn user_id(seed: u64, number: u64) -> UserId {
    UserId(Draw::new(seed, Stream::Member, number).uuid())
}
