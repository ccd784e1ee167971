//! WebSockets: one task each, which reads as fast as the world takes and writes what it is given.
use super::http::tls;
use super::news::{Arrived, News, NewsSender};
use super::reads::Reads;
use futures_util::{SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::Connector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};
use venues::Socket;

type Place = (usize, Socket);
type Headers = Vec<(&'static str, SecretString)>;

/// The largest message that a venue may send; a larger one closes the socket.
const LARGEST: usize = 8 * 1024 * 1024;
/// Frames that may wait to leave.
const LEAVING: usize = 1_024;
const CONNECT: Duration = Duration::from_secs(10);

/// The open sockets.
#[derive(Debug)]
pub(super) struct Sockets {
    open: BTreeMap<Place, mpsc::Sender<Message>>,
    reads: Reads,
}

impl Sockets {
    pub(super) fn new(reads: Reads) -> Self {
        Self { open: BTreeMap::new(), reads }
    }

    /// Opens a socket; what was open in its place is closed.
    pub(super) fn open(&mut self, place: Place, url: SecretString, headers: Headers, news: NewsSender) {
        let (sender, leaving) = mpsc::channel(LEAVING);
        self.open.insert(place, sender);
        let reads = self.reads.clone();
        tokio::spawn(async move {
            converse(place, (&url, &headers), leaving, (&news, &reads)).await;
            drop(news.send(News::Venue(place.0, Arrived::Closed(place.1))).await);
        });
    }

    pub(super) fn send_text(&mut self, place: Place, text: &SecretString) {
        self.send(place, Message::text(text.expose_secret()));
    }

    pub(super) fn send_binary(&mut self, place: Place, bytes: &SecretSlice<u8>) {
        self.send(place, Message::binary(bytes.expose_secret().to_vec()));
    }

    /// A socket that takes nothing any more is dropped; its task says that it is closed.
    fn send(&mut self, place: Place, message: Message) {
        if self.open.get(&place).is_some_and(|sender| sender.try_send(message).is_err()) {
            self.open.remove(&place);
        }
    }

    pub(super) fn close(&mut self, place: Place) {
        self.open.remove(&place);
    }
}

/// Lives as long as the socket does. Why it ended is of no use to anybody: the protocol opens another.
async fn converse(
    (venue, socket): Place,
    (url, headers): (&SecretString, &Headers),
    mut leaving: mpsc::Receiver<Message>,
    (news, reads): (&NewsSender, &Reads),
) {
    let Some(stream) = connect(url, headers).await else { return };
    let (mut write, mut read) = stream.split();
    if news.send(News::Venue(venue, Arrived::Opened(socket))).await.is_err() {
        return;
    }
    loop {
        let arrived = tokio::select! {
            message = leaving.recv() => match message {
                Some(message) => match write.send(message).await {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                None => {
                    drop(tokio::time::timeout(Duration::from_secs(1), write.close()).await);
                    return;
                }
            },
            message = read.next() => match message {
                Some(Ok(Message::Text(text))) => Arrived::Text(socket, text.as_str().to_owned()),
                Some(Ok(Message::Binary(bytes))) => Arrived::Binary(socket, bytes.to_vec()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        };
        reads.read();
        if news.send(News::Venue(venue, arrived)).await.is_err() {
            return;
        }
    }
}

type Stream = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(url: &SecretString, headers: &Headers) -> Option<Stream> {
    let mut request = url.expose_secret().into_client_request().ok()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value.expose_secret()).ok()?);
    }
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(LARGEST);
    config.max_frame_size = Some(LARGEST);
    let connector = Connector::Rustls(Arc::new(tls().ok()?));
    let connecting = tokio_tungstenite::connect_async_tls_with_config(request, Some(config), true, Some(connector));
    tokio::time::timeout(CONNECT, connecting).await.ok()?.ok().map(|(stream, _)| stream)
}
