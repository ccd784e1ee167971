//! The stream of trade updates: opened, authenticated, listened to, opened again.
//!
//! It replays nothing and numbers nothing, so that each time it is up, orders and fills are asked for before it counts.
use super::connector::{Alpaca, SECOND};
use super::timers::Timer;
use super::wire::json_of;
use super::wire::request::{Authenticate, Credentials, Listen, Streams};
use super::wire::update::{Message, message};
use crate::backoff::Backoff;
use crate::connector::{Frame, Output, Socket};
use crate::happening::{Channel, Happening};
use engine::Rng;
use secrecy::{ExposeSecret, SecretString};

/// How far the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not open.
    Down,
    /// Being opened.
    Opening,
    /// Open: the venue was told who we are.
    Introduced,
    /// It knows us, and was told what we listen to.
    Asking,
    /// What happens is told.
    Up,
}

/// The stream.
#[derive(Debug)]
pub(super) struct Private {
    pub(super) stage: Stage,
    pub(super) backoff: Backoff,
    /// Updates of orders that nobody knows yet, while groups are on their way whose legs the venue names itself.
    pub(super) early: Vec<String>,
}

impl Private {
    pub(super) fn new(seed: u64) -> Self {
        let backoff = Backoff::new(SECOND, 60 * SECOND, Rng::stream(seed, "alpaca private"));
        Self { stage: Stage::Down, backoff, early: Vec::new() }
    }
}

impl Alpaca {
    pub(super) fn open_private(&mut self) {
        if self.stopped || !self.outbox.has_credentials() {
            return;
        }
        self.private.stage = Stage::Opening;
        self.timers.set(Timer::Deadline(Socket::Private), self.after(20 * SECOND));
        let url = SecretString::from(self.config.endpoints.trade_updates.as_str());
        self.out.push(Output::Open { socket: Socket::Private, url, headers: Vec::new() });
    }

    pub(super) fn close_private(&mut self) {
        if self.private.stage != Stage::Down {
            self.private.stage = Stage::Down;
            self.out.push(Output::Close(Socket::Private));
        }
    }

    pub(super) fn private_opened(&mut self) {
        let Some(keys) = &self.config.credentials else { return };
        if self.private.stage != Stage::Opening {
            return;
        }
        let data = Credentials { key_id: keys.key.expose_secret(), secret_key: keys.secret.expose_secret() };
        let text = serde_json::to_string(&Authenticate { action: "authenticate", data });
        self.private.stage = Stage::Introduced;
        self.timers.set(Timer::Deadline(Socket::Private), self.after(10 * SECOND));
        self.say_private(text.unwrap_or_default());
    }

    fn say_private(&mut self, text: String) {
        self.out.push(Output::Text(Socket::Private, SecretString::from(text)));
    }

    pub(super) fn private_said(&mut self, frame: Frame<'_>) {
        if self.private.stage == Stage::Down {
            return;
        }
        let json = match json_of(frame) {
            Ok(json) => json,
            Err(error) => return self.private_is_unclear(&error.to_string()),
        };
        match message(&json) {
            Ok(Message::Authorization(said)) if said.status == "authorized" => self.listen(),
            Ok(Message::Authorization(said)) => {
                let why = said.message.as_deref().unwrap_or("no reason is given").to_owned();
                self.private_gives_up(&format!("the key was refused: {} {why}", said.status));
            }
            Ok(Message::Listening(said)) => {
                let listens = said.streams.iter().any(|stream| stream == "trade_updates");
                if listens {
                    self.private_is_up()
                } else {
                    self.private_lost("trade updates are not among its streams")
                }
            }
            Ok(Message::Update(update)) => self.updated(&update, &json),
            Ok(Message::Trouble(words)) => self.private_lost(&words),
            Ok(Message::Other(stream)) => self.note_once(&format!("a message of an unknown stream `{stream}`")),
            Err(error) => self.private_is_unclear(&error.to_string()),
        }
    }

    /// What cannot be read may have been about an order: so orders and fills are asked for.
    fn private_is_unclear(&mut self, why: &str) {
        self.note(&format!("a trade update cannot be read: {why}"));
        self.timers.set(Timer::Audit, self.now.mono_ns);
    }

    fn listen(&mut self) {
        if self.private.stage != Stage::Introduced {
            return;
        }
        self.private.stage = Stage::Asking;
        let listen = Listen { action: "listen", data: Streams { streams: vec!["trade_updates"] } };
        self.say_private(serde_json::to_string(&listen).unwrap_or_default());
    }

    fn private_is_up(&mut self) {
        if self.private.stage == Stage::Up {
            return;
        }
        self.private.stage = Stage::Up;
        self.timers.unset(Timer::Deadline(Socket::Private));
        self.timers.set(Timer::Held(Socket::Private), self.after(30 * SECOND));
        self.catch_up();
    }

    pub(super) fn private_is_late(&mut self) {
        if self.private.stage != Stage::Up {
            self.private_lost("it does not answer");
        }
    }

    /// Closes the stream and opens it again after a while.
    pub(super) fn private_lost(&mut self, why: &str) {
        if self.private.stage != Stage::Down {
            self.out.push(Output::Close(Socket::Private));
            self.private_closed(why);
        }
    }

    fn private_gives_up(&mut self, why: &str) {
        self.private_lost(why);
        self.timers.unset(Timer::Reopen(Socket::Private));
        self.bar(why);
    }

    pub(super) fn private_closed(&mut self, why: &str) {
        if self.private.stage == Stage::Down || self.stopped {
            return;
        }
        self.private.stage = Stage::Down;
        self.catching_up.stop();
        for timer in [Timer::Deadline(Socket::Private), Timer::Held(Socket::Private)] {
            self.timers.unset(timer);
        }
        let why = self.clean(why);
        self.happened(Happening::Lost(Channel::Orders, why));
        let wait = self.private.backoff.failed();
        self.timers.set(Timer::Reopen(Socket::Private), self.after(wait));
    }
}
