//! Restricted: an order, or an amendment to more, in an instrument that may not be traded at that time.
use crate::alert::Detector;
use crate::date::instant_text;
use crate::flow::{Detect, Message, Sent, Sight, Suspicion};
use crate::watch_config::Restriction;
use engine::Timestamp;

#[derive(Debug)]
pub(super) struct Restricted {
    list: Vec<Restriction>,
}

impl Restricted {
    pub(super) fn new(list: Vec<Restriction>) -> Self {
        Self { list }
    }
}

impl Detect for Restricted {
    fn sent(&mut self, sent: Sent<'_>, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let request = &sent.order.request;
        let adds = match sent.message {
            Message::Submit => true,
            Message::Amend { quantity, .. } => quantity > request.quantity,
            Message::Cancel => false,
        };
        let holds =
            |it: &&Restriction| it.instrument == request.instrument && it.from <= sight.now && sight.now < it.to;
        let Some(restriction) = self.list.iter().find(holds).filter(|_| adds) else { return };
        let always = restriction.from == Timestamp::MIN && restriction.to == Timestamp::MAX;
        let window = format!(" from {} to {}", instant_text(restriction.from), instant_text(restriction.to));
        let finding = format!(
            "order {} to {} {}: {} is restricted{}: {}",
            request.order.0,
            request.side.name(),
            sight.quantity_text(request.instrument, i128::from(request.quantity.0)),
            sight.instrument(request.instrument).name,
            if always { "" } else { &window },
            restriction.why,
        );
        out.push(Suspicion {
            detector: Detector::Restricted,
            instrument: request.instrument,
            owners: vec![sent.order.owner],
            orders: vec![request.order],
            fills: Vec::new(),
            finding,
        });
    }
}
