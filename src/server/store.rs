//! The database: SQLite or PostgreSQL behind one set of statements. Only `query` asks it, and only through an
//! [`OrgDb`] or its [`Snapshot`], which carry their organization into every statement; `directory` alone finds people
//! and organizations before one is known.

mod access;
mod ai_employees;
mod changes;
mod conversations;
mod copy;
pub mod directory;
mod engine;
mod error;
mod export;
mod filter_options;
mod insert_rows;
mod migrate;
pub mod org_db;
mod packed;
mod packed_run;
mod posted_parts;
mod related_runs;
mod removed_runs;
mod retention;
mod run_content;
mod run_edit;
mod run_index;
mod run_names;
mod run_page;
mod run_rows;
mod run_walk;
mod run_write;
mod runs;
mod schema;
mod search_docs;
mod search_hits;
mod search_index;
mod search_texts;
mod search_words;
mod summary;
mod trace_upkeep;
mod traces;
mod write_queue;

pub use access::{SessionRow, TokenRow};
pub use changes::{Became, ChangedRun, Listener, Stamp};
pub use copy::{Compared, Copied, CopyError};
pub use engine::{BackupError, Db, DbOptions, backup};
pub use error::{OpenError, StoreError};
pub use export::{Export, SomeRuns};
pub use org_db::{OrgDb, Snapshot};
pub use retention::{Due, Taken};
pub use run_content::StoredContent;
pub use run_index::IndexCheck;
pub use run_write::WriteOutcome;
pub use runs::{Columns, ListPlans};
pub use search_index::{KeptWords, ReadyWords};
pub use traces::{Traced, TracedFile};
