//! The program as those who run it know it: its commands, its one line when it cannot, and how it stops.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use serde_json::json;
use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};
use support::{program::Installation, runs};

/// What a command that fails says: one line, and an exit code that is not 0.
fn refusal(output: &std::process::Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert!(!output.status.success(), "{said}");
    assert!(output.stdout.is_empty());
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn bad_input_is_one_clear_line() {
    let installation = Installation::sqlite();
    let said = refusal(&installation.run_with(&["token", "create", "--org", "Nowhere", "--scope", "runs:read"], ""));
    assert_eq!(said, "alloy-logs: there is no organization Nowhere");
    let org = installation.organization("Halden");
    let said = refusal(&installation.run_with(&["org", "create", "--name", "Halden"], ""));
    assert_eq!(said, "alloy-logs: there is an organization Halden already");
    let create = ["user", "create", "--org", &org, "--email", "new@halden.example", "--role", "admin"];
    assert_eq!(refusal(&installation.run_with(&create, "\n")), "alloy-logs: the password must not be empty");
    let said = refusal(&installation.run_with(&["import", "/nowhere.ndjson", "--org", "Halden"], ""));
    assert!(said.starts_with("alloy-logs: /nowhere.ndjson cannot be read: "), "{said}");
}

#[test]
fn a_database_that_cannot_be_opened_is_one_clear_line() {
    let installation = Installation::sqlite();
    let with = |url: &str| refusal(&installation.command(&["serve"]).env("ALLOY_DATABASE_URL", url).output().unwrap());
    assert_eq!(with("mysql://x"), "alloy-logs: the database URL must begin with sqlite: or postgres://");
    assert!(with("postgres://nobody@127.0.0.1:1/x").starts_with("alloy-logs: the database cannot be opened: "));
    assert!(with("sqlite:///proc/nothing/alloy.db").contains("/proc/nothing"));
    let damaged = installation.folder().join("damaged.db");
    std::fs::write(&damaged, "this is no database, but it is long enough to look like one".repeat(100)).unwrap();
    assert!(with(&format!("sqlite://{}", damaged.display())).contains("the database cannot be"));
}

#[test]
fn an_unwritable_folder_is_one_clear_line() {
    let installation = Installation::sqlite();
    let folder = installation.folder().join("locked");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    // Root writes everywhere but into the kernel's own files.
    let is_root = std::fs::write(folder.join("probe"), "").is_ok();
    let url =
        if is_root { "sqlite:///proc/alloy.db".to_owned() } else { format!("sqlite://{}/alloy.db", folder.display()) };
    let said = refusal(&installation.command(&["serve"]).env("ALLOY_DATABASE_URL", url).output().unwrap());
    assert!(said.starts_with("alloy-logs: the database cannot be opened: "), "{said}");
}

#[test]
fn a_database_newer_than_the_program_is_left_alone() {
    for installation in Installation::both() {
        installation.organization("Halden");
        let checksum = if installation.url().starts_with("sqlite") { "X'00'" } else { "'\\x00'" };
        installation.execute(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', TRUE, {checksum}, 0)"
        ));
        let said = refusal(&installation.run_with(&["org", "create", "--name", "Another"], ""));
        assert!(said.contains("the database is newer than this program (it has migration 9999)"), "{said}");
    }
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let installation = Installation::sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = installation.command(&["serve"]).env("LEPTOS_SITE_ADDR", &address).env("ALLOY_LOG", "warn").output();
    let said = refusal(&output.unwrap());
    assert!(said.starts_with(&format!("alloy-logs: the address {address} cannot be served: ")), "{said}");
}

#[test]
fn import_takes_the_good_lines_and_names_the_bad_ones() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let mut nameless = runs::full_run(2);
        nameless["id"] = json!(null);
        let lines = [
            runs::full_run(1).to_string(),
            "not json".to_owned(),
            String::new(),
            nameless.to_string(),
            r#"{ "id": 7 }"#.to_owned(),
            runs::full_run(3).to_string(),
        ];
        let output = installation.run_with(&["import", "-", "--org", "Halden"], &lines.join("\n"));
        assert!(!output.status.success());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["accepted"], json!(2));
        let bad: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|line| line["line"].clone()).collect();
        assert_eq!(bad, [json!(2), json!(4), json!(5)]);
        assert_eq!(report["rejected"][1]["errors"], json!([{ "param": "id", "message": "is needed here" }]));
        let token = installation.token(&org, "runs:read");
        let server = installation.serve();
        let list = server.get(&format!("/api/organizations/{org}/workflows/runs/"), &token).json();
        assert_eq!(list["pagination"]["total"], json!(2));
    }
}

#[test]
fn the_demo_is_made_once_and_the_same_for_the_same_seed() {
    let ids = || {
        let installation = Installation::sqlite();
        let said = installation.run(&["demo", "--runs", "60", "--seed", "3", "--password", "halden-demo"], "");
        assert!(said.contains("admin@halden.example  halden-demo  (admin)"), "{said}");
        assert_eq!(installation.run(&["demo", "--if-empty"], ""), "");
        let again = refusal(&installation.run_with(&["demo"], ""));
        assert_eq!(again, "alloy-logs: there is an organization Halden already");
        let token = installation.token("Halden", "runs:read");
        let server = installation.serve();
        let org = server.get("/api/session", &token).json()["organization_id"].as_str().unwrap().to_owned();
        let list =
            server.get(&format!("/api/organizations/{org}/workflows/runs/?limit=100&exclude=flow"), &token).json();
        let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect();
        assert_eq!(ids.len(), 60);
        ids
    };
    assert_eq!(ids(), ids());
}

#[test]
fn the_demo_goes_on_beside_a_program_that_serves_and_leaves_nothing_at_work() {
    for installation in Installation::both() {
        installation.run(&["demo", "--runs", "30", "--seed", "3", "--password", "halden-demo"], "");
        let other_seed = refusal(&installation.run_with(&["demo", "--live", "--seed", "4"], ""));
        assert_eq!(other_seed, "alloy-logs: the organization Halden was not made with the seed 4");
        let token = installation.token("Halden", "runs:read");
        let server = installation.serve();
        let org = server.get("/api/session", &token).json()["organization_id"].as_str().unwrap().to_owned();
        let list = format!("/api/organizations/{org}/workflows/runs/");
        let mut stream = server.events(&format!("{list}events/"), &[("authorization", &format!("Bearer {token}"))]);
        let mut demo = installation
            .command(&["demo", "--live", "--seed", "3", "--speed", "20"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Until a run was seen to come, to be at work, and to end.
        let mut seen: HashMap<String, Vec<String>> = HashMap::new();
        let told = |stream: &mut support::program::EventStream| {
            let event = stream.event().unwrap();
            let text = |name: &str| event.data["run"][name].as_str().unwrap().to_owned();
            (text("id"), event.name.clone(), text("status"))
        };
        loop {
            let (id, name, status) = told(&mut stream);
            let course = seen.entry(id).or_default();
            assert_eq!(name == "run-created", course.is_empty(), "{course:?} {name}");
            course.push(status);
            let was_at_work = course.iter().any(|status| status == "running");
            if was_at_work && !["pending", "running"].contains(&course.last().unwrap().as_str()) {
                break;
            }
        }
        let stopped = Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
        assert!(stopped.success() && demo.wait().unwrap().success());
        for run in server.get(&format!("{list}?limit=100&exclude=flow"), &token).json()["data"].as_array().unwrap() {
            let is_new = seen.contains_key(run["id"].as_str().unwrap());
            assert!(!is_new || !["pending", "running"].contains(&run["status"].as_str().unwrap()), "{run}");
        }
    }
}

#[test]
fn told_to_stop_it_finishes_the_request_in_flight() {
    let installation = Installation::sqlite();
    installation.organization("Halden");
    let server = installation.serve();
    // A request whose body is still on its way.
    let body = json!({ "email": "admin@halden.example", "password": support::program::PASSWORD }).to_string();
    let (first, rest) = body.split_at(10);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{first}").as_bytes()).unwrap();
    // Answered on another connection, so that the first has been taken up.
    assert_eq!(server.send("GET", "/health/live", &[], None).status, 200);
    let address = server.address.clone();
    let stopping = std::thread::spawn(move || server.stop());
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let (ended_well, log) = stopping.join().unwrap();
    assert!(ended_well && log.contains("stopped"), "{log}");
    assert!(!log.contains(support::program::PASSWORD));
}

#[test]
fn help_lists_every_setting_with_its_variable() {
    let installation = Installation::sqlite();
    let help = installation.run(&["--help"], "");
    for name in ["ALLOY_DATABASE_URL", "ALLOY_ATTACHMENTS_DIR", "ALLOY_PUBLIC_URL", "ALLOY_HANDLER_TIMEOUT_MS"] {
        assert!(help.contains(name), "{name}");
    }
}

/// What the API lists, the costs and payloads of runs with it.
fn listed(installation: &Installation, org: &str, token: &str) -> serde_json::Value {
    let server = installation.serve();
    let list = server.get(&format!("/api/organizations/{org}/workflows/runs/?limit=100"), token).json();
    assert!(list["pagination"]["total"].as_u64().unwrap() > 0, "{list}");
    list
}

#[test]
fn a_check_says_what_is_wrong_and_fails_until_it_is_told_to_mend_it() {
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        installation.import(&org, &(0..3).map(runs::full_run).collect::<Vec<_>>());
        installation.execute("DELETE FROM run_index_changes");
        let check = |more: &[&str]| {
            let output = installation.run_with(&[&["check"], more].concat(), "");
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let wrong = format!("{org}: 3 runs, the index is wrong about 3: ");
        assert_eq!(check(&[]), (Some(1), format!("{wrong}run `alloy-logs check --repair`\n")));
        assert_eq!(check(&["--repair"]), (Some(0), format!("{wrong}it was made again\n")));
        assert_eq!(check(&[]), (Some(0), format!("{org}: 3 runs, the index is right\n")));
    }
}

#[test]
fn a_copy_answers_as_the_first_did_and_says_that_it_is_the_same() {
    for to in Installation::both() {
        let from = Installation::sqlite();
        from.run(&["demo", "--runs", "40", "--seed", "3", "--password", "halden-demo"], "");
        from.organization("Another");
        let token = from.token("Halden", "runs:read");
        let copy = ["copy", "--from", from.url(), "--to", to.url()];
        let output = from.run_with(&copy, "");
        let (result, progress) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{result}{progress}");
        let same = result.lines().filter(|line| line.ends_with(" rows, the same in both")).count();
        assert!(same == 3 && result.contains("Attachments are not in a database"), "{result}");
        assert!(progress.contains("Halden: workflow_runs: 40 rows, 40 written\n"), "{progress}");
        let again = String::from_utf8(from.run_with(&copy, "").stderr).unwrap();
        assert!(again.contains("Halden: workflow_runs: 40 rows, 0 written\n"), "{again}");
        assert!(to.run(&["check"], "").lines().all(|line| line.ends_with("the index is right")));
        let org = from.serve().get("/api/session", &token).json()["organization_id"].as_str().unwrap().to_owned();
        assert_eq!(listed(&to, &org, &token), listed(&from, &org, &token));

        let only = Installation::sqlite();
        only.run(&["copy", "--from", to.url(), "--to", only.url(), "--org", "Another"], "");
        only.run(&["token", "create", "--org", "Another", "--scope", "runs:read"], "");
        refusal(&only.run_with(&["token", "create", "--org", "Halden", "--scope", "runs:read"], ""));
        let kept = only.execute("SELECT email FROM users ORDER BY email");
        assert_eq!(kept, ["admin@another.example", "member@another.example"]);
    }
}

#[test]
fn a_copy_that_makes_no_sense_is_refused_in_one_line() {
    for installation in Installation::both() {
        installation.organization("Halden");
        let same = installation.run_with(&["copy", "--from", installation.url(), "--to", installation.url()], "");
        assert_eq!(refusal(&same), "alloy-logs: both are the same database");
    }
    let (installation, other) = (Installation::sqlite(), Installation::sqlite());
    let nothing = installation.run_with(&["copy", "--from", installation.url(), "--to", other.url()], "");
    assert_eq!(refusal(&nothing), format!("alloy-logs: there is no database {}", installation.url()));
    installation.organization("Halden");
    let file = installation.folder().join("alloy.db");
    let dotted = format!("sqlite:{}/./alloy.db", file.parent().unwrap().display());
    let same = installation.run_with(&["copy", "--from", installation.url(), "--to", &dotted], "");
    assert_eq!(refusal(&same), "alloy-logs: both are the same database");
    let nowhere = ["copy", "--from", installation.url(), "--to", other.url(), "--org", "Nowhere"];
    assert_eq!(refusal(&installation.run_with(&nowhere, "")), "alloy-logs: there is no organization Nowhere");
}

#[test]
fn a_backup_made_while_others_write_is_a_database() {
    let installation = Installation::sqlite();
    let org = installation.organization("Halden");
    let token = installation.token("Halden", "runs:read,runs:write");
    installation.import("Halden", &(0..50).map(runs::full_run).collect::<Vec<_>>());
    let before = listed(&installation, &org, &token);
    let server = installation.serve();
    let folder = installation.folder();
    let backup = |name: &str| {
        let file = folder.join(name);
        assert_eq!(installation.run(&["backup", file.to_str().unwrap()], ""), "");
        assert!(!folder.join(format!("{name}.part")).exists());
        format!("sqlite://{}", file.display())
    };
    // What was written before it is in it, and answered alike.
    let still = backup("still.db");
    let restored = |url: &str| {
        let restored = Installation::sqlite();
        std::fs::copy(url.trim_start_matches("sqlite://"), restored.folder().join("alloy.db")).unwrap();
        restored
    };
    assert_eq!(listed(&restored(&still), &org, &token), before);
    // Writes go on until all backups are made.
    let stopped = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 50;
            while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
                let mut run = runs::full_run(written);
                let (id, workflow) = (run["id"].take(), run["workflow_id"].take());
                let path = format!(
                    "/api/organizations/{org}/workflows/{}/runs/{}/",
                    workflow.as_str().unwrap(),
                    id.as_str().unwrap()
                );
                let object = run.as_object_mut().unwrap();
                object.retain(|name, _| !["id", "workflow_id"].contains(&name.as_str()));
                let authorization = format!("Bearer {token}");
                let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
                let answer = server.send("PUT", &path, &headers, Some(&run.to_string()));
                assert_eq!(answer.status, 201, "{answer:?}");
                written += 1;
            }
            written
        });
        let backups: Vec<_> = (0..3).map(|n| restored(&backup(&format!("{n}.db")))).collect();
        stopped.store(true, std::sync::atomic::Ordering::Relaxed);
        let written = writer.join().unwrap();
        assert!(written > 53, "{written}");
        let mut least = 50;
        for copy in &backups {
            assert_eq!(copy.execute("PRAGMA integrity_check"), ["ok"]);
            assert!(copy.run(&["check"], "").ends_with("the index is right"));
            let total = listed(copy, &org, &token)["pagination"]["total"].as_u64().unwrap();
            assert!(least <= total && total <= written, "{total} of {written}");
            least = total;
        }
        assert!(least > 50);
    });
}

#[test]
fn a_backup_writes_over_nothing_and_makes_nothing_up() {
    let installation = Installation::sqlite();
    let file = installation.folder().join("backup.db");
    let backup = ["backup", file.to_str().unwrap()];
    // There is no database yet, and none is made for it.
    assert!(refusal(&installation.run_with(&backup, "")).starts_with("alloy-logs: the database cannot be backed up: "));
    assert!(!file.exists() && !installation.folder().join("alloy.db").exists());
    installation.organization("Halden");
    std::fs::write(&file, "mine").unwrap();
    let said = refusal(&installation.run_with(&backup, ""));
    assert_eq!(said, format!("alloy-logs: {} is there already, and is not written over", file.display()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let postgres = installation.command(&["backup", "other.db"]).env("ALLOY_DATABASE_URL", "postgres://x/y").output();
    assert!(refusal(&postgres.unwrap()).contains("pg_dump"));
}
