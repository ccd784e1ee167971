//! A market data socket: greeting, authentication within ten seconds, and subscriptions that add up.
use super::asset::AssetClass;
use super::messages::{Channel, Message};
use super::msgpack;
use super::node::Node;
use crate::dialect::Frame;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How long a client may take to authenticate.
pub(crate) const PATIENCE_NS: u64 = 10_000_000_000;

/// How messages are written, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    MessagePack,
}

impl Encoding {
    /// That of a handshake.
    pub(crate) fn of_content_type(header: Option<&str>) -> Self {
        match header {
            Some(text) if text.trim().eq_ignore_ascii_case("application/msgpack") => Self::MessagePack,
            _ => Self::Json,
        }
    }

    pub(crate) fn write(self, tree: &Node) -> Frame {
        match self {
            Self::Json => Frame::Text(tree.json()),
            Self::MessagePack => Frame::Binary(msgpack::write(tree)),
        }
    }

    /// What a client says; `None` where it is not of this encoding.
    pub(crate) fn read(self, frame: &Frame) -> Option<Value> {
        match (self, frame) {
            (Self::Json, Frame::Text(text)) => serde_json::from_str(text).ok(),
            (Self::Json, Frame::Binary(bytes)) => serde_json::from_slice(bytes).ok(),
            (Self::MessagePack, Frame::Binary(bytes)) => msgpack::read(bytes),
            _ => None,
        }
    }
}

/// What a client asked for that concerns more than its own socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing more.
    Nothing,
    /// It showed a key and a secret.
    Keys(String, String),
}

/// One socket.
#[derive(Clone, Debug)]
pub(crate) struct DataSocket {
    pub(crate) class: AssetClass,
    pub(crate) encoding: Encoding,
    pub(crate) authenticated: bool,
    /// When it was opened, on the steady clock.
    pub(crate) opened_ns: u64,
    subscribed: BTreeMap<Channel, BTreeSet<String>>,
}

impl DataSocket {
    pub(crate) fn new(class: AssetClass, encoding: Encoding, opened_ns: u64) -> Self {
        Self { class, encoding, authenticated: false, opened_ns, subscribed: BTreeMap::new() }
    }

    /// Takes a message in: what is answered, and what else it asks for.
    pub(crate) fn hear(&mut self, frame: &Frame, symbols_max: Option<usize>) -> (Option<Node>, Said) {
        let Some(asked) = self.encoding.read(frame) else { return (Some(error(400, "invalid syntax")), Said::Nothing) };
        let text = |field: &str| asked.get(field).and_then(Value::as_str);
        match text("action") {
            Some("auth") => match (self.authenticated, text("key"), text("secret")) {
                (true, ..) => (Some(error(403, "already authenticated")), Said::Nothing),
                (_, Some(key), Some(secret)) => (None, Said::Keys(key.to_string(), secret.to_string())),
                _ => (Some(error(400, "invalid syntax")), Said::Nothing),
            },
            Some("subscribe" | "unsubscribe") if !self.authenticated => {
                (Some(error(401, "not authenticated")), Said::Nothing)
            }
            Some("subscribe") => (Some(self.subscribe(&asked, symbols_max)), Said::Nothing),
            Some("unsubscribe") => {
                for (channel, name) in Channel::of_class(self.class) {
                    let set = self.subscribed.entry(*channel).or_default();
                    named(&asked, name).iter().for_each(|symbol| {
                        set.remove(*symbol);
                    });
                }
                (Some(self.subscriptions()), Said::Nothing)
            }
            _ => (Some(error(400, "invalid syntax")), Said::Nothing),
        }
    }

    fn subscribe(&mut self, asked: &Value, symbols_max: Option<usize>) -> Node {
        let before = self.subscribed.clone();
        for (channel, name) in Channel::of_class(self.class) {
            let wanted = named(asked, name).into_iter().map(str::to_string);
            self.subscribed.entry(*channel).or_default().extend(wanted);
        }
        let distinct: BTreeSet<&String> = self.subscribed.values().flatten().collect();
        if symbols_max.is_some_and(|max| distinct.len() > max) {
            self.subscribed = before;
            return error(405, "symbol limit exceeded");
        }
        self.subscriptions()
    }

    /// Everything that it is subscribed to.
    fn subscriptions(&self) -> Node {
        let list = |channel: &Channel| {
            let symbols = self.subscribed.get(channel).into_iter().flatten();
            Node::List(symbols.map(|symbol| symbol.clone().into()).collect())
        };
        let mut said = Node::map([("T", "subscription".into())]);
        for (channel, name) in Channel::of_class(self.class) {
            said = said.with(name, list(channel));
        }
        if self.class == AssetClass::Stock {
            // Trades bring these two with them.
            said = said.with("corrections", list(&Channel::Trades)).with("cancelErrors", list(&Channel::Trades));
        }
        vec![said].into()
    }

    /// Whether it wants a message.
    pub(crate) fn wants(&self, message: &Message) -> bool {
        let wants = |set: &BTreeSet<String>| set.contains(&message.symbol) || set.contains("*");
        self.authenticated && self.class == message.class && self.subscribed.get(&message.channel).is_some_and(wants)
    }
}

/// The symbols that a client names under a channel; at most so many as one message may hold.
fn named<'a>(asked: &'a Value, channel: &str) -> Vec<&'a str> {
    const SYMBOLS_MAX: usize = 10_000;
    let list = asked.get(channel).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).filter(|symbol| symbol.len() <= 32).take(SYMBOLS_MAX).collect()
}

/// A success, in its array.
pub(crate) fn success(what: &'static str) -> Node {
    vec![Node::map([("T", "success".into()), ("msg", what.into())])].into()
}

/// An error, in its array.
pub(crate) fn error(code: i64, what: &'static str) -> Node {
    vec![Node::map([("T", "error".into()), ("code", code.into()), ("msg", what.into())])].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: AssetClass, said: &[(&str, &str)]) -> DataSocket {
        let mut socket = DataSocket::new(class, Encoding::Json, 0);
        socket.authenticated = true;
        for (asked, answered) in said {
            let (answer, _) = socket.hear(&Frame::Text((*asked).to_string()), Some(2));
            assert_eq!(answer.map(|it| it.json()).as_deref(), Some(*answered), "{asked}");
        }
        socket
    }

    #[test]
    fn subscriptions_add_up_and_the_whole_set_is_said_each_time() {
        let socket = check(
            AssetClass::Crypto,
            &[
                (
                    r#"{"action":"subscribe","bars":["BTC/USD"]}"#,
                    r#"[{"T":"subscription","trades":[],"quotes":[],"orderbooks":[],"bars":["BTC/USD"],"updatedBars":[],"dailyBars":[]}]"#,
                ),
                (
                    r#"{"action":"subscribe","trades":["*"]}"#,
                    r#"[{"T":"subscription","trades":["*"],"quotes":[],"orderbooks":[],"bars":["BTC/USD"],"updatedBars":[],"dailyBars":[]}]"#,
                ),
                (
                    r#"{"action":"unsubscribe","bars":["BTC/USD"]}"#,
                    r#"[{"T":"subscription","trades":["*"],"quotes":[],"orderbooks":[],"bars":[],"updatedBars":[],"dailyBars":[]}]"#,
                ),
                (
                    r#"{"action":"subscribe","bars":["A","B","C"]}"#,
                    r#"[{"T":"error","code":405,"msg":"symbol limit exceeded"}]"#,
                ),
                ("no json", r#"[{"T":"error","code":400,"msg":"invalid syntax"}]"#),
                (r#"{"action":"dance"}"#, r#"[{"T":"error","code":400,"msg":"invalid syntax"}]"#),
                (
                    r#"{"action":"auth","key":"a","secret":"b"}"#,
                    r#"[{"T":"error","code":403,"msg":"already authenticated"}]"#,
                ),
            ],
        );
        let message =
            |channel| Message { class: AssetClass::Crypto, channel, symbol: "ETH/USD".into(), node: Node::Null };
        assert!(socket.wants(&message(Channel::Trades)) && !socket.wants(&message(Channel::Bars)));
    }

    #[test]
    fn trades_of_stocks_bring_corrections_with_them() {
        check(
            AssetClass::Stock,
            &[(
                r#"{"action":"subscribe","trades":["AAPL"]}"#,
                r#"[{"T":"subscription","trades":["AAPL"],"quotes":[],"bars":[],"updatedBars":[],"dailyBars":[],"statuses":[],"lulds":[],"corrections":["AAPL"],"cancelErrors":["AAPL"]}]"#,
            )],
        );
    }

    #[test]
    fn who_has_not_authenticated_gets_nothing() {
        let mut socket = DataSocket::new(AssetClass::Stock, Encoding::MessagePack, 0);
        let asked = msgpack::write(&Node::map([("action", "subscribe".into()), ("bars", vec!["*".into()].into())]));
        let (answer, said) = socket.hear(&Frame::Binary(asked), None);
        assert_eq!((answer, said), (Some(error(401, "not authenticated")), Said::Nothing));
        let (answer, _) = socket.hear(&Frame::Text("{}".into()), None);
        assert_eq!(answer, Some(error(400, "invalid syntax")), "text where MessagePack was agreed on");
    }
}
