//! What people and signals want of a running session, from any thread.
use super::news::{News, NewsSender};
use super::reads::Reads;
use engine::OperatorEvent;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// A wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// End in order: no new risk, orders taken back or left as the policy says, then the tape is closed.
    Stop(String),
    /// End at once. What works at the venue stays there, and the next start finds it.
    Abandon,
    /// Something that a person does.
    Operator(OperatorEvent),
}

/// Reaches into a session.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) killed: Arc<AtomicBool>,
    pub(super) news: NewsSender,
    pub(super) reads: Reads,
}

impl Handle {
    /// Stops everything that adds risk, at once: requests that wait to be written are dropped, and the core hears of it as of
    /// what a person did. It works whatever else is stuck.
    pub fn kill(&self, who: &str, why: &str) {
        self.killed.store(true, Ordering::SeqCst);
        let directive = engine::Directive::Trading(engine::TradingState::Killed);
        let event = OperatorEvent { who: who.into(), approver: String::new(), why: why.into(), directive };
        self.ask(Control::Operator(event));
    }

    /// When the last frame of any socket was read.
    #[must_use]
    pub fn last_read(&self) -> Instant {
        self.reads.last()
    }

    /// Hands a wish to the session; lost only when the session has ended.
    pub fn ask(&self, control: Control) {
        self.news.send_from_outside(News::Control(control));
    }
}
