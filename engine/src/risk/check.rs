//! Every check that can refuse, by code and name. A code is never used again for another check.

macro_rules! checks {
    ($($(#[$doc:meta])* $check:ident = $code:literal, $name:literal;)*) => {
        /// Every check that can refuse, by the name that tables and tapes use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Check {
            $($(#[$doc])* $check = $code,)*
        }

        impl Check {
            /// Every check, in the order of their codes.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$check),*];

            /// The name in run files, tables and tapes.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)*
                }
            }
        }
    };
}

checks! {
    /// The instrument is not among those allowed.
    AllowedInstruments = 1, "allowed_instruments";
    /// The account could not pay for it.
    BuyingPower = 2, "buying_power";
    /// Zero, negative or absurdly large quantity.
    Quantity = 3, "quantity";
    /// The quantity is not a multiple of the lot.
    Lot = 4, "lot";
    /// The price is not a multiple of the tick.
    Tick = 5, "tick";
    /// The notional is below the venue's minimum.
    MinNotional = 6, "min_notional";
    /// No price of the instrument has been seen yet.
    NoPrice = 7, "no_price";
    /// The order does not exist or has ended.
    NoSuchOrder = 8, "no_such_order";
    /// An order of the instrument is unknown: nobody trades it until the venue has told us.
    UnknownOrder = 9, "unknown_order";
    /// Terms that contradict each other or the kind of the order.
    Terms = 10, "terms";
    /// The venue cannot do it; the value is the code of the [`Feature`](crate::Feature).
    Unsupported = 11, "unsupported";
    /// Tied to an order that it cannot be tied to.
    Link = 12, "link";
    /// Nobody knows yet what the instrument's currency is worth in the account's.
    NoRate = 13, "no_rate";
    /// An amendment of the price of an order that names none: a market order or a trailing stop.
    NoPriceToAmend = 14, "no_price_to_amend";
    /// The instrument is on the list of those that may not be traded.
    RestrictedInstruments = 15, "restricted_instruments";
    /// A limit price too far through the market. Parts per million of the reference.
    PriceCollar = 16, "price_collar";
    /// A market too far from its own average. Parts per million of the average.
    MovingCollar = 17, "moving_collar";
    /// An order of too many units. Steps of the instrument's quantity.
    OrderQuantity = 18, "max_order_quantity";
    /// An order of too high a value. Money of the account's currency.
    OrderNotional = 19, "max_order_notional";
    /// A position that could become too many units. Steps of the instrument's quantity.
    Position = 20, "max_position";
    /// A position that could become too much value. Money.
    PositionNotional = 21, "max_position_notional";
    /// All positions together, long and short alike, could become too much value. Money.
    GrossExposure = 22, "max_gross_exposure";
    /// Long less short could become too much value, either way. Money.
    NetExposure = 23, "max_net_exposure";
    /// One instrument could become too large a part of the equity. Parts per million.
    Concentration = 24, "max_concentration";
    /// All positions together could become too many times the equity. Parts per million.
    Leverage = 25, "max_leverage";
    /// Too many new orders within the window. A count.
    OrderRate = 26, "max_orders";
    /// Too many messages within the window. A count.
    MessageRate = 27, "max_messages";
    /// The same order too many times within the window: the strategy stands still until a person lets it go on. A count.
    RepeatedOrder = 28, "max_repeats";
    /// The same order again too soon. Nanoseconds.
    DuplicateOrder = 29, "duplicate_window";
    /// It could meet an order of our own. The value is that order's number.
    SelfCross = 30, "self_cross";
    /// An order that is to reduce only, and would not.
    ReduceOnly = 31, "reduce_only";
    /// The last candle of the instrument is too old. Nanoseconds.
    StaleData = 32, "max_data_age";
    /// Candles of the instrument are missing, and none has followed without a gap since. Nanoseconds.
    DataGap = 33, "max_data_gap";
    /// The instrument's clock and ours differ by too much. Nanoseconds.
    ClockSkew = 34, "max_clock_skew";
    /// Too much was lost since the exchange's day began. Money.
    DailyLoss = 35, "daily_loss_limit";
    /// The equity fell too far from its peak. Money.
    EmergencyStop = 36, "emergency_stop";
    /// Too many losing exits of the strategy in a row. A count.
    StrategyLosses = 37, "breaker_losses";
    /// Too much was lost by the strategy since the exchange's day began. Money.
    StrategyLoss = 38, "breaker_loss";
    /// What could be lost in a day, once in so many, is too much. Money.
    ValueAtRisk = 39, "max_var";
    /// What is lost on average in those days is too much. Money.
    ExpectedShortfall = 40, "max_expected_shortfall";
    /// A person allows no more than this. The value is the code of the trading state.
    TradingState = 41, "trading_state";
    /// A person's order that needs a second person, a reason or another state.
    Approval = 42, "approval";
    /// The instrument's data is stale or gone, or we do not hear of our own orders. The value is the code of the standing.
    Feed = 43, "feed";
}

impl Check {
    /// Whether a value of its limit allows more than another: of a window in which nothing may repeat the shorter one does.
    #[must_use]
    pub fn is_looser(self, value: Option<i128>, than: Option<i128>) -> bool {
        match (value, than) {
            (None, Some(_)) => true,
            (_, None) => false,
            (Some(value), Some(than)) if self == Self::DuplicateOrder => value < than,
            (Some(value), Some(than)) => value > than,
        }
    }

    /// Whether it has a limit of its own that a person may set.
    #[must_use]
    pub fn has_limit(self) -> bool {
        self as u8 >= Self::RestrictedInstruments as u8 && self != Self::TradingState && self != Self::Approval
    }

    /// Whether limit and value are amounts of money.
    #[must_use]
    pub fn is_in_money(self) -> bool {
        matches!(
            self,
            Self::BuyingPower
                | Self::MinNotional
                | Self::OrderNotional
                | Self::PositionNotional
                | Self::GrossExposure
                | Self::NetExposure
                | Self::DailyLoss
                | Self::EmergencyStop
                | Self::StrategyLoss
                | Self::ValueAtRisk
                | Self::ExpectedShortfall
        )
    }

    /// Whether an order that is too large for it may be cut down to what it allows.
    #[must_use]
    pub fn is_of_size(self) -> bool {
        matches!(
            self,
            Self::BuyingPower
                | Self::OrderQuantity
                | Self::OrderNotional
                | Self::Position
                | Self::PositionNotional
                | Self::GrossExposure
                | Self::NetExposure
                | Self::Concentration
                | Self::Leverage
                | Self::ValueAtRisk
                | Self::ExpectedShortfall
        )
    }
}
