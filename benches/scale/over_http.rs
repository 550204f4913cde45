//! What the program answers over HTTP, and what it weighs meanwhile.

use super::{Filled, LATE};
use crate::{
    load::{Bare, CONCURRENCY, answers},
    measures::resident,
    support::program::Server,
};
use std::time::Instant;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How often each is measured, in turn, as one time is not like another.
const ROUNDS: u32 = 3;
/// What is promised: as much of the requests of a bare handler, and of an export, how far the program grows, in megabytes.
const LEAST_SHARE: f64 = 0.4;
const MOST_GROWTH: f64 = 20.0;
/// … and of one of a million runs as NDJSON on SQLite, how many of them in a second.
const LEAST_RATE: f64 = 100_000.0;

/// The list over HTTP beside a handler that has the same bytes in memory, and exports, each with what the program weighs.
pub fn measure(runtime: &tokio::runtime::Runtime, many: &Filled) {
    let token = many.installation.token(&many.org, "runs:read");
    let server = many.installation.serve_with(&[("ALLOY_LOG", "warn,alloy_logs::server::cli=info")]);
    let runs = format!("/api/organizations/{}/workflows/runs", many.org);
    let list = format!("{runs}/?exclude=flow,state&limit=25");
    let body = server.get(&list, &token).body;
    let bytes = body.len();
    println!("\nlist over HTTP, {CONCURRENCY} clients, {bytes} bytes each");
    let request = format!("GET {list} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let bare = Bare::start(&many.installation.folder(), &body);
    let (mut ours, mut theirs) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        ours += runtime.block_on(answers(&server.address, &request)) / f64::from(ROUNDS);
        theirs += runtime.block_on(answers(&bare.address, &request)) / f64::from(ROUNDS);
    }
    drop(bare);
    let share = ours / theirs;
    let late = if share < LEAST_SHARE { LATE } else { "" };
    println!("{ours:.0} requests/s, a bare handler {theirs:.0}: {:.0}%{late}", share * 100.0);
    println!("resident {:.0} MB", resident(server.id()));
    for format in ["ndjson", "csv"] {
        let before = resident(server.id());
        let began = Instant::now();
        let path = format!("{runs}/export/?format={format}");
        let (bytes, most) = runtime.block_on(drain(&server, &path, &token));
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = many.runs as f64 / seconds;
        let (growth, is_slow) = (most - before, rate < LEAST_RATE && format == "ndjson" && many.has_promised_rate());
        let late = if growth > MOST_GROWTH || is_slow { LATE } else { "" };
        println!(
            "export as {format}: {rate:.0} runs/s, {:.0} MB in {seconds:.0} s, resident grew by {growth:.1} MB{late}",
            bytes / 1e6
        );
    }
}

/// Reads an answer to its end: how many bytes it has, and what the program weighed most meanwhile, in megabytes.
async fn drain(server: &Server, path: &str, token: &str) -> (f64, f64) {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut buffer, mut bytes, mut most, mut reads) = (vec![0; 256 * 1024], 0.0, 0.0_f64, 0_u32);
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            return (bytes, most);
        }
        bytes += f64::from(u32::try_from(read).unwrap());
        reads += 1;
        if reads % 100 == 1 {
            most = most.max(resident(server.id()));
        }
    }
}
