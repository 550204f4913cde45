//! Serving connections. axum's own loop waits for ever for the head of a request; this one has a limit for
//! everything that a client can be slow at, and finishes the requests in flight when it is told to stop.

use super::settings::Settings;
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Serves until `stop` is done, then lets the requests in flight finish. Answers how many did not in time.
pub async fn serve(listener: TcpListener, app: Router, settings: &Settings, stop: impl Future<Output = ()>) -> usize {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Settings::millis(settings.header_timeout_ms))
        .max_headers(settings.max_headers)
        .max_buf_size(settings.max_head_bytes.max(8_192));
    let untaken = Settings::millis(settings.untaken_timeout_ms);
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream, address) = tokio::select! {
            () = &mut stop => break,
            (place, accepted) = next => match accepted {
                Ok((stream, address)) => (place, stream, address),
                Err(error) => {
                    // Out of file descriptors, say: the next try may do better, but not at once.
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let app = app.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(address));
            app.clone().oneshot(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(Box::pin(timed(stream, untaken))), service));
        tokio::spawn(async move {
            // A client that goes away is no event.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let left = settings.max_connections - places.available_permits();
    match tokio::time::timeout(Settings::millis(settings.stop_timeout_ms), graceful.shutdown()).await {
        Ok(()) => 0,
        Err(_) => left,
    }
}

/// A stream that gives up on a client which does not take what it is sent.
fn timed(stream: TcpStream, limit: Duration) -> TimeoutStream<TcpStream> {
    // Without it small answers wait for an acknowledgement; a socket that refuses works all the same.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limit));
    stream
}

/// Done when the program is told to stop, by Ctrl-C or by its supervisor.
pub async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
