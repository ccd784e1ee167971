//! One file per pattern. Each looks at the flow and says what it suspects; none of them knows another one.
mod layering;
mod marking_close;
mod momentum_ignition;
mod order_to_trade;
mod quote_stuffing;
mod ramping;
mod restricted;
mod self_cross;
mod wash;

use crate::flow::Detect;
use crate::watch_config::WatchConfig;

/// Every detector, over so many instruments.
pub(crate) fn all(config: &WatchConfig, instruments: usize) -> Vec<Box<dyn Detect>> {
    vec![
        Box::new(wash::Wash::new(config.wash, instruments)),
        Box::new(self_cross::SelfCross),
        Box::new(layering::Layering::new(config.layering, instruments)),
        Box::new(marking_close::MarkingClose::new(config, instruments)),
        Box::new(quote_stuffing::QuoteStuffing::new(config.quote_stuffing, instruments)),
        Box::new(momentum_ignition::MomentumIgnition::new(config.momentum_ignition, instruments)),
        Box::new(ramping::Ramping::new(config.ramping, instruments)),
        Box::new(restricted::Restricted::new(config.restrictions.clone())),
        Box::new(order_to_trade::OrderToTrade::new(config.order_to_trade)),
    ]
}
