//! The work that a server can cause, and the files that a process may open.

use std::fs::File;
use std::process::Command;

use super::server::{Answer, Server};
use super::*;

fn transport(endpoint: &str) -> HttpTransport {
    let config = config(endpoint).auth(Auth::Basic);
    HttpTransport::new(config.dangerous().allow_basic_without_tls()).unwrap()
}

/// Returns a response of this many chunks of a size.
fn chunked(chunks: usize, size: usize) -> Answer {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    Answer::raw(head.to_owned() + &chunk.repeat(chunks) + "0\r\n\r\n")
}

#[tokio::test]
async fn an_answer_in_chunks_of_one_byte_is_bounded_by_their_number() {
    let server = Server::start(|_| chunked(100_000, 1)).await;
    let error = transport(&server.url()).exchange(read("<a/>")).await;
    let error = error.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::TooLarge, Delivery::Unknown, None)
    );
    assert_eq!(
        error.to_string(),
        "the answer comes in too many small pieces"
    );
}

#[tokio::test]
async fn an_answer_in_chunks_of_usual_sizes_is_read() {
    for (chunks, size) in [(1_000, 1), (10_000, 100), (1_000, 1_024)] {
        let server = Server::start(move |_| chunked(chunks, size)).await;
        let response = transport(&server.url()).exchange(read("<a/>")).await;
        assert_eq!(response.unwrap().body.len(), chunks * size);
    }
}

#[cfg(unix)]
#[test]
fn too_many_open_files_has_a_hint() {
    // A process of its own: its limit must not affect other tests.
    let name = "transport::http::tests::bounds::without_open_files";
    let test = std::env::current_exe().unwrap();
    let run = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" --exact --ignored \"$1\""])
        .args([test.as_os_str(), name.as_ref()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by another test, with few files"]
async fn without_open_files() {
    let transport = transport("http://127.0.0.1:5985");
    let opened: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok())
        .take(10_000)
        .collect();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    drop(opened);
    assert_eq!(facts(&error), (ErrorKind::Connect, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        "could not connect to 127.0.0.1:5985: too many open files"
    );
    assert!(error.hint().unwrap().contains("ulimit -n"));
}
