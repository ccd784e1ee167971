//! Which call a method and a path name, who may make it, and how often.
use super::limits::Group;

/// A call of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    ServerTime,
    Contracts,
    TradingRules,
    Klines,
    MarkKlines,
    Depth,
    Trades,
    HistoricalTrades,
    PremiumIndex,
    FundingRate,
    OpenInterest,
    Ticker,
    BookTicker,
    Price,
    SpotKlines,
    SpotSymbols,
    CoinContracts,
    OpenKey,
    KeepKey,
    CloseKey,
    Balance,
    BalanceV2,
    SpotBalance,
    Positions,
    Income,
    Commission,
    Permissions,
    Refill,
    Mode,
    SetMode,
    Leverage,
    SetLeverage,
    MarginType,
    SetMarginType,
    PositionMargin,
    MaintMargin,
    AssetMode,
    Place,
    TestPlace,
    BatchPlace,
    Cancel,
    BatchCancel,
    CancelAll,
    Order,
    OpenOrder,
    OpenOrders,
    AllOrders,
    FullOrders,
    Fills,
    FillHistory,
    Amend,
    CancelReplace,
    BatchCancelReplace,
    CloseAll,
    ClosePosition,
    CancelAllAfter,
}

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Public,
    /// Who names a key; a signature is looked at where there is one.
    Keyed,
    /// Who signs.
    Signed,
}

/// One row: method, path, call, access, group, how often in a second.
pub(super) type Route = (&'static str, &'static str, Call, Access, Group, usize);

use Access::{Keyed, Public, Signed};
use Group::{Account, Market};

/// Every call.
pub(super) const ROUTES: &[Route] = &[
    ("GET", "/openApi/swap/v2/server/time", Call::ServerTime, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/contracts", Call::Contracts, Public, Market, 0),
    ("GET", "/openApi/swap/v1/tradingRules", Call::TradingRules, Public, Market, 0),
    ("GET", "/openApi/swap/v3/quote/klines", Call::Klines, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/klines", Call::Klines, Public, Market, 0),
    ("GET", "/openApi/swap/v1/market/markPriceKlines", Call::MarkKlines, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/depth", Call::Depth, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/trades", Call::Trades, Public, Market, 0),
    ("GET", "/openApi/swap/v1/market/historicalTrades", Call::HistoricalTrades, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/premiumIndex", Call::PremiumIndex, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/fundingRate", Call::FundingRate, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/openInterest", Call::OpenInterest, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/ticker", Call::Ticker, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/bookTicker", Call::BookTicker, Public, Market, 0),
    ("GET", "/openApi/swap/v1/ticker/price", Call::Price, Public, Market, 0),
    ("GET", "/openApi/swap/v2/quote/price", Call::Price, Public, Market, 0),
    ("GET", "/openApi/spot/v1/market/kline", Call::SpotKlines, Public, Market, 0),
    ("GET", "/openApi/spot/v2/market/kline", Call::SpotKlines, Public, Market, 0),
    ("GET", "/openApi/spot/v1/common/symbols", Call::SpotSymbols, Public, Market, 0),
    ("GET", "/openApi/cswap/v1/market/contracts", Call::CoinContracts, Public, Market, 0),
    ("POST", "/openApi/user/auth/userDataStream", Call::OpenKey, Keyed, Account, 2),
    ("PUT", "/openApi/user/auth/userDataStream", Call::KeepKey, Keyed, Account, 2),
    ("DELETE", "/openApi/user/auth/userDataStream", Call::CloseKey, Keyed, Account, 2),
    ("GET", "/openApi/swap/v3/user/balance", Call::Balance, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/user/balance", Call::BalanceV2, Signed, Account, 5),
    ("GET", "/openApi/spot/v1/account/balance", Call::SpotBalance, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/user/positions", Call::Positions, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/user/income", Call::Income, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/user/commissionRate", Call::Commission, Signed, Account, 5),
    ("GET", "/openApi/account/v1/apiKey/query", Call::Permissions, Signed, Account, 5),
    ("POST", "/openApi/swap/v1/trade/getVst", Call::Refill, Signed, Account, 1),
    ("GET", "/openApi/swap/v1/positionSide/dual", Call::Mode, Signed, Account, 5),
    ("POST", "/openApi/swap/v1/positionSide/dual", Call::SetMode, Signed, Account, 2),
    ("GET", "/openApi/swap/v2/trade/leverage", Call::Leverage, Signed, Account, 5),
    ("POST", "/openApi/swap/v2/trade/leverage", Call::SetLeverage, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/trade/marginType", Call::MarginType, Signed, Account, 2),
    ("POST", "/openApi/swap/v2/trade/marginType", Call::SetMarginType, Signed, Account, 2),
    ("POST", "/openApi/swap/v2/trade/positionMargin", Call::PositionMargin, Signed, Account, 2),
    ("GET", "/openApi/swap/v1/maintMarginRatio", Call::MaintMargin, Signed, Account, 5),
    ("GET", "/openApi/swap/v1/trade/assetMode", Call::AssetMode, Signed, Account, 2),
    ("POST", "/openApi/swap/v1/trade/assetMode", Call::AssetMode, Signed, Account, 2),
    ("POST", "/openApi/swap/v2/trade/order", Call::Place, Signed, Account, 10),
    ("POST", "/openApi/swap/v2/trade/order/test", Call::TestPlace, Signed, Account, 5),
    ("POST", "/openApi/swap/v2/trade/batchOrders", Call::BatchPlace, Signed, Account, 5),
    ("DELETE", "/openApi/swap/v2/trade/order", Call::Cancel, Signed, Account, 10),
    ("DELETE", "/openApi/swap/v2/trade/batchOrders", Call::BatchCancel, Signed, Account, 5),
    ("DELETE", "/openApi/swap/v2/trade/allOpenOrders", Call::CancelAll, Signed, Account, 5),
    ("GET", "/openApi/swap/v2/trade/order", Call::Order, Signed, Account, 30),
    ("GET", "/openApi/swap/v2/trade/openOrder", Call::OpenOrder, Signed, Account, 30),
    ("GET", "/openApi/swap/v2/trade/openOrders", Call::OpenOrders, Signed, Account, 10),
    ("GET", "/openApi/swap/v2/trade/allOrders", Call::AllOrders, Signed, Account, 10),
    ("GET", "/openApi/swap/v1/trade/fullOrder", Call::FullOrders, Signed, Account, 10),
    ("GET", "/openApi/swap/v2/trade/allFillOrders", Call::Fills, Signed, Account, 10),
    ("GET", "/openApi/swap/v2/trade/fillHistory", Call::FillHistory, Signed, Account, 10),
    ("GET", "/openApi/swap/v1/trade/fillHistory", Call::FillHistory, Signed, Account, 10),
    ("POST", "/openApi/swap/v1/trade/amend", Call::Amend, Signed, Account, 5),
    ("POST", "/openApi/swap/v1/trade/cancelReplace", Call::CancelReplace, Signed, Account, 5),
    ("POST", "/openApi/swap/v1/trade/batchCancelReplace", Call::BatchCancelReplace, Signed, Account, 2),
    ("POST", "/openApi/swap/v2/trade/closeAllPositions", Call::CloseAll, Signed, Account, 5),
    ("POST", "/openApi/swap/v1/trade/closePosition", Call::ClosePosition, Signed, Account, 5),
    ("POST", "/openApi/swap/v2/trade/cancelAllAfter", Call::CancelAllAfter, Signed, Account, 2),
];

/// The row of a method and a path.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.0 == method && route.1 == path)
}
