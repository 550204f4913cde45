//! What the tests share: both databases, made-up runs, and the real program.
#![expect(dead_code, reason = "each test program uses its part")]

pub mod database;
pub mod oracle;
pub mod program;
pub mod runs;
