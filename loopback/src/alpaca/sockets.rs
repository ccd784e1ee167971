//! Every open socket, and what is on its way to it; the faults of streams strike here.
use super::data_socket::{self, DataSocket, Encoding, PATIENCE_NS};
use super::messages::Message;
use super::node::Node;
use super::options::UpdateFrames;
use super::updates_socket::UpdatesSocket;
use crate::dialect::{Frame, SocketId};
use crate::faults::{Fault, Faults};
use crate::pace::Moment;
use std::collections::{BTreeMap, VecDeque};

/// The shortest silence of a socket that goes mute; the longest is four times as long.
const SILENCE_NS: u64 = 20_000_000_000;
/// The code of a close that follows a refusal.
const POLICY: u16 = 1008;

#[derive(Clone, Debug)]
enum Line {
    Updates(UpdatesSocket),
    Data(DataSocket),
}

#[derive(Clone, Debug)]
struct Socket {
    line: Line,
    /// Until then it answers, and no news comes, on the steady clock.
    mute_until_ns: u64,
    /// Until then nothing comes at all.
    deaf_until_ns: u64,
    /// A message that the next one overtakes.
    overtaken: Option<Frame>,
}

/// The sockets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sockets {
    open: BTreeMap<SocketId, Socket>,
    frames: VecDeque<(SocketId, Frame)>,
    /// What the steady clock shows.
    pub(crate) now_ns: u64,
}

impl Sockets {
    pub(crate) fn open_updates(&mut self, id: SocketId, packed: bool) {
        self.insert(id, Line::Updates(UpdatesSocket { packed, ..UpdatesSocket::default() }));
    }

    pub(crate) fn open_data(&mut self, id: SocketId, socket: DataSocket) {
        self.insert(id, Line::Data(socket));
        self.answer_data(id, &data_socket::success("connected"));
    }

    fn insert(&mut self, id: SocketId, line: Line) {
        self.open.insert(id, Socket { line, mute_until_ns: 0, deaf_until_ns: 0, overtaken: None });
    }

    pub(crate) fn remove(&mut self, id: SocketId) {
        self.open.remove(&id);
    }

    pub(crate) fn updates(&mut self, id: SocketId) -> Option<&mut UpdatesSocket> {
        match &mut self.open.get_mut(&id)?.line {
            Line::Updates(socket) => Some(socket),
            Line::Data(_) => None,
        }
    }

    pub(crate) fn data(&mut self, id: SocketId) -> Option<&mut DataSocket> {
        match &mut self.open.get_mut(&id)?.line {
            Line::Data(socket) => Some(socket),
            Line::Updates(_) => None,
        }
    }

    /// Whether anybody listens to market data.
    pub(crate) fn has_data(&self) -> bool {
        self.open.values().any(|socket| matches!(&socket.line, Line::Data(data) if data.authenticated))
    }

    /// Whether anybody listens to anything.
    pub(crate) fn has_listeners(&self) -> bool {
        self.open.values().any(|socket| match &socket.line {
            Line::Data(data) => data.authenticated,
            Line::Updates(updates) => updates.listening,
        })
    }

    /// Whether nothing is on its way out.
    pub(crate) fn is_quiet(&self) -> bool {
        self.frames.is_empty()
    }

    /// Whether another data socket of the same class is authenticated.
    pub(crate) fn has_twin(&mut self, id: SocketId) -> bool {
        let Some(class) = self.data(id).map(|socket| socket.class) else { return false };
        self.open.iter().any(|(other, socket)| match &socket.line {
            Line::Data(data) => *other != id && data.class == class && data.authenticated,
            Line::Updates(_) => false,
        })
    }

    /// The next frame that goes out.
    pub(crate) fn poll(&mut self) -> Option<(SocketId, Frame)> {
        self.frames.pop_front()
    }

    /// An answer to what a data socket said.
    pub(crate) fn answer_data(&mut self, id: SocketId, node: &Node) {
        let Some(encoding) = self.data(id).map(|socket| socket.encoding) else { return };
        self.send(id, encoding.write(node));
    }

    /// An answer to what a socket of updates said.
    pub(crate) fn answer_updates(&mut self, id: SocketId, node: &Node, frames: UpdateFrames) {
        let Some(packed) = self.updates(id).map(|socket| socket.packed) else { return };
        self.send(id, update_frame(node, frames, packed));
    }

    fn send(&mut self, id: SocketId, frame: Frame) {
        if self.open.get(&id).is_some_and(|socket| self.now_ns >= socket.deaf_until_ns) {
            self.frames.push_back((id, frame));
        }
    }

    /// Ends a socket after what is on its way to it.
    pub(crate) fn close(&mut self, id: SocketId) {
        self.send(id, Frame::Close(POLICY));
        self.remove(id);
    }

    /// Drops every socket without a word.
    pub(crate) fn drop_all(&mut self) {
        for (id, _) in std::mem::take(&mut self.open) {
            self.frames.push_back((id, Frame::Drop));
        }
    }

    /// Ends data sockets that did not authenticate in time.
    pub(crate) fn end_strangers(&mut self, now: Moment) {
        let late = |(id, socket): (&SocketId, &Socket)| match &socket.line {
            Line::Data(data) if !data.authenticated && now.mono_ns.saturating_sub(data.opened_ns) >= PATIENCE_NS => {
                Some(*id)
            }
            _ => None,
        };
        for id in self.open.iter().filter_map(late).collect::<Vec<_>>() {
            self.answer_data(id, &data_socket::error(404, "auth timeout"));
            self.close(id);
        }
    }

    /// Tells every listener of an update of an order.
    pub(crate) fn tell_update(&mut self, node: &Node, frames: UpdateFrames, faults: &mut Faults) {
        let listens = |(id, socket): (&SocketId, &Socket)| match &socket.line {
            Line::Updates(updates) if updates.authorized && updates.listening => Some((*id, updates.packed)),
            _ => None,
        };
        for (id, packed) in self.open.iter().filter_map(listens).collect::<Vec<_>>() {
            self.news(id, update_frame(node, frames, packed), faults);
        }
    }

    /// Tells every data socket that wants it of a message.
    pub(crate) fn tell_data(&mut self, message: &Message, faults: &mut Faults) {
        let wants = |(id, socket): (&SocketId, &Socket)| match &socket.line {
            Line::Data(data) if data.wants(message) => Some((*id, data.encoding)),
            _ => None,
        };
        let listeners: Vec<(SocketId, Encoding)> = self.open.iter().filter_map(wants).collect();
        if listeners.is_empty() || faults.strikes(Fault::SequenceGap) {
            return;
        }
        let node = Node::List(vec![message.node.clone()]);
        for (id, encoding) in listeners {
            self.news(id, encoding.write(&node), faults);
        }
    }

    /// News for a socket, unless a fault strikes.
    fn news(&mut self, id: SocketId, frame: Frame, faults: &mut Faults) {
        let Some(socket) = self.open.get_mut(&id) else { return };
        for (fault, until_ns) in
            [(Fault::MuteSocket, &mut socket.mute_until_ns), (Fault::HalfOpen, &mut socket.deaf_until_ns)]
        {
            if self.now_ns >= *until_ns && faults.strikes(fault) {
                *until_ns = self.now_ns + SILENCE_NS + faults.draw(fault, 3 * SILENCE_NS);
            }
        }
        let silent = self.now_ns < socket.mute_until_ns.max(socket.deaf_until_ns);
        if silent || faults.strikes(Fault::SkippedMessage) {
            return;
        }
        if faults.strikes(Fault::HostileFrame) {
            let hostile = hostile(&frame, faults.draw(Fault::HostileFrame, 6));
            self.frames.push_back((id, hostile));
        }
        let before = socket.overtaken.take();
        if before.is_none() && faults.strikes(Fault::Reorder) {
            socket.overtaken = Some(frame);
            return;
        }
        if faults.strikes(Fault::Duplicate) {
            self.frames.push_back((id, frame.clone()));
        }
        self.frames.push_back((id, frame));
        self.frames.extend(before.map(|before| (id, before)));
    }
}

fn update_frame(node: &Node, frames: UpdateFrames, packed: bool) -> Frame {
    match frames {
        _ if packed => Encoding::MessagePack.write(node),
        UpdateFrames::MessagePack => Encoding::MessagePack.write(node),
        UpdateFrames::Text => Frame::Text(node.json()),
        UpdateFrames::Binary => Frame::Binary(node.json().into_bytes()),
    }
}

/// A frame that no client should fall over.
fn hostile(good: &Frame, kind: u64) -> Frame {
    let bytes = match good {
        Frame::Text(text) => text.as_bytes(),
        Frame::Binary(bytes) => bytes.as_slice(),
        _ => &[],
    };
    match kind {
        0 => Frame::Binary(bytes[..bytes.len() / 2].to_vec()),
        1 => Frame::Text("[{\"T\":\"b\",\"S\":\"\u{1}\u{1b}[31m\",\"c\":NaN}]".into()),
        2 => Frame::Text("[{\"T\":\"zz\",\"S\":7,\"c\":1e999}]".into()),
        3 => Frame::Binary(vec![0xdd, 0x7f, 0xff, 0xff, 0xff]),
        4 => Frame::Text("[".repeat(100_000)),
        _ => Frame::Text(format!("[{{\"T\":\"b\",\"S\":\"{}\"}}]", "A".repeat(1_000_000))),
    }
}
