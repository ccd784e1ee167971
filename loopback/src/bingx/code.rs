//! The venue's error codes, in both generations: on 16 October 2025 the futures service got new numbers.
use crate::exchange::{Refusal, Status};

/// Which numbers errors have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// Those from before October 2025.
    Old,
    /// Those since.
    #[default]
    New,
}

/// What went wrong, in the venue's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: String,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Signature,
    SignatureMissing,
    KeyWrong,
    Time,
    NoRoute,
    Parameter,
    Symbol,
    RateLimit,
    Busy,
    NoOrder,
    Finished,
    NoPosition,
    Margin,
    PostOnly,
    ReduceOnly,
    Pending,
    ModeInUse,
    TooSmall,
    Leverage,
    Suspended,
    DuplicateId,
    StopWrongSide,
}

impl Code {
    pub(super) fn number(self, generation: Generation) -> i64 {
        let (old, new) = match self {
            Self::Signature => (100_001, 100_001),
            Self::SignatureMissing => (100_412, 100_412),
            Self::KeyWrong => (100_413, 100_413),
            Self::Time => (100_421, 100_421),
            Self::NoRoute => (100_400, 100_400),
            Self::Parameter => (80_014, 109_400),
            Self::Symbol => (80_014, 109_425),
            Self::RateLimit => (100_410, 109_429),
            Self::Busy => (80_012, 109_500),
            Self::NoOrder => (80_016, 109_421),
            Self::Finished => (80_018, 109_422),
            Self::NoPosition => (80_017, 109_420),
            Self::Margin => (101_204, 101_204),
            Self::PostOnly => (101_215, 101_215),
            Self::ReduceOnly => (101_290, 101_290),
            Self::Pending => (101_212, 101_212),
            Self::ModeInUse => (104_103, 104_103),
            Self::TooSmall => (101_400, 101_400),
            Self::Leverage => (101_414, 101_414),
            Self::Suspended => (101_415, 101_415),
            Self::DuplicateId => (101_481, 101_481),
            Self::StopWrongSide => (110_412, 110_412),
        };
        match generation {
            Generation::Old => old,
            Generation::New => new,
        }
    }

    /// It with its words.
    pub(super) fn says(self, message: impl Into<String>) -> Failure {
        Failure { code: self, message: message.into() }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::UnknownOrder => return Code::NoOrder.says("order not exist"),
            Refusal::Ended(Status::Filled) => return Code::Finished.says("the order is already filled"),
            Refusal::Ended(_) => return Code::Finished.says("the order is already finished"),
            Refusal::DuplicateClientId(_) => return Code::DuplicateId.says("clientOrderID cannot be repeated"),
            Refusal::QuantityTooSmall(_) | Refusal::NotionalTooSmall(_) => Code::TooSmall,
            Refusal::OffLot | Refusal::OffTick | Refusal::NoAuction | Refusal::Invalid(_) => Code::Parameter,
            Refusal::Margin { .. } => return Code::Margin.says("Insufficient margin"),
            Refusal::PostOnly => Code::PostOnly,
            Refusal::ReduceOnly => Code::ReduceOnly,
            Refusal::NothingToClose => Code::NoPosition,
            Refusal::PositionSide => Code::Parameter,
            Refusal::InUse => Code::Pending,
            Refusal::NoPrice | Refusal::Halted => Code::Suspended,
        };
        code.says(refusal.to_string())
    }
}
