//! Carries bytes between loopback connections and a dialect: HTTP and WebSockets on one port.
//!
//! It decides nothing about a venue. Everything that clients send is bounded: bodies, messages, connections, and how much
//! may wait for a client that does not read. It listens where it is told to and connects to nothing.
use crate::dialect::{Dialect, Frame, Room, SocketId};
use crate::http::{Answer, Reply, Request};
use crate::pace::Moment;
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

/// The largest body and the largest message that a client may send.
const LARGEST: usize = 1 << 20;
/// Connections at a time.
const CONNECTIONS: usize = 512;
/// Frames that may wait for a client; one that reads slower loses its connection.
const WAITING: usize = 4_096;
/// How often time is told to pass.
const BEAT: Duration = Duration::from_millis(2);

type Response = hyper::Response<Full<Bytes>>;

/// The machine's clocks.
pub type Clock = Box<dyn Fn() -> Moment + Send + Sync>;

struct Inner<D> {
    dialect: D,
    sockets: BTreeMap<SocketId, mpsc::Sender<Frame>>,
    next: u64,
}

struct Hub<D> {
    inner: Mutex<Inner<D>>,
    clock: Clock,
}

impl<D: Dialect> Hub<D> {
    fn lock(&self) -> MutexGuard<'_, Inner<D>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the dialect and sends what comes of it.
    fn with<T>(&self, what: impl FnOnce(&mut Inner<D>, Moment) -> T) -> T {
        let mut inner = self.lock();
        let result = what(&mut inner, (self.clock)());
        while let Some((socket, frame)) = inner.dialect.poll() {
            let ends = matches!(frame, Frame::Drop | Frame::Close(_));
            let Some(sender) = inner.sockets.get(&socket) else { continue };
            // A client that does not read is cut off: what waits for it must not grow.
            let sent = sender.try_send(frame);
            if ends || sent.is_err() {
                inner.sockets.remove(&socket);
                inner.dialect.closed(socket);
            }
        }
        result
    }

    fn room(inner: &Inner<D>) -> Room {
        let free = inner.sockets.values().all(|sender| sender.capacity() == sender.max_capacity());
        if free { Room::Free } else { Room::Waiting }
    }
}

/// Serves a dialect until `end` is there; what the dialect is then.
///
/// # Errors
/// When the listener fails.
pub async fn serve<D: Dialect + 'static>(
    listener: TcpListener,
    dialect: D,
    clock: Clock,
    end: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let inner = Mutex::new(Inner { dialect, sockets: BTreeMap::new(), next: 1 });
    let hub = Arc::new(Hub { inner, clock });
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut tasks = tokio::task::JoinSet::new();
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            _ = beat.tick() => hub.with(|inner, now| {
                let room = Hub::room(inner);
                inner.dialect.pass(now, room);
            }),
            Some(_) = tasks.join_next() => {}
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                // Where there is no place left the connection is closed as it came.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                stream.set_nodelay(true)?;
                let hub = Arc::clone(&hub);
                tasks.spawn(async move {
                    let service = hyper::service::service_fn(|request| handle(Arc::clone(&hub), request));
                    let mut builder = hyper::server::conn::http1::Builder::new();
                    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
                    // A connection that ends badly has ended; the client knows.
                    drop(builder.serve_connection(TokioIo::new(stream), service).with_upgrades().await);
                    drop(place);
                });
            }
        }
    }
    hub.with(|inner, _| {
        for sender in inner.sockets.values() {
            drop(sender.try_send(Frame::Close(1001)));
        }
        inner.sockets.clear();
    });
    // Answers that are on their way may still go out.
    let rest = async { while tasks.join_next().await.is_some() {} };
    drop(tokio::time::timeout(Duration::from_millis(300), rest).await);
    Ok(())
}

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("the dialect hangs up")]
    Hangup,
    #[error("the body could not be read")]
    Body,
}

async fn handle<D: Dialect + 'static>(
    hub: Arc<Hub<D>>,
    mut request: hyper::Request<Incoming>,
) -> Result<Response, Ended> {
    let wants = request.headers().get(UPGRADE).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let mut parts = parts(&request);
    if wants {
        return Ok(upgrade(&hub, &mut request, &parts));
    }
    parts.body = match Limited::new(request.body_mut(), LARGEST).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => return Ok(response(Answer::empty(413))),
        Err(_) => return Err(Ended::Body),
    };
    match hub.with(|inner, now| inner.dialect.request(&parts, now)) {
        Reply::Answer(answer) => Ok(response(answer)),
        Reply::Late(answer, by) => {
            tokio::time::sleep(by).await;
            Ok(response(answer))
        }
        Reply::Hangup => Err(Ended::Hangup),
    }
}

fn parts(request: &hyper::Request<Incoming>) -> Request {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = request.headers().iter().map(|(name, value)| (name.as_str().to_string(), text(value)));
    Request {
        method: request.method().as_str().to_string(),
        path: request.uri().path().to_string(),
        query: request.uri().query().unwrap_or_default().to_string(),
        headers: headers.collect(),
        body: Vec::new(),
    }
}

fn response(answer: Answer) -> Response {
    let mut response = hyper::Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn upgrade<D: Dialect + 'static>(
    hub: &Arc<Hub<D>>,
    request: &mut hyper::Request<Incoming>,
    parts: &Request,
) -> Response {
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY) else { return response(Answer::empty(400)) };
    let accept = derive_accept_key(key.as_bytes());
    let (sender, receiver) = mpsc::channel(WAITING);
    let asked = hub.with(|inner, now| {
        let socket = SocketId(inner.next);
        inner.next += 1;
        inner.sockets.insert(socket, sender);
        inner.dialect.connect(socket, parts, now).map(|()| socket).inspect_err(|_| {
            inner.sockets.remove(&socket);
        })
    });
    let socket = match asked {
        Ok(socket) => socket,
        Err(answer) => return response(answer),
    };
    let (hub, upgrading) = (Arc::clone(hub), hyper::upgrade::on(request));
    tokio::spawn(async move {
        if let Ok(stream) = upgrading.await {
            let mut config = WebSocketConfig::default();
            config.max_message_size = Some(LARGEST);
            config.max_frame_size = Some(LARGEST);
            let stream = WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Server, Some(config)).await;
            talk(&hub, socket, stream, receiver).await;
        }
        hub.with(|inner, _| {
            if inner.sockets.remove(&socket).is_some() {
                inner.dialect.closed(socket);
            }
        });
    });
    let mut response = response(Answer::empty(101));
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

/// Carries frames both ways until either side ends.
async fn talk<D: Dialect + 'static>(
    hub: &Arc<Hub<D>>,
    socket: SocketId,
    mut stream: WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>,
    mut out: mpsc::Receiver<Frame>,
) {
    loop {
        tokio::select! {
            frame = out.recv() => {
                let message = match frame {
                    Some(Frame::Text(text)) => Message::text(text),
                    Some(Frame::Binary(bytes)) => Message::binary(bytes),
                    Some(Frame::Ping(bytes)) => Message::Ping(bytes.into()),
                    Some(Frame::Close(code)) => {
                        let frame = CloseFrame { code: code.into(), reason: "".into() };
                        drop(stream.close(Some(frame)).await);
                        return;
                    }
                    Some(Frame::Drop) | None => return,
                };
                if stream.send(message).await.is_err() {
                    return;
                }
            }
            message = stream.next() => {
                let frame = match message {
                    Some(Ok(Message::Text(text))) => Frame::Text(text.to_string()),
                    Some(Ok(Message::Binary(bytes))) => Frame::Binary(bytes.to_vec()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                hub.with(|inner, now| inner.dialect.message(socket, &frame, now));
            }
        }
    }
}
