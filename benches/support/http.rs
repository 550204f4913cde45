//! A client that costs nearly nothing, so that what is measured is the program.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends a request over a connection that is kept, and reads the answer, which has to be a good one.
pub async fn exchange(stream: &mut TcpStream, buffer: &mut Vec<u8>, request: &[u8]) {
    stream.write_all(request).await.unwrap();
    buffer.clear();
    let mut whole = usize::MAX;
    while buffer.len() < whole {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the connection stays open");
        if whole == usize::MAX
            && let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            assert!(head.starts_with("http/1.1 20"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            whole = end + 4 + length.parse::<usize>().unwrap();
        }
    }
}
