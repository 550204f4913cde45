//! What the benches share: how often something is measured, and what a program weighs.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    pub p50: f64,
    pub p99: f64,
}

/// Does something so often, one after the other, after a first time that does not count.
pub async fn times<F: Future<Output = ()>>(times: usize, work: impl Fn() -> F) -> Times {
    work().await;
    let mut taken: Vec<Duration> = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        work().await;
        taken.push(began.elapsed());
    }
    taken.sort_unstable();
    let millis = |share: usize| taken[taken.len() * share / 100].as_secs_f64() * 1_000.0;
    Times { p50: millis(50), p99: millis(99) }
}

/// Resident memory of a process, in megabytes.
pub fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
