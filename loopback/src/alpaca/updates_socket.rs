//! A socket of `/stream`: no greeting, authentication, and a list of streams of which the newest one counts.
use super::node::Node;
use crate::dialect::Frame;
use serde_json::Value;

/// One socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UpdatesSocket {
    pub(crate) authorized: bool,
    pub(crate) listening: bool,
    /// Whether its handshake asked for MessagePack.
    pub(crate) packed: bool,
}

/// What a client said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// It showed a key and a secret, and the name of its request.
    Keys(String, String),
    /// It is answered.
    Answer(Node),
    /// It said nothing that the venue knows.
    Nothing,
}

impl UpdatesSocket {
    pub(crate) fn hear(&mut self, frame: &Frame) -> Heard {
        let asked: Option<Value> = match frame {
            Frame::Text(text) => serde_json::from_str(text).ok(),
            Frame::Binary(bytes) if self.packed => super::msgpack::read(bytes),
            Frame::Binary(bytes) => serde_json::from_slice(bytes).ok(),
            _ => None,
        };
        let Some(asked) = asked else { return Heard::Nothing };
        let text = |at: &Value, field: &str| at.get(field).and_then(Value::as_str).map(str::to_string);
        let data = asked.get("data").unwrap_or(&Value::Null);
        match text(&asked, "action").as_deref() {
            Some("authenticate") => keys(text(data, "key_id"), text(data, "secret_key")),
            Some("auth") => keys(text(&asked, "key"), text(&asked, "secret")),
            Some("listen") if !self.authorized => {
                let error = Node::map([("error", "required action: authenticate".into())]);
                Heard::Answer(Node::map([("stream", "listening".into()), ("data", error)]))
            }
            Some("listen") => {
                let wanted = data.get("streams").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                self.listening = wanted.iter().any(|it| it.as_str() == Some("trade_updates"));
                let streams = if self.listening { vec!["trade_updates".into()] } else { Vec::new() };
                let data = Node::map([("streams", streams.into())]);
                Heard::Answer(Node::map([("stream", "listening".into()), ("data", data)]))
            }
            _ => Heard::Nothing,
        }
    }
}

fn keys(key: Option<String>, secret: Option<String>) -> Heard {
    Heard::Keys(key.unwrap_or_default(), secret.unwrap_or_default())
}

/// The answer to keys that are right.
pub(crate) fn authorized() -> Node {
    let data = Node::map([("status", "authorized".into()), ("action", "authenticate".into())]);
    Node::map([("stream", "authorization".into()), ("data", data)])
}

/// The answer to keys that are not.
pub(crate) fn unauthorized() -> Node {
    let data = Node::map([
        ("status", "unauthorized".into()),
        ("action", "authenticate".into()),
        ("message", "access key verification failed".into()),
    ]);
    Node::map([("stream", "authorization".into()), ("data", data)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_list_of_streams_counts() {
        let mut socket = UpdatesSocket { authorized: true, ..UpdatesSocket::default() };
        for (asked, answered, listening) in [
            (
                r#"{"action":"listen","data":{"streams":["trade_updates","news"]}}"#,
                r#"{"stream":"listening","data":{"streams":["trade_updates"]}}"#,
                true,
            ),
            (r#"{"action":"listen","data":{"streams":[]}}"#, r#"{"stream":"listening","data":{"streams":[]}}"#, false),
        ] {
            let Heard::Answer(answer) = socket.hear(&Frame::Binary(asked.into())) else { panic!("{asked}") };
            assert_eq!((answer.json().as_str(), socket.listening), (answered, listening));
        }
    }

    #[test]
    fn both_ways_to_show_keys_are_taken() {
        let mut socket = UpdatesSocket::default();
        for asked in [
            r#"{"action":"authenticate","data":{"key_id":"PK","secret_key":"s"}}"#,
            r#"{"action":"auth","key":"PK","secret":"s"}"#,
        ] {
            assert_eq!(socket.hear(&Frame::Text(asked.into())), Heard::Keys("PK".into(), "s".into()));
        }
        let Heard::Answer(refused) = socket.hear(&Frame::Text(r#"{"action":"listen"}"#.into())) else { panic!() };
        assert!(refused.json().contains("error"));
        assert_eq!(socket.hear(&Frame::Text("[".into())), Heard::Nothing);
    }
}
