//! A server that speaks S3, over a folder, for as long as a test runs.

use hyper_util::rt::TokioIo;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use std::path::Path;
use tokio::{net::TcpListener, runtime::Runtime};

/// Buckets in a folder, behind one key.
pub struct S3 {
    endpoint: String,
    _runtime: Runtime,
}

const KEY: &str = "key";
const SECRET: &str = "secret-of-the-test";

impl S3 {
    /// Serves the folders of this one as buckets.
    pub fn serve(folder: &Path) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service.clone()));
            }
        });
        Self { endpoint, _runtime: runtime }
    }

    /// The settings of a program that stores files there.
    pub fn settings<'a>(&'a self, url: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("ALLOY_ATTACHMENTS_URL", url),
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ]
    }
}
