//! How many answers a second a server gives to some who ask again and again, and a bare handler to hold that against: a process
//! of its own, as the program is.

use crate::http::exchange;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::net::{TcpListener, TcpStream};

/// Those who ask.
pub const CONCURRENCY: usize = 16;
const LOAD: Duration = Duration::from_secs(5);
/// The argument that makes a bench a bare handler; an address and a file follow.
const BARE: &str = "--bare";

/// How many answers a second come back over connections that are kept.
pub async fn answers(address: &str, request: &str) -> f64 {
    let began = Instant::now();
    let clients = (0..CONCURRENCY).map(|_| {
        let (address, request) = (address.to_owned(), request.to_owned());
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut buffer = Vec::with_capacity(1 << 20);
            let mut answers = 0_u32;
            while began.elapsed() < LOAD {
                exchange(&mut stream, &mut buffer, request.as_bytes()).await;
                answers += 1;
            }
            answers
        })
    });
    let mut answers = 0.0;
    for client in clients.collect::<Vec<_>>() {
        answers += f64::from(client.await.unwrap());
    }
    answers / began.elapsed().as_secs_f64()
}

/// A handler that answers what it has in memory.
pub struct Bare {
    process: Child,
    pub address: String,
}

impl Bare {
    /// One that answers this; `folder` is for what it reads at its start.
    pub fn start(folder: &Path, body: &str) -> Self {
        let file = folder.join("body.json");
        std::fs::write(&file, body).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(program);
        let process = command.args([BARE, &address]).arg(file).stdin(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(&address).is_err() {
            std::thread::yield_now();
        }
        Self { process, address }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether this process is to be such a handler; then it is one, until it is ended.
pub async fn is_bare() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, mark, address, file] = arguments.as_slice() else { return false };
    if mark != BARE {
        return false;
    }
    let body = axum::body::Bytes::from(std::fs::read(file).unwrap());
    let handler = axum::routing::get(async move || ([("content-type", "application/json")], body.clone()));
    let listener = TcpListener::bind(address).await.unwrap();
    axum::serve(listener, axum::Router::new().fallback(handler)).await.unwrap();
    true
}
