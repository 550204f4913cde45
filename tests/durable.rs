//! What was acknowledged is there, and whole, however the program ends.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};
use support::{
    program::{Installation, Server},
    runs, say,
};

/// How often the program is killed on each database; `make bench` asks for more.
#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
fn kills() -> u64 {
    std::env::var("ALLOY_TEST_KILLS").map_or(5, |kills| kills.parse().unwrap())
}

const WRITERS: usize = 6;
/// Runs of one stream.
const LINES: u64 = 230;

#[test]
fn a_program_that_is_killed_loses_nothing_that_it_acknowledged() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let token = installation.token(&org, "runs:write");
        let (acknowledged, next) = (Mutex::new(BTreeSet::new()), AtomicU64::new(0));
        for round in 0..kills() {
            let server = installation.serve();
            let (tell, told) = mpsc::channel();
            thread::scope(|scope| {
                for writer in 0..WRITERS {
                    let (tell, acknowledged, next) = (tell.clone(), &acknowledged, &next);
                    let write = if writer == 0 { write_stream } else { write_run };
                    let (server, org, token) = (&server, org.as_str(), token.as_str());
                    scope.spawn(move || {
                        while let Some(written) = write(server, org, token, next) {
                            acknowledged.lock().unwrap().extend(written);
                            // Once it was killed nobody listens.
                            let _ = tell.send(());
                        }
                    });
                }
                // Else a load that broke down would be waited for without end.
                drop(tell);
                // Each time at another point of the load.
                for _ in 0..20 + round * 7 {
                    told.recv().unwrap();
                }
                let killed = Command::new("kill").args(["-KILL", &server.id().to_string()]).status().unwrap();
                assert!(killed.success());
            });
        }
        // It comes up again, and writes.
        let server = installation.serve();
        acknowledged.lock().unwrap().extend(write_run(&server, &org, &token, &next).unwrap());
        let acknowledged = acknowledged.into_inner().unwrap();
        let stored: BTreeSet<u64> = stored_whole(&installation);
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "{lost:?} of {} were lost", acknowledged.len());
        let kind = installation.url().split(':').next().unwrap();
        say(&format!("{} kills on {kind}: {} runs acknowledged, none lost, none in part", kills(), acknowledged.len()));
    }
}

/// Writes one run by PUT; its number when it was acknowledged.
fn write_run(server: &Server, org: &str, token: &str, next: &AtomicU64) -> Option<Vec<u64>> {
    let n = next.fetch_add(1, Ordering::Relaxed);
    let path = format!("/api/organizations/{org}/workflows/{}/runs/{}/", runs::id(2, 1), runs::id(1, n));
    let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
    let answer = server.try_send("PUT", &path, &headers, Some(runs::full_run(n).to_string().as_bytes())).ok()?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    Some(vec![n])
}

/// Writes some runs by a stream; their numbers when they were acknowledged.
fn write_stream(server: &Server, org: &str, token: &str, next: &AtomicU64) -> Option<Vec<u64>> {
    let first = next.fetch_add(LINES, Ordering::Relaxed);
    let lines = (first..first + LINES).map(|n| runs::full_run(n).to_string()).collect::<Vec<_>>().join("\n");
    let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/x-ndjson")];
    let answer = server
        .try_send("POST", &format!("/api/organizations/{org}/workflows/runs/"), &headers, Some(lines.as_bytes()))
        .ok()?;
    assert_eq!(answer.json()["accepted"], LINES, "{}", answer.body);
    Some((first..first + LINES).collect())
}

/// The numbers of the runs that are stored. None is there in part, and the database finds nothing wrong with itself.
fn stored_whole(installation: &Installation) -> BTreeSet<u64> {
    let sqlite = installation.url().starts_with("sqlite");
    let of_run = |table: &str| {
        format!(
            "(SELECT count(*) FROM {table} AS part WHERE part.organization_id = runs.organization_id AND part.run_id = runs.id)"
        )
    };
    let whole = [("run_contents", 1), ("run_state_values", 3)]
        .map(|(table, rows)| format!("{} = {rows}", of_run(table)))
        .join(" AND ");
    let id = if sqlite { "lower(hex(id))" } else { "replace(id::text, '-', '')" };
    let partial = installation.execute(&format!("SELECT {id} FROM workflow_runs AS runs WHERE NOT ({whole})"));
    assert!(partial.is_empty(), "{partial:?} are there in part");
    let all = installation.execute(&format!("SELECT {id} FROM workflow_runs"));
    let checked = installation.run(&["check"], "");
    assert!(checked.contains(&format!("{} runs, the index is right", all.len())), "{checked}");
    if sqlite {
        assert_eq!(installation.execute("PRAGMA integrity_check"), ["ok"]);
        assert!(installation.execute("SELECT \"table\" FROM pragma_foreign_key_check").is_empty());
    }
    // The number is in the lower half of the first eight bytes (see `runs::id`).
    all.iter().map(|id| u64::from_str_radix(&id[8..16], 16).unwrap()).collect()
}
