//! The tables that are copied, and those that are not.

use crate::server::store::{engine::Cell, error::StoreError};
use sea_query::Value;
use uuid::Uuid;

/// What the values of a column are, null aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Uuid,
    Int,
    Bool,
    Text,
    Bytes,
}

/// A table with its columns, the first of which are its key. The key of all but one is the organization, and what tells
/// its rows apart.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    key: usize,
    pub columns: &'static [(&'static str, Kind)],
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, key, columns }
}

use Kind::{Bool, Bytes, Int, Text};

/// People, who may belong to several organizations.
pub static PEOPLE: Table =
    table("users", 1, &[("id", Kind::Uuid), ("email", Text), ("password_hash", Text), ("created_at", Int)]);

/// What belongs to one organization, each table after those that its rows refer to.
#[rustfmt::skip]
pub static TABLES: [Table; 15] = [
    table("organizations", 1, &[("id", Kind::Uuid), ("name", Text), ("created_at", Int), ("last_change", Int), ("retention_days", Int)]),
    table("memberships", 2, &[("organization_id", Kind::Uuid), ("user_id", Kind::Uuid), ("role", Text)]),
    table("sessions", 2, &[("organization_id", Kind::Uuid), ("secret_hash", Bytes), ("user_id", Kind::Uuid), ("created_at", Int), ("seen_at", Int)]),
    table("api_tokens", 2, &[("organization_id", Kind::Uuid), ("secret_hash", Bytes), ("scopes", Text), ("created_at", Int), ("revoked_at", Int)]),
    table("ai_employees", 2, &[("organization_id", Kind::Uuid), ("id", Kind::Uuid), ("name", Text)]),
    table("workflows", 2, &[("organization_id", Kind::Uuid), ("id", Kind::Uuid), ("name", Text)]),
    table("conversations", 2, &[("organization_id", Kind::Uuid), ("id", Kind::Uuid), ("title", Text), ("channel", Text)]),
    table("flow_snapshots", 2, &[("organization_id", Kind::Uuid), ("digest", Bytes), ("packed", Bytes)]),
    table("workflow_runs", 2, &[
        ("organization_id", Kind::Uuid), ("id", Kind::Uuid), ("workflow_id", Kind::Uuid), ("ai_employee_id", Kind::Uuid), ("conversation_id", Kind::Uuid),
        ("channel", Text), ("source", Text), ("trigger_id", Text), ("trigger_url", Text), ("model", Text), ("status", Text),
        ("created_at", Int), ("started_at", Int), ("completed_at", Int), ("failed_at", Int), ("suspended_at", Int), ("cancelled_at", Int),
        ("finished_at", Int), ("updated_at", Int), ("duration_ms", Int), ("input_tokens", Int), ("output_tokens", Int), ("total_tokens", Int),
        ("flow_digest", Bytes), ("has_long_message", Bool), ("input_preview", Text), ("output_preview", Text), ("error_preview", Text),
        ("failure", Text), ("packed_list_state", Bytes), ("costs", Text), ("first_change", Int), ("last_change", Int), ("written_at", Int),
    ]),
    table("run_contents", 3, &[("organization_id", Kind::Uuid), ("run_id", Kind::Uuid), ("first_step", Int), ("steps", Int), ("packed_messages", Bytes), ("packed_content", Bytes)]),
    table("run_state_values", 3, &[("organization_id", Kind::Uuid), ("run_id", Kind::Uuid), ("digest", Bytes), ("created_at", Int)]),
    table("posted_parts", 4, &[("organization_id", Kind::Uuid), ("run_id", Kind::Uuid), ("kind", Text), ("id", Text), ("workflow_id", Kind::Uuid), ("updated_at", Int), ("is_shown", Bool), ("packed", Bytes)]),
    table("trace_batches", 3, &[("organization_id", Kind::Uuid), ("trace_id", Kind::Uuid), ("number", Int), ("packed_spans", Bytes)]),
    table("trace_runs", 3, &[("organization_id", Kind::Uuid), ("trace_id", Kind::Uuid), ("run_id", Kind::Uuid), ("received_at", Int), ("is_shown", Bool)]),
    table("removed_runs", 2, &[("organization_id", Kind::Uuid), ("run_id", Kind::Uuid), ("change", Int), ("removed_at", Int), ("reason", Text), ("rule", Text)]),
];

impl Table {
    fn first(&self) -> usize {
        usize::from(self.key > 1)
    }

    /// The columns that tell the rows of one organization apart, and by which they are in order.
    pub fn place(&self) -> &'static [(&'static str, Kind)] {
        &self.columns[self.first()..self.key]
    }

    /// What a row has in these columns.
    pub fn place_of<'a>(&self, row: &'a [Cell]) -> &'a [Cell] {
        &row[self.first()..self.key]
    }

    /// Whether its rows are the runs themselves.
    pub fn is_of_runs(&self) -> bool {
        self.name == "workflow_runs"
    }

    /// The columns of the key, and those that are not of it.
    pub fn key_and_rest(&self) -> (impl Iterator<Item = &'static str>, impl ExactSizeIterator<Item = &'static str>) {
        let (key, rest) = self.columns.split_at(self.key);
        (key.iter().map(|(name, _)| *name), rest.iter().map(|(name, _)| *name))
    }

    /// A value as a statement takes it.
    pub fn value(&self, kind: Kind, cell: Cell) -> Result<Value, StoreError> {
        Ok(match (kind, cell) {
            (Kind::Uuid, Cell::Null) => Value::Uuid(None),
            (Kind::Uuid, Cell::Bytes(bytes)) if bytes.len() == 16 => Uuid::from_slice(&bytes).ok().into(),
            (Int, Cell::Null) => Value::BigInt(None),
            (Int, Cell::Int(int)) => int.into(),
            (Bool, Cell::Null) => Value::Bool(None),
            (Bool, Cell::Int(int)) => (int != 0).into(),
            (Text, Cell::Null) => Value::String(None),
            (Text, Cell::Text(text)) => text.into(),
            (Bytes, Cell::Null) => Value::Bytes(None),
            (Bytes, Cell::Bytes(bytes)) => bytes.into(),
            (kind, _) => {
                let problem = format!("a value that is no {kind:?}");
                return Err(StoreError::Inconsistent { table: self.name, problem });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::migrate::POSTGRES;
    use std::collections::{BTreeMap, BTreeSet};

    /// Tables that are not copied, and why.
    const LEFT_OUT: [(&str, &str); 6] = [
        ("run_indexes", "made again from the runs"),
        ("run_index_blocks", "made again from the runs"),
        ("run_index_changes", "made again from the runs"),
        ("search_indexes", "made again by the server"),
        ("search_docs", "made again by the server"),
        ("search_words", "made again by the server"),
    ];

    /// The columns of a table with their types, in order, and its key.
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Shape {
        columns: Vec<(String, String)>,
        key: Vec<String>,
    }

    impl Shape {
        fn add(&mut self, definition: &str) {
            let words: Vec<_> = definition.split_whitespace().collect();
            match words[..] {
                ["PRIMARY", "KEY", ..] => {
                    let (_, key) = definition.split_once('(').unwrap();
                    self.key = key.trim_end_matches(')').split(", ").map(str::to_owned).collect();
                }
                ["FOREIGN", ..] | [] => {}
                [name, kind, ..] => {
                    self.columns.push((name.to_owned(), kind.to_owned()));
                    if definition.contains("PRIMARY KEY") {
                        self.key.push(name.to_owned());
                    }
                }
                [_] => panic!("a column without a type: {definition}"),
            }
        }
    }

    /// Definitions between commas, those in parentheses aside.
    fn definitions(body: &str) -> Vec<&str> {
        let mut depth = 0;
        let parts = body.split(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            letter == ',' && depth == 0
        });
        parts.map(str::trim).collect()
    }

    /// What all migrations come to.
    fn migrated() -> BTreeMap<String, Shape> {
        let mut tables: BTreeMap<String, Shape> = BTreeMap::new();
        for migration in POSTGRES.iter() {
            let lines = migration.sql.as_str().lines().map(str::trim).filter(|line| !line.starts_with("--"));
            let statements = lines.collect::<Vec<_>>().join(" ");
            for statement in statements.split(';').map(str::trim) {
                let words: Vec<_> = statement.split_whitespace().collect();
                match words[..] {
                    ["CREATE", "TABLE", name, ..] => {
                        let (_, body) = statement.split_once('(').unwrap();
                        let table = tables.entry(name.to_owned()).or_default();
                        for definition in definitions(body.strip_suffix(')').unwrap()) {
                            table.add(definition);
                        }
                    }
                    ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] => {
                        tables.get_mut(name).unwrap().add(&format!("{column} {kind}"));
                    }
                    ["ALTER", "TABLE", name, "DROP", "COLUMN", column] => {
                        tables.get_mut(name).unwrap().columns.retain(|(name, _)| name != column);
                    }
                    ["ALTER", "TABLE", name, "RENAME", "TO", other] => {
                        let table = tables.remove(name).unwrap();
                        tables.insert(other.to_owned(), table);
                    }
                    ["DROP", "TABLE", name] => assert!(tables.remove(name).is_some()),
                    // How it is stored, not what it has.
                    ["ALTER", "TABLE", _, "SET", setting, ..] if setting.starts_with('(') => {}
                    ["ALTER", ..] => panic!("not understood: {statement}"),
                    _ => {}
                }
            }
        }
        tables
    }

    fn copied() -> impl Iterator<Item = &'static Table> {
        std::iter::once(&PEOPLE).chain(&TABLES)
    }

    #[test]
    fn every_table_and_column_is_copied_or_left_out_for_a_reason() {
        let mut migrated = migrated();
        for (table, why) in LEFT_OUT {
            assert!(migrated.remove(table).is_some(), "{table}, {why}, is none");
        }
        let shape = |table: &Table| {
            let kind = |kind| match kind {
                Kind::Uuid => "UUID",
                Int => "BIGINT",
                Bool => "BOOLEAN",
                Text => "TEXT",
                Bytes => "BYTEA",
            };
            let columns = table.columns.iter().map(|(name, of)| ((*name).to_owned(), kind(*of).to_owned())).collect();
            Shape { columns, key: table.key_and_rest().0.map(str::to_owned).collect() }
        };
        let copied: BTreeMap<_, _> = copied().map(|table| (table.name.to_owned(), shape(table))).collect();
        // The order of columns that were added later is of no account.
        let sorted = |mut tables: BTreeMap<String, Shape>| {
            for table in tables.values_mut() {
                table.columns.sort();
            }
            tables
        };
        assert_eq!(sorted(copied), sorted(migrated));
    }

    #[test]
    fn a_table_is_copied_after_those_that_it_refers_to() {
        let mut before = BTreeSet::new();
        for table in copied() {
            before.insert(table.name);
            for migration in POSTGRES.iter() {
                let created = format!("CREATE TABLE {} (", table.name);
                let Some((_, rest)) = migration.sql.as_str().split_once(&created) else { continue };
                let (body, _) = rest.split_once("\n);").unwrap();
                for other in body.split("REFERENCES ").skip(1) {
                    let other = other.split_whitespace().next().unwrap();
                    assert!(before.contains(other), "{} refers to {other}", table.name);
                }
            }
        }
    }

    #[test]
    fn the_guide_to_many_servers_names_every_table() {
        let guide = include_str!("../../../../docs/scale.md");
        let tables: BTreeSet<_> = migrated().into_keys().collect();
        let distributed = guide.split("create_distributed_table('").chain(guide.split("create_reference_table('"));
        let named: BTreeSet<_> = distributed.filter_map(|rest| Some(rest.split_once('\'')?.0.to_owned())).collect();
        let missing: Vec<_> = tables.difference(&named).collect();
        assert!(missing.is_empty(), "not in docs/scale.md: {missing:?}");
    }
}
