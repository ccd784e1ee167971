//! Tests of tables: what is written is read.
use super::*;
use crate::curve::EquityPoint;
use crate::round_trips::Direction;
use engine::{Money, Side, Timestamp};

fn fills(count: usize) -> Vec<FillRow> {
    (0..count as i64)
        .map(|i| FillRow {
            time: Timestamp(1_500_000_000_000_000_000 + i * 60_000_000_000),
            instrument: "coinbase:BTCUSD".into(),
            side: if i % 2 == 0 { Side::Buy } else { Side::Sell },
            price: Decimals { raw: 3_500_012 + i * 7 % 9001, scale: 2 },
            quantity: Decimals { raw: 1 + i % 17, scale: 0 },
            fee: Money(17_500_060_000_000 + i128::from(i)),
            liquidity: if i % 3 == 0 { Liquidity::Maker } else { Liquidity::Taker },
            order_id: format!("run7k2x-{i}"),
            fill_id: format!("f-{i}"),
        })
        .collect()
}

#[test]
fn fills_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fills.parquet");
    for count in [0, 1, 3000] {
        let mut rows = fills(count);
        write_fills(&path, rows.iter().cloned()).unwrap();
        for row in &mut rows {
            // Read back with as few places as hold the number.
            row.price = lean(row.price);
            row.quantity = lean(row.quantity);
        }
        assert_eq!(read_fills(&path).unwrap(), rows);
    }
}

fn lean(mut number: Decimals) -> Decimals {
    while number.scale > 0 && number.raw % 10 == 0 {
        number = Decimals { raw: number.raw / 10, scale: number.scale - 1 };
    }
    number
}

#[test]
fn the_largest_and_the_finest_numbers_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fills.parquet");
    let mut rows = fills(2);
    rows[0].price = Decimals { raw: i64::MAX, scale: 0 };
    rows[0].quantity = Decimals { raw: 1, scale: 18 };
    rows[1].price = Decimals { raw: i64::MIN, scale: 18 };
    write_fills(&path, rows.iter().cloned()).unwrap();
    let read = read_fills(&path).unwrap();
    assert_eq!((read[0].price, read[0].quantity), (rows[0].price, rows[0].quantity));
    assert_eq!(read[1].price.text(), "-9.223372036854775808");
}

#[test]
fn orders_equity_and_round_trips_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let order = OrderRow {
        id: "r-1".into(),
        instrument: "x:Y".into(),
        side: Side::Sell,
        kind: "limit".into(),
        time_in_force: "day".into(),
        tied_to: "r-0".into(),
        quantity: Decimals { raw: 15, scale: 1 },
        filled: Decimals { raw: 0, scale: 0 },
        limit_price: Some(Decimals { raw: 1, scale: 8 }),
        stop_price: None,
        status: "open".into(),
        submitted_at: Timestamp(5),
        finished_at: None,
        reason: "tag <b>".into(),
        strategy: "trend".into(),
    };
    let orders = [OrderRow { finished_at: Some(Timestamp(9)), ..order.clone() }, order];
    write_orders(&path, orders.iter().cloned()).unwrap();
    assert_eq!(read_orders(&path).unwrap(), orders);

    let point =
        EquityPoint { time: Timestamp(-1), equity: Money(-5), cash: Money(7), exposure: Money(i128::from(i64::MAX)) };
    write_equity(&path, &[point, point]).unwrap();
    assert_eq!(read_equity(&path).unwrap(), [point, point]);

    let trip = RoundTripRow {
        instrument: "x:Y".into(),
        direction: Direction::Short,
        entry_time: Timestamp(1),
        exit_time: Timestamp(2),
        quantity: Decimals { raw: 15, scale: 1 },
        entry_price: 1.0 / 3.0,
        exit_price: 2.5,
        gross: Money(3),
        fees: Money(-4),
        net: Money(7),
        fills: 9,
        strategy: "grid".into(),
    };
    write_round_trips(&path, std::slice::from_ref(&trip)).unwrap();
    assert_eq!(read_round_trips(&path).unwrap(), [trip]);
}

#[test]
fn two_writings_are_equal_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    write_fills(&a, fills(1000)).unwrap();
    write_fills(&b, fills(1000)).unwrap();
    assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
}

#[test]
fn another_table_is_refused_with_the_column_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fills.parquet");
    write_equity(&path, &[]).unwrap();
    assert_eq!(read_fills(&path).unwrap(), [], "no row, nothing to look at");
    let point = EquityPoint { time: Timestamp(1), equity: Money(1), cash: Money(1), exposure: Money(0) };
    write_equity(&path, &[point]).unwrap();
    let message = read_fills(&path).unwrap_err().to_string();
    assert!(message.contains("fills.parquet") && message.contains("`fee`"), "{message}");
    std::fs::write(&path, "no table").unwrap();
    assert!(read_fills(&path).unwrap_err().to_string().contains("cannot read the table"));
}
