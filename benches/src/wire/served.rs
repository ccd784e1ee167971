//! A venue's side on loopback sockets: threads that block, so that nothing of what is measured shares a runtime with it.
use super::{Asked, Message, Side, between};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::Role;
use tungstenite::{Message as Carried, WebSocket};
use venues::Socket;

/// What whoever measures is told.
#[derive(Debug)]
pub enum Told {
    /// The whole of a new order was read.
    Order(Instant),
    /// A socket is open, and everything that was to be said on it before news is said.
    Ready(Socket, Box<WebSocket<TcpStream>>),
}

/// The venue, and who is told.
struct Served<S> {
    side: Arc<Mutex<S>>,
    told: Sender<Told>,
    begin_ms: i64,
    began: Instant,
    /// How many messages of the client a market socket waits for.
    asks: usize,
}

impl<S> Clone for Served<S> {
    fn clone(&self) -> Self {
        Self { side: Arc::clone(&self.side), told: self.told.clone(), ..*self }
    }
}

/// Serves a venue until the process ends; where it listens. Its clock shows `begin_ms` now. A market socket is ready once the
/// client has said `asks` messages on it.
///
/// # Panics
/// When nothing can listen on loopback.
pub fn serve<S: Side + 'static>(
    side: Arc<Mutex<S>>,
    told: Sender<Told>,
    (begin_ms, asks): (i64, usize),
) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    let address = listener.local_addr().expect("it listens");
    let served = Served { side, told, begin_ms, began: Instant::now(), asks };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let served = served.clone();
            std::thread::spawn(move || served.converse(stream));
        }
    });
    address
}

/// The head of a request, and its body.
fn read_request(stream: &mut BufReader<TcpStream>) -> std::io::Result<(String, String)> {
    let mut head = String::new();
    loop {
        if stream.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if head.ends_with("\r\n\r\n") {
            break;
        }
    }
    let length = between(&head.to_ascii_lowercase(), "content-length:", '\r').trim().parse().unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

impl<S: Side> Served<S> {
    fn with<T>(&self, what: impl FnOnce(&mut S) -> T) -> T {
        what(&mut self.side.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A connection until it ends; how it ends is nobody's business.
    fn converse(&self, stream: TcpStream) {
        if stream.set_nodelay(true).is_ok() {
            drop(self.requests(BufReader::new(stream)));
        }
    }

    fn requests(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        loop {
            let (head, body) = read_request(&mut stream)?;
            let read = Instant::now();
            let mut words = head.split(' ');
            let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let key = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("sec-websocket-key").then_some(value.trim())
            });
            if let Some(key) = key {
                let answer = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                     Sec-WebSocket-Accept: {}\r\n\r\n",
                    derive_accept_key(key.as_bytes())
                );
                let mut stream = stream.into_inner();
                stream.write_all(answer.as_bytes())?;
                let socket = if target.contains("listenKey") { Socket::Private } else { Socket::Market(0) };
                self.socket(socket, stream);
                return Ok(());
            }
            let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
            let asked = Asked { method, target, body: &body, now_ms: self.begin_ms + passed };
            let body = self.with(|side| side.answer(&asked));
            if asked.is_order() {
                drop(self.told.send(Told::Order(read)));
            }
            let length = body.len();
            let answer =
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
            stream.get_mut().write_all(answer.as_bytes())?;
        }
    }

    fn socket(&self, socket: Socket, stream: TcpStream) {
        let mut open = WebSocket::from_raw_socket(stream, Role::Server, None);
        let say = |open: &mut WebSocket<TcpStream>, messages: Vec<Message>| {
            messages.into_iter().all(|message| open.send(carried(message)).is_ok())
        };
        if !say(&mut open, self.with(|side| side.opened(socket))) {
            return;
        }
        let asks = if socket == Socket::Private { 0 } else { self.asks };
        for _ in 0..asks {
            let message = match open.read() {
                Ok(Carried::Text(text)) => Message::Text(text.as_str().to_owned()),
                Ok(Carried::Binary(bytes)) => Message::Binary(bytes.to_vec()),
                Ok(_) => continue,
                Err(_) => return,
            };
            if !say(&mut open, self.with(|side| side.heard(socket, &message))) {
                return;
            }
        }
        drop(self.told.send(Told::Ready(socket, Box::new(open))));
    }
}

/// A message as the socket carries it.
#[must_use]
pub fn carried(message: Message) -> Carried {
    match message {
        Message::Text(text) => Carried::text(text),
        Message::Binary(bytes) => Carried::binary(bytes),
    }
}
