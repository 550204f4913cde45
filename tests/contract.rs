//! The program held to its own description: schemathesis reads `/api/openapi.json` and calls every operation with what
//! it allows and with what it does not, under all its checks.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use serde_json::json;
use std::process::Command;
use support::{program::Installation, runs, say};

/// The schemathesis that `make test` installs. Without it nothing is tested, and a line says so.
#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
fn schemathesis() -> Option<String> {
    let program = std::env::var("ALLOY_TEST_SCHEMATHESIS").ok();
    if program.is_none() {
        eprintln!("ALLOY_TEST_SCHEMATHESIS is not set: the description is not tested (make test does)");
    }
    program
}

#[test]
fn schemathesis_finds_nothing() {
    let Some(program) = schemathesis() else { return };
    for installation in Installation::both() {
        let org = installation.organization("Halden");
        let mut run = runs::full_run(1);
        run["attachments"][0]["media_type"] = json!("text/plain");
        installation.import(&org, &[run]);
        installation.import(&org, &(2..40).map(runs::full_run).collect::<Vec<_>>());
        installation.attach(&org, 1, "A file to be read in parts. ".repeat(100).as_bytes());
        let token = installation.token(&org, "runs:read,runs:write");
        // Wrong passwords are part of what is tried.
        let server = installation
            .serve_with(&[("ALLOY_SIGN_IN_PER_ACCOUNT", "1000000"), ("ALLOY_SIGN_IN_PER_ADDRESS", "1000000")]);
        // Ids that lead somewhere; what is written is another run than what is read.
        let (workflow, read, written, file) = (runs::id(2, 1), runs::id(1, 1), runs::id(1, 900), runs::id(5, 1));
        let config = format!(
            r#"[parameters]
organization_id = "{org}"
workflow_id = "{workflow}"
run_id = "{read}"
attachment_id = "{file}"

[[operations]]
include-operation-id = "putRun"
parameters = {{ run_id = "{written}" }}

[[operations]]
include-operation-id = "patchRun"
parameters = {{ run_id = "{written}" }}
# Whether a patch fits depends on what it is a patch of.
checks.positive_data_acceptance.expected-statuses = ["200", "400"]

[[operations]]
include-operation-id = ["postSteps", "postTokenHistory"]
parameters = {{ run_id = "{written}" }}
# Whether they fit depends on what is there.
checks.positive_data_acceptance.expected-statuses = ["200", "202", "400"]

# Any bytes are a file.
[[operations]]
include-operation-id = "putAttachment"
parameters = {{ run_id = "{written}" }}
checks.negative_data_rejection.expected-statuses = ["200", "202", "4xx"]
# Has no end; tests/api/events.rs holds it to what it says.
[[operations]]
include-operation-id = "streamRunEvents"
enabled = false

# What is no export request may still be one without spans, whose members are all unknown and passed by.
[[operations]]
include-operation-id-regex = "^post(Traces|Logs|Metrics)"
checks.negative_data_rejection.expected-statuses = ["200", "4xx"]
checks.positive_data_acceptance.expected-statuses = ["200", "400"]

# A bad line is told of and does not fail the stream.
[[operations]]
include-operation-id = "postRuns"
checks.negative_data_rejection.expected-statuses = ["200", "4xx"]
"#
        );
        let config_file = installation.folder().join("schemathesis.toml");
        std::fs::write(&config_file, config).unwrap();
        let output = Command::new(&program)
            .arg("--config-file")
            .arg(&config_file)
            .args(["run", &format!("http://{}/api/openapi.json", server.address), "--checks", "all", "--seed", "7"])
            .args(["--max-examples", "100", "--header", &format!("Authorization: Bearer {token}")])
            .env("SCHEMATHESIS_HOOKS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/hooks.py"))
            .current_dir(installation.folder())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let cases = said.lines().find(|line| line.contains(" generated, ")).expect("it says how many").trim();
        // It came to where something is read and written.
        assert_eq!(server.get(&format!("/api/organizations/{org}/runs/{written}/steps/"), &token).status, 200);
        let (_, log) = server.stop();
        assert!(log.lines().any(|line| line.contains("a run was opened") && line.contains(&read.to_string())));
        say(&format!("schemathesis on {}: {cases}", installation.url().split(':').next().unwrap()));
    }
}
