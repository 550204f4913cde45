//! The real program, as its own process on a port of its own, and a client for it.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery staple";

/// A database with a folder of its own, and the program that knows it.
pub struct Installation {
    folder: TempDir,
    url: String,
}

impl Installation {
    /// On SQLite.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("alloy.db").display());
        Self { folder, url }
    }

    /// One of each kind; PostgreSQL only when there is a cluster.
    pub fn both() -> Vec<Self> {
        let postgres = super::database::postgres_url().map(|cluster| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let url = runtime.block_on(super::database::new_postgres_database(&cluster));
            Self { folder: TempDir::new().unwrap(), url }
        });
        std::iter::once(Self::sqlite()).chain(postgres).collect()
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The program with this installation's settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alloy-logs"));
        command
            .args(arguments)
            .env("ALLOY_DATABASE_URL", &self.url)
            .env("ALLOY_ATTACHMENTS_DIR", self.folder.path().join("attachments"))
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0");
        command
    }

    /// Runs the program to its end with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command that succeeds prints.
    pub fn run(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run_with(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// An organization with an admin and a member; its id.
    pub fn organization(&self, name: &str) -> String {
        let id = self.run(&["org", "create", "--name", name], "");
        for role in ["admin", "member"] {
            let email = format!("{role}@{}.example", name.to_lowercase());
            self.run(&["user", "create", "--org", &id, "--email", &email, "--role", role], &format!("{PASSWORD}\n"));
        }
        id
    }

    /// Runs one statement that the program has no command for; the texts that it answers.
    pub fn execute(&self, sql: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        runtime.block_on(async {
            if self.url.starts_with("sqlite") {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap()
            } else {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap()
            }
        })
    }

    /// Imports run documents.
    pub fn import(&self, organization: &str, documents: &[Value]) {
        let lines: String = documents.iter().flat_map(|document| [document.to_string(), "\n".to_owned()]).collect();
        self.run(&["import", "-", "--org", organization], &lines);
    }

    /// Puts the bytes of the attachment of the `n`th full run where the program looks for them.
    pub fn attach(&self, organization: &str, n: u64, bytes: &[u8]) {
        let (run, file) = (super::runs::id(1, n).to_string(), super::runs::id(5, n).to_string());
        let folder = self.folder.path().join("attachments").join(organization).join(run);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(file), bytes).unwrap();
    }

    /// A token of an organization.
    pub fn token(&self, organization: &str, scope: &str) -> String {
        self.run(&["token", "create", "--org", organization, "--scope", scope], "")
    }

    /// Serves, and waits until it does.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Serves with more settings.
    pub fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        let mut child = self
            .command(&["serve"])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (found, address) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = thread::spawn(move || {
            let mut log = String::new();
            for line in stderr.lines().map_while(Result::ok) {
                if line.contains("serving")
                    && let Some((_, address)) = line.rsplit_once("address=")
                {
                    let _ = found.send(address.trim().to_owned());
                }
                log.push_str(&line);
                log.push('\n');
            }
            log
        });
        let address = address.recv_timeout(Duration::from_mins(1)).expect("the program serves");
        Server { child, address, log: Some(log) }
    }
}

/// A program that serves, stopped with the test.
pub struct Server {
    child: Child,
    pub address: String,
    log: Option<thread::JoinHandle<String>>,
}

/// An answer, taken whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    /// What is text in it.
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The cookie that it sets, as a request sends it back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

impl Server {
    /// Sends a request with headers and perhaps a body; redirects are not followed.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.try_send(method, path, headers, body.map(str::as_bytes)).unwrap()
    }

    /// As [`send`](Self::send), of any bytes, and to a program that may have ended.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => agent.run(request.body(body).unwrap()),
            None => agent.run(request.body(()).unwrap()),
        };
        let mut response = response?;
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    /// Opens a stream of events.
    pub fn events(&self, path: &str, headers: &[(&str, &str)]) -> EventStream {
        EventStream::open(&self.address, path, headers)
    }

    /// GET with a bearer token.
    pub fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, &[("authorization", &format!("Bearer {token}"))], None)
    }

    /// Signs in; the cookie to send.
    pub fn sign_in(&self, email: &str) -> String {
        let body = serde_json::json!({ "email": email, "password": PASSWORD }).to_string();
        let answer = self.send("POST", "/api/session", &[("content-type", "application/json")], Some(&body));
        assert_eq!(answer.status, 204, "{answer:?}");
        answer.cookie()
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop as a supervisor does; how it ended and what it logged.
    pub fn stop(mut self) -> (bool, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let ended = self.child.wait().unwrap();
        (ended.success(), self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Of one that has ended already there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream of server-sent events, read as it comes.
pub struct EventStream {
    reader: BufReader<TcpStream>,
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// What came and has not been read.
    came: Vec<u8>,
}

/// An event.
#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: Value,
}

impl EventStream {
    fn open(address: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let headers: String = headers.iter().flat_map(|(name, value)| [*name, ": ", *value, "\r\n"]).collect();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").as_bytes()).unwrap();
        let mut opened = Self { reader: BufReader::new(stream), status: 0, headers: Vec::new(), came: Vec::new() };
        opened.status = opened.head_line().split(' ').nth(1).unwrap().parse().unwrap();
        while let Some((name, value)) = opened.head_line().split_once(": ") {
            opened.headers.push((name.to_lowercase(), value.to_owned()));
        }
        opened
    }

    fn head_line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The next line, without its end; `None` when the stream has ended.
    pub fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.came.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.came.drain(..=end).collect();
                return Some(String::from_utf8(line).unwrap().trim_end().to_owned());
            }
            let size = usize::from_str_radix(&self.head_line(), 16).unwrap_or(0);
            if size == 0 {
                return None;
            }
            let mut chunk = vec![0; size];
            self.reader.read_exact(&mut chunk).unwrap();
            self.came.extend(chunk);
            assert_eq!(self.head_line(), "");
        }
    }

    /// The next event; `None` when the stream has ended.
    pub fn event(&mut self) -> Option<Event> {
        let mut event = Event { name: String::new(), id: String::new(), data: Value::Null };
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                // Without data it is none.
                _ if line.is_empty() && event.data != Value::Null => return Some(event),
                _ => {}
            }
        }
    }
}
