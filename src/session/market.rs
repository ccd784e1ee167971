//! The clock of a market that is replayed by a loopback venue: it says what it shows and how fast it goes.
use engine::Timestamp;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const LARGEST: u64 = 64 * 1024;

/// What the market of a loopback venue shows, and its speed in thousandths of the clock's; `None` where the endpoint is no loopback
/// venue, or its market goes as the clock does.
pub(super) fn of(endpoint: &str) -> Option<(Timestamp, u64)> {
    let authority = endpoint.strip_prefix("http://")?.split('/').next()?;
    let address = authority.to_socket_addrs().ok()?.find(|address| address.ip().is_loopback())?;
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    let request = format!("GET /loopback/status HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(LARGEST).read_to_string(&mut answer).ok()?;
    let status: serde_json::Value = serde_json::from_str(&answer[answer.find('{')?..=answer.rfind('}')?]).ok()?;
    let market = status.get("market_time_ms")?.as_i64()?.checked_mul(1_000_000)?;
    let speed = status.get("speed_thousandths")?.as_u64()?;
    Some((Timestamp(market), speed))
}
