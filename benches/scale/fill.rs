//! Lean runs by the million: some are written as the program does, the others are copies that the database makes.

use crate::{
    CHANNELS, MODELS, REGIONS, TRIGGERS, WRITTEN,
    support::{database, program::Installation, runs::id},
};
use alloy_logs::{
    domain::{
        document::{self, RunDocument},
        run_write::RunWrite,
        time::Timestamp,
    },
    server::{clock, query::ingest, store::OrgDb},
};
use chrono::TimeDelta;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::cmp::Reverse;

/// So many are copied at once as one of this many parts: all at once would not fit into memory.
const PARTS: u64 = 64;

/// One lean run: short messages, no steps, one row of costs.
fn run(n: u64, created: Timestamp, random: &mut ChaCha8Rng) -> RunDocument {
    let status = match random.random_range(0..100) {
        0..82 => "completed",
        82..93 => "failed",
        93..96 => "cancelled",
        96..98 => "running",
        98 => "suspended",
        _ => "pending",
    };
    // Each power of ten as likely as the next.
    let mut spread = |powers: f64| 10_f64.powf(random.random_range(1.0..powers)).round();
    let (millis, tokens) = (spread(5.5), spread(4.7));
    let at = |millis: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a few minutes")]
        let delta = TimeDelta::milliseconds(millis as i64);
        created.plus(delta).to_string()
    };
    let end = |of: &str| (status == of).then(|| at(millis));
    let conversation = (n % 10 < 7).then(|| id(4, n / 3));
    let document = json!({
        "id": id(1, n), "workflow_id": id(2, n % 24), "workflow_name": format!("Skill {}", n % 24),
        "ai_employee_id": id(3, n % 9), "ai_employee_name": format!("Mate {}", n % 9),
        "conversation_id": conversation, "conversation_channel": conversation.map(|_| CHANNELS[(n / 3 % 4) as usize]),
        "trigger_id": n.is_multiple_of(5).then(|| TRIGGERS[(n / 5 % 3) as usize]), "model": MODELS[(n * n % 5) as usize],
        "status": status, "created_at": created.to_string(), "started_at": at(0.0),
        "completed_at": end("completed"), "failed_at": end("failed"), "cancelled_at": end("cancelled"),
        "state": { "runtimeContext": { "state": { "region": REGIONS[(n % 2) as usize] } } },
        "input_message": format!("Where is order {n}? It was to come on Tuesday."), "output_message": "It left the house today.",
        "token_history": [{ "id": "t", "key_type": "platform", "input_tokens": tokens, "output_tokens": 7, "usd_cost": 0.01 }],
    });
    document::parse(document.to_string().as_bytes()).unwrap()
}

/// Writes the first runs as the program does, then has the database copy them.
pub fn fill(runtime: &tokio::runtime::Runtime, installation: &Installation, org: &str, copies: u64) {
    runtime.block_on(async {
        let db = database::open(installation.url()).await;
        let org = OrgDb::new(db.clone(), org.parse().unwrap());
        let (now, mut random) = (clock::now(), ChaCha8Rng::seed_from_u64(7));
        let mut ago: Vec<i64> = (0..WRITTEN).map(|_| random.random_range(1_800..90 * 86_400)).collect();
        // They come as they are created, as runs do.
        ago.sort_unstable_by_key(|seconds| Reverse(*seconds));
        let created = (0..).zip(ago.into_iter().map(|seconds| now.plus(-TimeDelta::seconds(seconds))));
        for batch in created.collect::<Vec<_>>().chunks(500) {
            let documents = batch.iter().map(|(n, at)| RunWrite::named(run(*n, *at, &mut random)).unwrap());
            ingest::write(&org, documents.collect()).await.unwrap();
        }
        db.close().await;
    });
    let sqlite = installation.url().starts_with("sqlite");
    let (columns, id) = if sqlite {
        ("SELECT name FROM pragma_table_info('TABLE')", "unhex(substr(hex(KEY), 1, 24) || printf('%08x', copy))")
    } else {
        (
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'TABLE'",
            "(substr(replace(KEY::text, '-', ''), 1, 24) || lpad(to_hex(copy), 8, '0'))::uuid",
        )
    };
    // Indexes are made when all rows are there, which takes less than to keep them up.
    let indexes = if sqlite {
        "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('workflow_runs', 'run_state_values') AND sql IS NOT NULL"
    } else {
        "SELECT indexdef FROM pg_indexes WHERE tablename IN ('workflow_runs', 'run_state_values') AND indexname LIKE 'runs_%'"
    };
    let indexes = installation.execute(indexes);
    for index in &indexes {
        let name = index.split_whitespace().nth(2).unwrap();
        installation.execute(&format!("DROP INDEX {name}"));
    }
    for (table, key) in [("workflow_runs", "id"), ("run_state_values", "run_id")].iter().filter(|_| copies > 1) {
        let names = installation.execute(&columns.replace("TABLE", table));
        installation.execute(&format!("CREATE TABLE written AS SELECT * FROM {table}"));
        for part in 0..PARTS {
            installation.execute(&copy_statement(table, key, &names, &id.replace("KEY", key), part, copies));
        }
        installation.execute("DROP TABLE written");
    }
    for index in &indexes {
        installation.execute(index);
    }
    installation.run(&["check", "--repair"], "");
    // As if their words were in the search index, which would be made for hours while other things are measured.
    let last = if sqlite { "X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'" } else { "'ffffffff-ffff-ffff-ffff-ffffffffffff'" };
    installation.execute(&format!(
        "INSERT INTO search_indexes (organization_id, number, indexed_change, indexed_run) \
         SELECT organization_id, row_number() OVER (), max(last_change), {last} FROM workflow_runs GROUP BY organization_id"
    ));
    if !sqlite {
        // What the server does by itself after a while.
        installation.execute("VACUUM ANALYZE");
    }
}

/// Copies a part of what was written under other ids, all copies within half an hour after it. They come in the order of their
/// ids, which is several times faster than in any other.
fn copy_statement(table: &str, key: &str, columns: &[String], id: &str, part: u64, copies: u64) -> String {
    let values = columns.iter().map(|name| match name.as_str() {
        name if name == key => id.to_owned(),
        name if name.ends_with("_at") => format!("{name} + copy * CAST(1500000000 AS BIGINT) / {copies}"),
        name => name.to_owned(),
    });
    format!(
        "WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < {copies} - 1) \
         INSERT INTO {table} ({}) SELECT {} FROM written CROSS JOIN copies \
         WHERE created_at / 1000000 % {PARTS} = {part} ORDER BY {key}, copy",
        columns.join(", "),
        values.collect::<Vec<_>>().join(", ")
    )
}
