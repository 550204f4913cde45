//! What the tests share: both databases, made-up runs, and the real program.
#![expect(dead_code, reason = "each test program uses its part")]

use std::io::Write;

pub mod database;
pub mod oracle;
pub mod program;
pub mod runs;

/// Says how much was tested, where a test that passes is otherwise silent.
pub fn say(text: &str) {
    // `eprintln!` would keep it back.
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}
