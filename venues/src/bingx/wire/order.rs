//! Orders and fills in answers to requests.
use super::{Word, given, read};
use serde::Deserialize;
use serde_json::value::RawValue;

/// An order, as much of it as an answer holds. Some names have two spellings, and both may stand in one answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct OrderRow<'a> {
    #[serde(borrow)]
    pub symbol: Word<'a>,
    #[serde(borrow, rename = "orderId")]
    id: Word<'a>,
    #[serde(borrow, rename = "orderID")]
    id_text: Word<'a>,
    #[serde(borrow)]
    pub side: Word<'a>,
    #[serde(borrow)]
    pub position_side: Word<'a>,
    #[serde(borrow, rename = "type")]
    pub kind: Word<'a>,
    #[serde(borrow)]
    pub orig_qty: Word<'a>,
    #[serde(borrow)]
    pub quantity: Word<'a>,
    #[serde(borrow)]
    pub price: Word<'a>,
    #[serde(borrow)]
    pub stop_price: Word<'a>,
    #[serde(borrow, rename = "StopPrice")]
    pub stop_price_capital: Word<'a>,
    #[serde(borrow)]
    pub executed_qty: Word<'a>,
    #[serde(borrow)]
    pub avg_price: Word<'a>,
    #[serde(borrow)]
    pub cum_quote: Word<'a>,
    #[serde(borrow)]
    pub commission: Word<'a>,
    #[serde(borrow)]
    pub status: Word<'a>,
    #[serde(borrow)]
    pub time: Word<'a>,
    #[serde(borrow)]
    pub update_time: Word<'a>,
    #[serde(borrow, rename = "clientOrderId")]
    client_id: Word<'a>,
    #[serde(borrow, rename = "clientOrderID")]
    client_id_capital: Word<'a>,
    #[serde(borrow)]
    pub reduce_only: Word<'a>,
    #[serde(borrow)]
    pub leverage: Word<'a>,
    /// Of an element of a batch that failed.
    #[serde(borrow)]
    pub code: Word<'a>,
}

impl<'a> OrderRow<'a> {
    /// The venue's id. The text is preferred where there are both: some have rounded the number on its way.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        [&self.id_text, &self.id].into_iter().find_map(|word| given(word)?.parse().ok()).filter(|id| *id > 0)
    }

    /// Our id, if it has one.
    #[must_use]
    pub fn client_id(&self) -> Option<&'a str> {
        given(&self.client_id).or_else(|| given(&self.client_id_capital))
    }

    /// How much was asked for.
    #[must_use]
    pub fn asked(&self) -> Option<&'a str> {
        let zero = |text: &&str| text.bytes().all(|b| matches!(b, b'0' | b'.'));
        // Coin-margined answers hold both, and of a cancelled order one of them as zero.
        given(&self.orig_qty).filter(|text| !zero(text)).or_else(|| given(&self.quantity)).or(given(&self.orig_qty))
    }
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    order: Option<&'a RawValue>,
}

/// The order of an answer: inside `order`, or the data itself.
///
/// # Errors
/// When there is none that can be read.
pub fn order(data: &str) -> Result<OrderRow<'_>, String> {
    let inner = read::<One<'_>>(data)?.order;
    let row: OrderRow<'_> = read(inner.map_or(data, RawValue::get))?;
    if row.id().is_none() && row.client_id().is_none() { Err("an order without an id".into()) } else { Ok(row) }
}

#[derive(Deserialize)]
struct Many<'a> {
    #[serde(borrow)]
    orders: Option<&'a RawValue>,
}

/// The orders of an answer. An explicit `null` is an empty list; a list that is not there is an error.
///
/// # Errors
/// When it has another shape.
pub fn orders(data: &str) -> Result<Vec<OrderRow<'_>>, String> {
    if data.starts_with('[') {
        return read(data);
    }
    match read::<Many<'_>>(data)?.orders {
        Some(list) => read(list.get()),
        None if says_null(data, "orders") => Ok(Vec::new()),
        None => Err("an answer without `orders`".into()),
    }
}

/// Whether a field stands there as `null`: then the venue says that there is nothing.
fn says_null(data: &str, field: &str) -> bool {
    let fields = read::<std::collections::BTreeMap<&str, &RawValue>>(data);
    fields.is_ok_and(|fields| fields.get(field).is_some_and(|value| value.get() == "null"))
}

/// What became of several cancels at once.
#[derive(Debug, Deserialize)]
pub struct Cancelled<'a> {
    /// What was cancelled.
    #[serde(borrow)]
    pub success: Option<Vec<OrderRow<'a>>>,
    /// What was not.
    #[serde(borrow)]
    pub failed: Option<Vec<CancelFailure<'a>>>,
}

/// A cancel that failed among several.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct CancelFailure<'a> {
    #[serde(borrow)]
    pub order_id: Word<'a>,
    #[serde(borrow)]
    pub client_order_id: Word<'a>,
    #[serde(borrow)]
    pub error_code: Word<'a>,
    #[serde(borrow)]
    pub error_message: Word<'a>,
}

/// A fill: of `fillHistory`, with its own number and role, or of the older `allFillOrders`, without.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct FillRow<'a> {
    #[serde(borrow)]
    pub symbol: Word<'a>,
    #[serde(borrow)]
    pub order_id: Word<'a>,
    #[serde(borrow)]
    pub trade_id: Word<'a>,
    #[serde(borrow)]
    volume: Word<'a>,
    #[serde(borrow)]
    qty: Word<'a>,
    #[serde(borrow)]
    price: Word<'a>,
    #[serde(borrow)]
    trade_price: Word<'a>,
    #[serde(borrow)]
    pub commission: Word<'a>,
    #[serde(borrow)]
    currency: Word<'a>,
    #[serde(borrow)]
    commission_asset: Word<'a>,
    /// With its offset. Its sibling `filledTm` has the digits of this one and claims to be UTC: it is not read.
    #[serde(borrow)]
    pub filled_time: Word<'a>,
    #[serde(borrow)]
    pub trade_time: Word<'a>,
    #[serde(borrow, rename = "clientOrderID")]
    client_id_capital: Word<'a>,
    #[serde(borrow, rename = "clientOrderId")]
    client_id: Word<'a>,
    #[serde(borrow)]
    pub side: Word<'a>,
    #[serde(borrow)]
    pub role: Word<'a>,
    #[serde(borrow)]
    pub maker: Word<'a>,
}

impl<'a> FillRow<'a> {
    /// How much.
    #[must_use]
    pub fn quantity(&self) -> Option<&'a str> {
        given(&self.qty).or_else(|| given(&self.volume))
    }

    /// At what price.
    #[must_use]
    pub fn price(&self) -> Option<&'a str> {
        given(&self.trade_price).or_else(|| given(&self.price))
    }

    /// In what the fee was taken.
    #[must_use]
    pub fn fee_asset(&self) -> Option<&'a str> {
        given(&self.commission_asset).or_else(|| given(&self.currency))
    }

    /// Our id of the order, if it is told.
    #[must_use]
    pub fn client_id(&self) -> Option<&'a str> {
        given(&self.client_id).or_else(|| given(&self.client_id_capital))
    }
}

#[derive(Deserialize)]
struct Fills<'a> {
    #[serde(borrow)]
    fill_history_orders: Option<&'a RawValue>,
    #[serde(borrow)]
    fill_orders: Option<&'a RawValue>,
}

/// The fills of an answer, under either name. An explicit `null` is an empty list; a list that is not there is an error.
///
/// # Errors
/// When it has another shape.
pub fn fills(data: &str) -> Result<Vec<FillRow<'_>>, String> {
    if data.starts_with('[') {
        return read(data);
    }
    let lists: Fills<'_> = read(data)?;
    match lists.fill_history_orders.or(lists.fill_orders) {
        Some(list) => read(list.get()),
        None if says_null(data, "fill_history_orders") || says_null(data, "fill_orders") => Ok(Vec::new()),
        None => Err("an answer without fills".into()),
    }
}
