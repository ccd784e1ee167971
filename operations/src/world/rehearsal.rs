//! A dry run: what a real venue would be sent for the commands of a step, encoded and signed by its own protocol, and never sent.
//!
//! The protocol is begun anew for each step, knows nothing but the orders that the step speaks of, and is thrown away: it has no
//! account that could answer.
use engine::order::OrderId;
use engine::{Action, Qty, Report};
use venues::{Connector, Happening, Input, Moment, Output, Request};

/// A command and, where it changes an order, that order as it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rehearsing {
    pub(super) action: Action,
    pub(super) about: Option<(Action, Qty)>,
}

/// What came of the commands of one step at one venue.
#[derive(Debug, Default)]
pub struct Rehearsed {
    /// The orders that they speak of.
    pub orders: Vec<OrderId>,
    /// Signed requests, in order. They hold secrets, which their shown parts leave out.
    pub requests: Vec<Request>,
    /// What the protocol refuses to send, and what a person should read.
    pub notes: Vec<String>,
}

/// Writes down what one venue would have been sent; why it could not.
pub type Record = dyn FnMut(usize, &Rehearsed) -> Result<(), String>;

/// What a dry run needs.
pub struct Rehearsal {
    /// A protocol that has not begun, of the venue with this place.
    pub protocol: Box<dyn Fn(usize) -> Box<dyn Connector>>,
    /// Who writes down what would have been sent.
    pub record: Box<Record>,
}

impl std::fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rehearsal")
    }
}

fn order_of(action: &Action) -> OrderId {
    match *action {
        Action::Submit(ref request) => request.order,
        Action::Amend { order, .. } | Action::Cancel { order, .. } => order,
    }
}

/// Encodes and signs the commands of a step.
pub(super) fn rehearse(mut protocol: Box<dyn Connector>, now: Moment, commands: &[Rehearsing]) -> Rehearsed {
    let mut outputs = Vec::new();
    for Rehearsing { action, about } in commands {
        if let Some((submit, filled)) = about {
            protocol.handle(
                now,
                Input::Adopt { order: order_of(action), action: submit, filled: *filled },
                &mut outputs,
            );
        }
    }
    outputs.clear(); // what it would ask about them
    let actions: Vec<Action> = commands.iter().map(|it| it.action).collect();
    protocol.handle(now, Input::Act(&actions), &mut outputs);
    let mut rehearsed = Rehearsed { orders: actions.iter().map(order_of).collect(), ..Rehearsed::default() };
    for output in outputs {
        match output {
            Output::Send(request) if request.method != venues::Method::Get => rehearsed.requests.push(request),
            Output::Happened(Happening::Note(text)) => rehearsed.notes.push(text),
            Output::Happened(Happening::Report(Report::Rejected { order, reason })) => {
                rehearsed.notes.push(format!("order {} would not be sent: {}", order.0, reason.name()));
            }
            Output::Happened(Happening::Report(Report::ChangeRefused { order, reason })) => {
                rehearsed.notes.push(format!("the change of order {} would not be sent: {}", order.0, reason.name()));
            }
            _ => {}
        }
    }
    if rehearsed.requests.is_empty() && rehearsed.notes.is_empty() {
        rehearsed.notes.push("it would be sent once the venue has said its own id of the order".into());
    }
    rehearsed
}
