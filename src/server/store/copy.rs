//! An organization taken into another database, row by row as it is. Both sides are read in the order of each table's key,
//! and what differs is written, a few megabytes a transaction: so a copy that was broken off is gone on with by making it
//! again, and one that has grown old is brought up to date in the same way.
//!
//! What the organization has in the other database and not here is taken away there. Other organizations, and people of whom
//! nothing is known here, stay as they are. Indexes of runs and words are not copied: they are made again.

mod part;
mod tables;

use self::{
    part::{Page, Part, Place, Row},
    tables::{TABLES, Table},
};
use super::{
    engine::{Cell, Db, Tx},
    error::StoreError,
    org_db::OrgDb,
    schema::Organizations,
};
use crate::domain::ids::{OrganizationId, RunId};
use sea_query::Query;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why an organization is not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the organization {0} is gone")]
    Gone(OrganizationId),
    #[error("something else of the same name or address is there already, in {table}")]
    Taken { table: &'static str },
    #[error(
        "{name} has {there} writes there and {here} here: it was written after it was copied, and is not written over"
    )]
    Ahead { name: String, here: i64, there: i64 },
}

/// A table that was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    pub table: &'static str,
    /// Rows of the source.
    pub rows: u64,
    /// How many of them were not there, or not so.
    pub written: u64,
    /// How many others were there.
    extra: u64,
}

/// A table as it is on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    pub table: &'static str,
    pub here: Sum,
    pub there: Sum,
}

impl Compared {
    pub fn is_same(&self) -> bool {
        self.here == self.there
    }
}

/// How many rows, and what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    pub digest: [u8; 32],
}

#[derive(FromRow)]
struct OrganizationRow {
    name: String,
    last_change: i64,
}

/// The rows of both sides between two places.
struct Range {
    here: Vec<Row>,
    there: Vec<Row>,
    /// Where they end; `None` when no others follow.
    upto: Option<Place>,
}

/// What is to be done there.
struct Difference {
    changed: Vec<Row>,
    extra: Vec<Place>,
}

impl OrgDb {
    /// Copies everything of the organization, as it is at one moment, into the same organization of another database. Says
    /// what became of each table.
    pub async fn copy_to(&self, to: &Self, mut tell: impl FnMut(Copied)) -> Result<(), CopyError> {
        let mut source = self.db.begin_reading().await?;
        self.refuse_to_spoil(&mut source, to).await?;
        let organization_id = self.organization_id();
        tell(copy_part(Part::members_of(organization_id), &mut source, to).await?);
        let mut with_extra = Vec::new();
        for table in &TABLES {
            let part = Part::of(table, organization_id);
            let copied = copy_part(part, &mut source, to).await?;
            if copied.extra > 0 {
                with_extra.push(part);
            }
            tell(copied);
        }
        // What refers to others goes before them.
        for part in with_extra.into_iter().rev() {
            delete_extra(part, &mut source, to).await?;
        }
        Ok(())
    }

    /// Compares everything of the organization with a copy, both as they are at one moment.
    pub async fn compare_with(&self, copy: &Self) -> Result<Vec<Compared>, StoreError> {
        let (mut source, mut target) = (self.db.begin_reading().await?, copy.db.begin_reading().await?);
        let parts = TABLES.iter().map(|table| Part::of(table, self.organization_id()));
        let mut compared = Vec::new();
        for part in std::iter::once(Part::members_of(self.organization_id())).chain(parts) {
            compared.push(compare_part(part, &mut source, &mut target).await?);
        }
        Ok(compared)
    }

    /// A copy that somebody went on with is not a copy any more.
    async fn refuse_to_spoil(&self, source: &mut Tx, to: &Self) -> Result<(), CopyError> {
        let id = self.organization_id();
        let select = Query::select()
            .columns([Organizations::Name, Organizations::LastChange])
            .from(Organizations::Table)
            .and_where(self.owns(Organizations::Id))
            .take();
        let Some(here) = source.fetch_optional::<OrganizationRow>(&select).await? else {
            return Err(CopyError::Gone(id));
        };
        let there = to.db.fetch_optional::<OrganizationRow>(&select).await?;
        match there.filter(|there| there.last_change > here.last_change) {
            Some(there) => Err(CopyError::Ahead { name: here.name, here: here.last_change, there: there.last_change }),
            None => Ok(()),
        }
    }
}

impl Db {
    /// Copies everybody, whether they belong to an organization or not any more.
    pub async fn copy_people_to(&self, to: &Self) -> Result<Copied, CopyError> {
        let mut source = self.begin_reading().await?;
        copy_part(Part::everybody(), &mut source, to).await
    }

    /// Compares everybody with a copy.
    pub async fn compare_people_with(&self, copy: &Self) -> Result<Compared, StoreError> {
        compare_part(Part::everybody(), &mut self.begin_reading().await?, &mut copy.begin_reading().await?).await
    }
}

/// Where a part is written.
trait Target {
    async fn begin_copying(&self) -> Result<Tx, StoreError>;
}

impl Target for Db {
    async fn begin_copying(&self) -> Result<Tx, StoreError> {
        self.begin().await
    }
}

impl Target for OrgDb {
    async fn begin_copying(&self) -> Result<Tx, StoreError> {
        self.db.begin_alone(self.organization_id()).await
    }
}

async fn copy_part(part: Part, source: &mut Tx, to: &impl Target) -> Result<Copied, CopyError> {
    let mut copied = Copied { table: part.table.name, rows: 0, written: 0, extra: 0 };
    let mut after = None;
    loop {
        let mut target = to.begin_copying().await?;
        let range = next_range(part, source, &mut target, after.as_ref()).await?;
        copied.rows += range.here.len() as u64;
        after.clone_from(&range.upto);
        let Difference { changed, extra } = range.difference(part.table);
        copied.extra += extra.len() as u64;
        if !changed.is_empty() {
            copied.written += changed.len() as u64;
            part.write(&mut target, changed).await.map_err(|error| refusal(part.table, error))?;
            target.commit().await?;
        }
        if after.is_none() {
            return Ok(copied);
        }
    }
}

/// Rows are written over by their keys, so that what is not unique is something else.
fn refusal(table: &Table, error: StoreError) -> CopyError {
    match error {
        StoreError::Database(sqlx::Error::Database(cause)) if cause.is_unique_violation() => {
            CopyError::Taken { table: table.name }
        }
        error => CopyError::Store(error),
    }
}

async fn delete_extra(part: Part, source: &mut Tx, to: &OrgDb) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let mut target = to.begin_copying().await?;
        let range = next_range(part, source, &mut target, after.as_ref()).await?;
        after.clone_from(&range.upto);
        let Difference { extra, .. } = range.difference(part.table);
        if !extra.is_empty() {
            if part.table.is_of_runs() {
                to.forget_words(&mut target, &extra.iter().filter_map(|place| run_id(place)).collect::<Vec<_>>())
                    .await?;
            }
            part.delete(&mut target, &extra).await?;
            target.commit().await?;
        }
        if after.is_none() {
            return Ok(());
        }
    }
}

fn run_id(place: &[Cell]) -> Option<RunId> {
    let [Cell::Bytes(id)] = place else { return None };
    Uuid::from_slice(id).ok().map(RunId)
}

async fn compare_part(part: Part, source: &mut Tx, target: &mut Tx) -> Result<Compared, StoreError> {
    let (mut here, mut there) = (Summing::default(), Summing::default());
    let mut after = None;
    loop {
        let range = next_range(part, source, target, after.as_ref()).await?;
        here.add(&range.here);
        there.add(&range.there);
        after = range.upto;
        if after.is_none() {
            return Ok(Compared { table: part.table.name, here: here.sum(), there: there.sum() });
        }
    }
}

/// What both sides have after a place, up to where both are known.
async fn next_range(part: Part, source: &mut Tx, target: &mut Tx, after: Option<&Place>) -> Result<Range, StoreError> {
    let place_of = |row: &Row| part.table.place_of(row).to_vec();
    let mut here = part.page(source, after).await?;
    if part.is_of_people() {
        let places: Vec<Place> = here.rows.iter().map(place_of).collect();
        let Page { rows: there, .. } = part.people(target, &places).await?;
        return Ok(Range { here: here.rows, there, upto: here.upto });
    }
    let mut there = part.page(target, after).await?;
    let upto = match (here.upto, there.upto) {
        (Some(here), Some(there)) => Some(here.min(there)),
        (here, there) => here.or(there),
    };
    if let Some(upto) = &upto {
        for rows in [&mut here.rows, &mut there.rows] {
            rows.retain(|row| part.table.place_of(row) <= upto.as_slice());
        }
    }
    Ok(Range { here: here.rows, there: there.rows, upto })
}

impl Range {
    fn difference(self, table: &Table) -> Difference {
        let mut there: BTreeMap<Place, Row> =
            self.there.into_iter().map(|row| (table.place_of(&row).to_vec(), row)).collect();
        let changed =
            self.here.into_iter().filter(|row| there.remove(table.place_of(row)).as_ref() != Some(row)).collect();
        Difference { changed, extra: there.into_keys().collect() }
    }
}

/// A sum in the making.
#[derive(Default)]
struct Summing {
    rows: u64,
    digest: Sha256,
}

impl Summing {
    fn add(&mut self, rows: &[Row]) {
        self.rows += rows.len() as u64;
        for cell in rows.iter().flatten() {
            // Kind and length first, so that no two rows are the same bytes.
            let (kind, bytes): (u8, &[u8]) = match cell {
                Cell::Null => (0, &[]),
                Cell::Int(int) => (1, &int.to_be_bytes()),
                Cell::Text(text) => (2, text.as_bytes()),
                Cell::Bytes(bytes) => (3, bytes),
            };
            self.digest.update([kind]);
            self.digest.update((bytes.len() as u64).to_be_bytes());
            self.digest.update(bytes);
        }
    }

    fn sum(self) -> Sum {
        Sum { rows: self.rows, digest: self.digest.finalize().into() }
    }
}
