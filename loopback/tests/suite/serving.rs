//! The carrier of bytes, over real loopback connections: HTTP, WebSockets, bounds, and an end in order.
use crate::bingx_desk::read;
use crate::floor::{START, exchange, minutes};
use engine::Timestamp;
use futures_util::{SinkExt, StreamExt};
use loopback::bingx::{Bingx, Options};
use loopback::dialect::Frame;
use loopback::exchange::Config;
use loopback::faults::Faults;
use loopback::pace::{Moment, Speed};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

fn clock() -> impl Fn() -> Moment + Send + Sync + 'static {
    let began = Instant::now();
    move || {
        let passed = u64::try_from(began.elapsed().as_nanos()).expect("a short test");
        Moment { wall: Timestamp(START + i64::try_from(passed).expect("short")), mono_ns: passed }
    }
}

fn server(speed: Speed, faults: &str) -> Bingx {
    let prices = [[51_000, 51_100, 50_900, 51_050]; 40];
    let exchange = exchange(minutes(&prices), Config::from(Timestamp(START)));
    let faults = Faults::parse(faults, 1).expect("faults");
    Bingx::new(Options::default(), exchange, speed, faults, clock()())
}

/// Serves while a client talks; what the client has found.
fn with<T, C: Future<Output = T>>(server: Bingx, client: impl FnOnce(u16, tokio::sync::oneshot::Sender<()>) -> C) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let ended = async { drop(ended.await) };
        let serving = loopback::serve::serve(listener, server, Box::new(clock()), ended);
        let (served, found) = tokio::join!(serving, client(port, end));
        served.expect("it ends in order");
        found
    })
}

/// Sends a request on a connection of its own; the whole answer as text.
async fn ask(port: u16, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let head = format!("{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.expect("written");
    // A server that refuses a body need not read it to its end.
    drop(stream.write_all(body).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn requests_are_answered_and_what_is_too_large_is_refused() {
    with(server(Speed::OnDemand, ""), |port, end| async move {
        let answer = ask(port, "GET /openApi/swap/v2/server/time", b"").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("serverTime"), "{answer}");
        let answer = ask(port, "POST /openApi/swap/v2/trade/order", &vec![b'x'; 2 << 20]).await;
        assert!(answer.starts_with("HTTP/1.1 413") || answer.is_empty(), "{answer}");
        let answer = ask(port, "GET /loopback/status", b"").await;
        assert!(answer.contains("market_time_ms"), "{answer}");
        end.send(()).expect("it still serves");
    });
}

#[test]
fn a_request_that_is_lost_ends_its_connection_without_a_word() {
    with(server(Speed::OnDemand, "F1=1"), |port, end| async move {
        assert_eq!(ask(port, "GET /openApi/swap/v2/server/time", b"").await, "");
        end.send(()).expect("it still serves");
    });
}

#[test]
fn a_stream_is_pushed_as_the_market_goes_and_closed_when_the_server_ends() {
    let speed = "3000".parse().expect("a speed");
    let (frames, close) = with(server(speed, ""), |port, end| async move {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        let url = format!("ws://127.0.0.1:{port}/swap-market");
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.expect("a WebSocket");
        let subscribe = "{\"id\":\"1\",\"reqType\":\"sub\",\"dataType\":\"BTC-USDT@kline_1m\"}";
        socket.send(Message::text(subscribe)).await.expect("sent");
        let mut frames = Vec::new();
        while frames.len() < 40 {
            let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.expect("it goes on");
            match message.expect("open").expect("a message") {
                Message::Binary(bytes) => frames.push(read(&Frame::Binary(bytes.to_vec()))),
                other => panic!("{other:?}"),
            }
        }
        end.send(()).expect("it still serves");
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(close))) => return (frames, close),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(frames[0]["code"], 0, "the acknowledgement");
    let times: Vec<i64> = frames[1..].iter().filter_map(|it| it["data"][0]["T"].as_i64()).collect();
    assert_eq!(times.len(), frames.len() - 1);
    assert!(times.is_sorted() && times.first() < times.last(), "{times:?}");
    assert_eq!(close.map(|frame| u16::from(frame.code)), Some(1001));
}

#[test]
fn a_market_as_fast_as_its_clients_ends_with_its_candles_and_misses_nothing() {
    let frames = with(server(Speed::Max, ""), |port, end| async move {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        let url = format!("ws://127.0.0.1:{port}/swap-market");
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.expect("a WebSocket");
        let subscribe = "{\"id\":\"1\",\"reqType\":\"sub\",\"dataType\":\"BTC-USDT@kline_1m\"}";
        socket.send(Message::text(subscribe)).await.expect("sent");
        let mut last = Vec::new();
        while let Ok(Some(Ok(Message::Binary(bytes)))) =
            tokio::time::timeout(Duration::from_secs(1), socket.next()).await
        {
            last.push(read(&Frame::Binary(bytes.to_vec())));
        }
        end.send(()).expect("it still serves");
        last
    });
    let last = frames.last().expect("frames");
    assert_eq!(last["data"][0]["T"], (START + 39 * 60_000_000_000) / 1_000_000);
    assert_eq!(last["data"][0]["c"], "51050.0");
}
