#!/usr/bin/env python3
"""Runs the official Python client of Alpaca against `onetape venue serve alpaca`.

It makes a small catalog whose prices are known, serves it on loopback, and asks for everything that a trading program asks
for: account, assets, clock, bars, latest prices, orders of all classes, replace, cancel, positions, errors, and the three
streams, for stocks and for crypto. Numbers are compared, not only shapes.

    python alpaca_py.py PATH_TO_ONETAPE

The exit code is 0 only if every check holds.
"""

import datetime as dt
import importlib.metadata
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from decimal import Decimal

VERSION = "0.44.0"
KEY, SECRET = "PKLOOPBACK", "loopback-secret"
UTC = dt.timezone.utc
OPEN = dt.datetime(2026, 1, 2, 14, 30, tzinfo=UTC)
BEGIN = OPEN + dt.timedelta(minutes=5)
# A market minute takes a second.
SPEED = "60"


def cents(number):
    """A price in cents as text."""
    return f"{number // 100}.{number % 100:02d}"


def rising(minute):
    """AAPL: from 150.00 on, ten cents a minute."""
    return 15_000 + 10 * minute


MARKETS = {
    # Symbol at the venue: catalog venue and symbol, price in cents at the open of a minute, volume of a minute.
    "AAPL": ("acceptance-stocks", "AAPL", rising, 1_200),
    "SPY": ("acceptance-stocks", "SPY", lambda minute: 55_000, 3_000),
    "BTC/USD": ("acceptance-crypto", "BTCUSD", lambda minute: 6_000_000, 12),
    "ETH/USD": ("acceptance-crypto", "ETHUSD", lambda minute: 250_000, 150),
}


def candle(symbol, minute):
    """Open, high, low, close of a minute, in cents: five cents beyond its ends."""
    _, _, price, _ = MARKETS[symbol]
    first, last = price(minute), price(minute + 1)
    return first, max(first, last) + 5, min(first, last) - 5, last


def make_catalog(onetape, folder):
    """Candles of a session of 390 minutes, and for crypto of the same ones."""
    for symbol, (venue, name, _, volume) in MARKETS.items():
        path = folder / f"{name}.csv"
        with path.open("w") as file:
            file.write("time,open,high,low,close,volume\n")
            for minute in range(390):
                row = [cents(price) for price in candle(symbol, minute)]
                stamp = int((OPEN + dt.timedelta(minutes=minute)).timestamp())
                file.write(",".join([str(stamp), *row, str(volume)]) + "\n")
        columns = "time=time,open=open,high=high,low=low,close=close,volume=volume"
        subprocess.run(
            [onetape, "data", "import", path, "--format", "csv", "--venue", venue, "--symbol", name, "--interval", "1m",
             "--zone", "UTC", "--label", "open", "--time", "s", "--columns", columns, "--catalog", folder / "catalog"],
            check=True, stdout=subprocess.DEVNULL,
        )


def run_file(folder):
    """The markets with their rules; the rest of a run file has to be there and does not matter."""
    lines = ["[run]", 'name = "acceptance"', "[data]", 'catalog = "catalog"', f"from = {json.dumps(stamp(OPEN))}"]
    for symbol, (venue, name, _, _) in MARKETS.items():
        crypto = "/" in symbol
        lines += ["[[instruments]]", f'venue = "{venue}"', f'symbol = "{name}"', 'interval = "1m"', 'tick = "0.01"',
                  'quote = "USD"', f'calendar = "{"24/7" if crypto else "XNYS"}"']
        if crypto:
            lines += ["maker_fee_bps = 15", "taker_fee_bps = 25"]
    lines += ["[account]", 'cash = "100000 USD"', 'leverage = "4"', "[strategy]", 'kind = "flip"', 'size = "1"']
    path = folder / "venue.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def serve(onetape, folder):
    """The venue, and its address."""
    keys = folder / "keys"
    keys.write_text(f"{KEY}\n{SECRET}\n")
    keys.chmod(0o600)
    command = [onetape, "venue", "serve", "alpaca", run_file(folder), "--port", "0", "--from", stamp(BEGIN),
               "--speed", SPEED, "--key-file", keys, "--quirk", "requests-per-minute=none"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        for word in line.split():
            if word.startswith("http://"):
                return process, word.rstrip("/.,")
    raise SystemExit(f"the venue did not say where it listens (exit code {process.wait()})")


class Checks:
    """What was found so far."""

    def __init__(self):
        self.held, self.failed = 0, 0

    def equal(self, what, found, expected):
        if found == expected:
            self.held += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: found {found!r}, expected {expected!r}", flush=True)

    def true(self, what, holds):
        self.equal(what, bool(holds), True)

    def run(self, part, *arguments):
        print(f"- {part.__doc__}", flush=True)
        try:
            part(self, *arguments)
        except Exception:
            self.failed += 1
            print(f"FAILED {part.__name__}:", flush=True)
            traceback.print_exc()


def until(what, holds, seconds=20):
    """Waits until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def check_account(check, trading, _):
    """Account, configurations, clock, calendar, assets."""
    account = trading.get_account()
    check.equal("cash", account.cash, "100000")
    check.equal("equity", account.equity, "100000")
    check.equal("buying power", account.buying_power, "400000")
    check.equal("multiplier", account.multiplier, "4")
    check.equal("status", account.status.value, "ACTIVE")
    configuration = trading.get_account_configurations()
    check.equal("no shorting", configuration.no_shorting, False)
    configuration.trade_confirm_email = "none"
    changed = trading.set_account_configurations(configuration)
    check.equal("e-mail", changed.trade_confirm_email.value, "none")
    clock = trading.get_clock()
    check.equal("open", clock.is_open, True)
    check.equal("next close", clock.next_close.astimezone(UTC), OPEN + dt.timedelta(minutes=390))
    from alpaca.trading.requests import GetAssetsRequest, GetCalendarRequest
    from alpaca.trading.enums import AssetClass
    days = trading.get_calendar(GetCalendarRequest(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 6)))
    check.equal("days", [day.date.isoformat() for day in days], ["2026-01-02", "2026-01-05", "2026-01-06"])
    check.equal("first open", days[0].open, dt.datetime(2026, 1, 2, 9, 30))
    pairs = trading.get_all_assets(GetAssetsRequest(asset_class=AssetClass.CRYPTO))
    check.equal("pairs", sorted(asset.symbol for asset in pairs), ["BTC/USD", "ETH/USD"])
    check.equal("stock", trading.get_asset("AAPL").asset_class.value, "us_equity")
    bitcoin = trading.get_asset("BTC/USD")
    check.equal("pair", (bitcoin.symbol, bitcoin.exchange.value, bitcoin.shortable), ("BTC/USD", "CRYPTO", False))
    check.equal("asset by id", trading.get_asset(bitcoin.id).symbol, "BTC/USD")


def compare_bars(check, symbol, bars, minutes):
    volume = MARKETS[symbol][3]
    for bar, minute in zip(bars, minutes):
        prices = tuple(round(price * 100) for price in (bar.open, bar.high, bar.low, bar.close))
        check.equal(f"{symbol} {minute}", prices, candle(symbol, minute))
        check.equal(f"{symbol} {minute} time", bar.timestamp, OPEN + dt.timedelta(minutes=minute))
        check.equal(f"{symbol} {minute} volume", bar.volume, volume)


def check_bars(check, stocks, crypto):
    """Bars of stocks and crypto, over pages, and the newest of everything."""
    from alpaca.data.requests import (
        CryptoBarsRequest, CryptoLatestOrderbookRequest, CryptoLatestQuoteRequest, CryptoSnapshotRequest,
        StockBarsRequest, StockLatestBarRequest, StockLatestQuoteRequest, StockLatestTradeRequest, StockSnapshotRequest,
        StockTradesRequest,
    )
    from alpaca.data.timeframe import TimeFrame, TimeFrameUnit
    end = OPEN + dt.timedelta(minutes=4)
    request = StockBarsRequest(symbol_or_symbols=["SPY", "AAPL"], timeframe=TimeFrame.Minute, start=OPEN, end=end)
    bars = stocks.get_stock_bars(request)
    for symbol in ("AAPL", "SPY"):
        check.equal(f"{symbol} count, the end included", len(bars[symbol]), 5)
        compare_bars(check, symbol, bars[symbol], range(5))
    # A limit over both symbols that one page of the first does not use up.
    request = StockBarsRequest(symbol_or_symbols=["AAPL", "SPY"], timeframe=TimeFrame.Minute, start=OPEN, end=end, limit=7)
    some = stocks.get_stock_bars(request)
    check.equal("limited", (len(some["AAPL"]), len(some["SPY"])), (5, 2))
    five = TimeFrame(5, TimeFrameUnit.Minute)
    request = StockBarsRequest(symbol_or_symbols="AAPL", timeframe=five, start=OPEN, end=end)
    bar = stocks.get_stock_bars(request)["AAPL"][0]
    check.equal("five minutes", (bar.open, bar.high, bar.low, bar.close, bar.volume), (150.0, 150.55, 149.95, 150.5, 6000))
    request = StockBarsRequest(symbol_or_symbols="AAPL", timeframe=TimeFrame.Day, start=dt.datetime(2026, 1, 1))
    day = stocks.get_stock_bars(request)["AAPL"][0]
    check.equal("the day begins at midnight in New York", day.timestamp, dt.datetime(2026, 1, 2, 5, tzinfo=UTC))
    request = CryptoBarsRequest(symbol_or_symbols="BTC/USD", timeframe=TimeFrame.Minute, start=OPEN, end=end)
    compare_bars(check, "BTC/USD", crypto.get_crypto_bars(request)["BTC/USD"], range(5))

    latest = stocks.get_stock_latest_bar(StockLatestBarRequest(symbol_or_symbols=["AAPL", "NOPE"]))
    check.equal("latest of", list(latest), ["AAPL"])
    minute = int((latest["AAPL"].timestamp - OPEN).total_seconds() // 60)
    compare_bars(check, "AAPL", [latest["AAPL"]], [minute])
    quote = stocks.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="SPY"))["SPY"]
    check.true("a quote around the price", 549.9 <= quote.bid_price < quote.ask_price <= 550.1)
    trade = stocks.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols="SPY"))["SPY"]
    check.true("a trade near it", 549.95 <= trade.price <= 550.05)
    trades = stocks.get_stock_trades(StockTradesRequest(symbol_or_symbols="SPY", start=OPEN, limit=5))
    check.equal("trades", len(trades["SPY"]), 5)
    snapshot = stocks.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols="AAPL"))["AAPL"]
    check.equal("day so far", snapshot.daily_bar.open, 150.0)
    quote = crypto.get_crypto_latest_quote(CryptoLatestQuoteRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    check.true("a quote of a pair", 59_999 <= quote.bid_price < quote.ask_price <= 60_001)
    book = crypto.get_crypto_latest_orderbook(CryptoLatestOrderbookRequest(symbol_or_symbols="ETH/USD"))["ETH/USD"]
    check.true("a book", book.bids[0].price < book.asks[0].price)
    snapshot = crypto.get_crypto_snapshot(CryptoSnapshotRequest(symbol_or_symbols="ETH/USD"))["ETH/USD"]
    check.equal("a pair's day so far", snapshot.daily_bar.open, 2500.0)


class Listener:
    """A stream in a thread of its own, and what it said."""

    def __init__(self, stream):
        self.stream, self.said = stream, []
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        try:
            self.stream.run()
        except Exception:
            traceback.print_exc()

    async def hear(self, message):
        self.said.append(message)

    def start(self):
        self.thread.start()
        return self

    def of_order(self, order_id):
        return [it for it in list(self.said) if it.order.id == order_id]

    def events(self, order_id):
        return [getattr(it.event, "value", it.event) for it in self.of_order(order_id)]


def check_stock_orders(check, trading, updates):
    """Stock orders: market, limit, replace, cancel, and what the stream says of them."""
    from alpaca.trading.enums import OrderSide, QueryOrderStatus, TimeInForce
    from alpaca.trading.requests import GetOrdersRequest, LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest
    order = trading.submit_order(MarketOrderRequest(
        symbol="SPY", qty=10, side=OrderSide.BUY, time_in_force=TimeInForce.DAY, client_order_id="run7-000001"))
    check.equal("first status", order.status.value, "accepted")
    until("the fill", lambda: "fill" in updates.events(order.id))
    check.equal("events", updates.events(order.id), ["new", "fill"])
    fill = updates.of_order(order.id)[-1]
    filled = trading.get_order_by_client_id("run7-000001")
    price = float(filled.filled_avg_price)
    check.equal("filled", (filled.status.value, filled.filled_qty), ("filled", "10"))
    check.equal("this execution", (fill.price, fill.qty, fill.position_qty), (price, 10.0, 10.0))
    check.true("near the market", 549.9 <= price <= 550.1)
    account, position = trading.get_account(), trading.get_open_position("SPY")
    check.equal("cash", round(float(account.cash), 6), round(100_000 - 10 * price, 6))
    check.equal("position", (position.qty, position.side.value, float(position.avg_entry_price)), ("10", "long", price))
    check.equal("worth", Decimal(position.market_value), 10 * Decimal(position.current_price))

    order = trading.submit_order(LimitOrderRequest(
        symbol="AAPL", qty=3, limit_price=140.25, side=OrderSide.BUY, time_in_force=TimeInForce.GTC))
    until("new", lambda: updates.events(order.id) == ["new"])
    moved = trading.replace_order_by_id(order.id, ReplaceOrderRequest(qty=4, limit_price=141.0, client_order_id="run7-000002"))
    check.true("a new id", moved.id != order.id and moved.replaces == order.id)
    check.equal("what was asked", (moved.qty, moved.limit_price, moved.client_order_id), ("4", "141", "run7-000002"))
    until("replaced", lambda: updates.events(order.id) == ["new", "replaced"])
    check.equal("replaced by", trading.get_order_by_id(order.id).replaced_by, moved.id)
    until("the new one", lambda: updates.events(moved.id) == ["new"])
    listed = trading.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN, symbols=["AAPL"], nested=True))
    check.equal("open", [it.id for it in listed], [moved.id])
    trading.cancel_order_by_id(moved.id)
    until("canceled", lambda: updates.events(moved.id) == ["new", "canceled"])
    check.equal("status", trading.get_order_by_id(moved.id).status.value, "canceled")
    second = trading.submit_order(LimitOrderRequest(
        symbol="AAPL", qty=1, limit_price=140, side=OrderSide.BUY, time_in_force=TimeInForce.DAY))
    rows = trading.cancel_orders()
    check.equal("all canceled", [(row.id, row.status) for row in rows], [(second.id, 200)])
    notional = trading.submit_order(MarketOrderRequest(
        symbol="SPY", notional=1100, side=OrderSide.BUY, time_in_force=TimeInForce.DAY))
    check.equal("notional", (notional.notional, notional.qty), ("1100", None))
    until("its fill", lambda: "fill" in updates.events(notional.id))
    bought = float(trading.get_order_by_id(notional.id).filled_qty)
    check.true("for so many dollars", 1.99 <= bought <= 2.01)


def check_groups(check, trading, updates):
    """Bracket, oco, oto and trailing orders."""
    from alpaca.trading.enums import OrderClass, OrderSide, TimeInForce
    from alpaca.trading.requests import (
        GetOrderByIdRequest, LimitOrderRequest, MarketOrderRequest, StopLossRequest, TakeProfitRequest,
        TrailingStopOrderRequest,
    )
    nested = GetOrderByIdRequest(nested=True)

    def legs(order):
        found = trading.get_order_by_id(order.id, nested).legs
        return [(leg.type.value, leg.status.value) for leg in found]

    bracket = trading.submit_order(LimitOrderRequest(
        symbol="SPY", qty=2, limit_price=500, side=OrderSide.BUY, time_in_force=TimeInForce.DAY,
        order_class=OrderClass.BRACKET, take_profit=TakeProfitRequest(limit_price=600),
        stop_loss=StopLossRequest(stop_price=490, limit_price=489)))
    check.equal("held", legs(bracket), [("limit", "held"), ("stop_limit", "held")])
    trading.cancel_order_by_id(bracket.id)
    until("the group is canceled", lambda: legs(bracket) == [("limit", "canceled"), ("stop_limit", "canceled")])
    bracket = trading.submit_order(MarketOrderRequest(
        symbol="SPY", qty=2, side=OrderSide.BUY, time_in_force=TimeInForce.DAY, order_class=OrderClass.BRACKET,
        take_profit=TakeProfitRequest(limit_price=600), stop_loss=StopLossRequest(stop_price=500)))
    until("the exits work", lambda: legs(bracket) == [("limit", "new"), ("stop", "new")])
    trading.cancel_order_by_id(bracket.legs[0].id)
    until("both are gone", lambda: legs(bracket) == [("limit", "canceled"), ("stop", "canceled")])
    oco = trading.submit_order(LimitOrderRequest(
        symbol="SPY", qty=2, side=OrderSide.SELL, time_in_force=TimeInForce.GTC, order_class=OrderClass.OCO,
        take_profit=TakeProfitRequest(limit_price=610), stop_loss=StopLossRequest(stop_price=480)))
    check.equal("the exit with a gain", (oco.limit_price, legs(oco)), ("610", [("stop", "new")]))
    trading.cancel_order_by_id(oco.id)
    until("canceled", lambda: legs(oco) == [("stop", "canceled")])
    oto = trading.submit_order(LimitOrderRequest(
        symbol="SPY", qty=1, limit_price=500, side=OrderSide.BUY, time_in_force=TimeInForce.DAY,
        order_class=OrderClass.OTO, stop_loss=StopLossRequest(stop_price=480)))
    check.equal("one exit", legs(oto), [("stop", "held")])
    trading.cancel_order_by_id(oto.id)
    # SPY swings by ten cents a minute.
    trailing = trading.submit_order(TrailingStopOrderRequest(
        symbol="SPY", qty=1, side=OrderSide.SELL, time_in_force=TimeInForce.DAY, trail_price=0.05))
    check.equal("trail", trailing.trail_price, "0.05")
    until("the trailing stop", lambda: "fill" in updates.events(trailing.id))


def check_crypto_orders(check, trading, updates):
    """Crypto orders, positions without a slash, and the fee as an activity."""
    from alpaca.trading.enums import OrderSide, TimeInForce
    from alpaca.trading.requests import ClosePositionRequest, LimitOrderRequest, MarketOrderRequest
    order = trading.submit_order(MarketOrderRequest(
        symbol="BTC/USD", qty=0.5, side=OrderSide.BUY, time_in_force=TimeInForce.GTC))
    check.equal("first status", (order.status.value, order.symbol), ("pending_new", "BTC/USD"))
    until("the fill", lambda: "fill" in updates.events(order.id))
    position = trading.get_open_position("BTCUSD")
    check.equal("position", (position.symbol, position.qty), ("BTCUSD", "0.5"))
    ioc = trading.submit_order(LimitOrderRequest(
        symbol="ETH/USD", qty=1.5, limit_price=2400.5, side=OrderSide.BUY, time_in_force=TimeInForce.IOC))
    until("what did not trade at once is gone", lambda: updates.events(ioc.id) == ["new", "canceled"])
    resting = trading.submit_order(LimitOrderRequest(
        symbol="ETH/USD", qty=0.1, limit_price=2400, side=OrderSide.BUY, time_in_force=TimeInForce.GTC))
    until("new", lambda: updates.events(resting.id) == ["new"])
    trading.cancel_order_by_id(resting.id)
    half = trading.close_position("BTCUSD", ClosePositionRequest(percentage="50"))
    check.equal("half of it", (half.qty, half.side.value), ("0.25", "sell"))
    until("sold", lambda: "fill" in updates.events(half.id))
    check.equal("the rest", trading.get_open_position("BTC/USD").qty, "0.25")
    fills = trading.get("/account/activities/FILL")
    check.equal("newest fill", (fills[0]["symbol"], fills[0]["qty"], fills[0]["side"]), ("BTC/USD", "0.25", "sell"))
    check.equal("its order", fills[0]["order_id"], str(half.id))
    check.true("activities of trades", all(row["activity_type"] == "FILL" for row in fills))


def check_errors(check, trading, stocks):
    """Errors: what the venue refuses, by code and words."""
    from alpaca.common.exceptions import APIError
    from alpaca.data.requests import StockBarsRequest
    from alpaca.data.timeframe import TimeFrame
    from alpaca.trading.client import TradingClient
    from alpaca.trading.enums import OrderSide, TimeInForce
    from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest

    def refused(what, status, code, words, ask):
        try:
            ask()
        except APIError as error:
            body = json.loads(str(error))
            found = (error.status_code, body.get("code"), words in body["message"])
            check.equal(f"{what} ({body['message']})", found, (status, code, True))
        else:
            check.true(f"{what} is refused", False)

    def order(kind=MarketOrderRequest, **fields):
        given = {"symbol": "AAPL", "qty": 1, "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY, **fields}
        return lambda: trading.submit_order(kind(**given))

    refused("a client id again", 422, 40010001, "client_order_id must be unique", order(client_order_id="run7-000001"))
    refused("a sub-penny", 422, 42210000, "sub-penny", order(LimitOrderRequest, limit_price=150.255))
    refused("too much", 403, 40310000, "insufficient buying power", order(qty=1_000_000))
    refused("an unknown asset", 422, 42210000, "not found", order(symbol="NOPE"))
    refused("crypto for a day", 422, 42210000, "invalid crypto time_in_force", order(symbol="BTC/USD"))
    gtc = TimeInForce.GTC
    refused("a mite", 403, 40310000, "cost basis", order(symbol="BTC/USD", qty=0.0001, time_in_force=gtc))
    refused("short crypto", 403, 40310000, "insufficient balance for ETH",
            order(symbol="ETH/USD", side=OrderSide.SELL, time_in_force=gtc))
    refused("an unknown order", 404, 40410000, "order not found",
            lambda: trading.get_order_by_id("61e69015-8549-4bfd-b9c3-01e75843f47d"))
    refused("no position", 404, 40410000, "position does not exist", lambda: trading.get_open_position("AAPL"))
    refused("an unknown asset's page", 404, 40410000, "asset not found", lambda: trading.get_asset("NOPE"))
    done = trading.get_order_by_client_id("run7-000001")
    refused("a cancel too late", 422, 42210000, "filled", lambda: trading.cancel_order_by_id(done.id))
    refused("a replacement too late", 422, 42210000, "filled",
            lambda: trading.replace_order_by_id(done.id, ReplaceOrderRequest(qty=9)))
    bars = StockBarsRequest(symbol_or_symbols="BTC/USD", timeframe=TimeFrame.Minute, start=OPEN)
    refused("a pair among stocks", 400, None, "invalid symbol", lambda: stocks.get_stock_bars(bars))
    stranger = TradingClient(KEY, "wrong", paper=True, url_override=trading._base_url)
    refused("a wrong key", 401, 40110000, "not authorized", stranger.get_account)


def check_data_streams(check, stocks, crypto, stock_data, crypto_data):
    """The data streams say what the history says."""
    from alpaca.data.requests import CryptoBarsRequest, StockBarsRequest
    from alpaca.data.timeframe import TimeFrame

    def of(listener, kind):
        return [it for it in list(listener.said) if type(it).__name__ == kind]

    for kind in ("Bar", "Trade", "Quote"):
        until(f"{kind} of stocks", lambda kind=kind: len(of(stock_data, kind)) >= 3)
    for kind in ("Bar", "Trade", "Quote", "Orderbook"):
        until(f"{kind} of crypto", lambda kind=kind: len(of(crypto_data, kind)) >= 3)
    for listener, symbol, ask in (
        (stock_data, "AAPL", lambda start, end: stocks.get_stock_bars(StockBarsRequest(
            symbol_or_symbols="AAPL", timeframe=TimeFrame.Minute, start=start, end=end))),
        (crypto_data, "BTC/USD", lambda start, end: crypto.get_crypto_bars(CryptoBarsRequest(
            symbol_or_symbols="BTC/USD", timeframe=TimeFrame.Minute, start=start, end=end))),
    ):
        streamed = [bar for bar in of(listener, "Bar") if bar.symbol == symbol]
        minutes = [int((bar.timestamp - OPEN).total_seconds() // 60) for bar in streamed]
        check.equal(f"{symbol}: one bar a minute", minutes, list(range(minutes[0], minutes[0] + len(minutes))))
        compare_bars(check, symbol, streamed, minutes)
        history = ask(streamed[0].timestamp, streamed[-1].timestamp)[symbol]
        check.equal(f"{symbol}: history", [bar.close for bar in history], [bar.close for bar in streamed])


def check_second_socket(check, address):
    """A second data socket is the one that is refused."""
    import asyncio
    from websockets.legacy import client as websockets

    async def talk():
        async with websockets.connect(address + "/v2/iex") as socket:
            greeting = json.loads(await socket.recv())
            await socket.send(json.dumps({"action": "auth", "key": KEY, "secret": SECRET}))
            return greeting, json.loads(await socket.recv())

    greeting, answer = asyncio.run(talk())
    check.equal("greeting", greeting, [{"T": "success", "msg": "connected"}])
    check.equal("refusal", (answer[0]["T"], answer[0]["code"]), ("error", 406))


def check_closing(check, trading, updates):
    """Short sale, closing everything, history of the portfolio."""
    from alpaca.trading.enums import OrderSide, TimeInForce
    from alpaca.trading.requests import ClosePositionRequest, GetPortfolioHistoryRequest, MarketOrderRequest
    short = trading.submit_order(MarketOrderRequest(
        symbol="AAPL", qty=5, side=OrderSide.SELL, time_in_force=TimeInForce.DAY))
    until("sold short", lambda: "fill" in updates.events(short.id))
    position = trading.get_open_position("AAPL")
    check.equal("short", (position.qty, position.side.value), ("-5", "short"))
    part = trading.close_position("AAPL", ClosePositionRequest(qty="2"))
    check.equal("bought back", (part.qty, part.side.value), ("2", "buy"))
    until("its fill", lambda: "fill" in updates.events(part.id))
    held = {position.symbol for position in trading.get_all_positions()}
    check.equal("held", held, {"AAPL", "SPY", "BTCUSD"})
    rows = trading.close_all_positions(cancel_orders=True)
    check.equal("rows", sorted((row.symbol, row.status) for row in rows), [("AAPL", 200), ("BTCUSD", 200), ("SPY", 200)])
    until("nothing is held", lambda: trading.get_all_positions() == [])
    account = trading.get_account()
    check.equal("all is cash", account.cash, account.equity)
    check.equal("all of it buys", float(account.buying_power), 4 * float(account.equity))
    fills = trading.get("/account/activities/FILL")
    fees = trading.get("/account/activities", {"activity_types": "CFEE,FEE"})
    money = sum(float(row["price"]) * float(row["qty"]) * (-1 if row["side"] == "buy" else 1) for row in fills)
    money += sum(float(row["net_amount"]) for row in fees)
    check.equal("fills and fees explain the cash", round(100_000 + money, 4), round(float(account.cash), 4))
    day = GetPortfolioHistoryRequest(period="1D", timeframe="1Min")
    # A market minute takes a second, and how long the checks took is the machine's business.
    until("six minutes of history", lambda: len(trading.get_portfolio_history(day).equity) > 5)
    history = trading.get_portfolio_history(day)
    check.equal("worth at first", history.base_value, 100_000)
    steps = {later - earlier for earlier, later in zip(history.timestamp, history.timestamp[1:])}
    check.equal("a row a minute", steps, {60})


def run(address):
    from alpaca.data.enums import DataFeed
    from alpaca.data.historical import CryptoHistoricalDataClient, StockHistoricalDataClient
    from alpaca.data.live import CryptoDataStream, StockDataStream
    from alpaca.trading.client import TradingClient
    from alpaca.trading.stream import TradingStream
    sockets = address.replace("http://", "ws://")
    trading = TradingClient(KEY, SECRET, paper=True, url_override=address)
    stocks = StockHistoricalDataClient(KEY, SECRET, url_override=address)
    crypto = CryptoHistoricalDataClient(url_override=address)
    updates = Listener(TradingStream(KEY, SECRET, paper=True, url_override=sockets + "/stream"))
    updates.stream.subscribe_trade_updates(updates.hear)
    stock_data = Listener(StockDataStream(KEY, SECRET, feed=DataFeed.IEX, url_override=sockets + "/v2/iex"))
    stock_data.stream.subscribe_bars(stock_data.hear, "AAPL", "SPY")
    stock_data.stream.subscribe_trades(stock_data.hear, "SPY")
    stock_data.stream.subscribe_quotes(stock_data.hear, "SPY")
    crypto_data = Listener(CryptoDataStream(KEY, SECRET, url_override=sockets + "/v1beta3/crypto/us"))
    crypto_data.stream.subscribe_bars(crypto_data.hear, "BTC/USD")
    crypto_data.stream.subscribe_trades(crypto_data.hear, "*")
    crypto_data.stream.subscribe_quotes(crypto_data.hear, "ETH/USD")
    crypto_data.stream.subscribe_orderbooks(crypto_data.hear, "BTC/USD")
    listeners = [updates.start(), stock_data.start(), crypto_data.start()]
    check = Checks()
    check.run(check_account, trading, stocks)
    check.run(check_bars, stocks, crypto)
    until("the stream of updates", lambda: updates.stream._running)
    check.run(check_stock_orders, trading, updates)
    check.run(check_groups, trading, updates)
    check.run(check_crypto_orders, trading, updates)
    check.run(check_errors, trading, stocks)
    check.run(check_data_streams, stocks, crypto, stock_data, crypto_data)
    check.run(check_second_socket, sockets)
    check.run(check_closing, trading, updates)
    for listener in listeners:
        listener.stream.stop()
        listener.thread.join(10)
    print(f"figure: alpaca-py {VERSION}: {check.held} checks held, {check.failed} failed", file=sys.stderr, flush=True)
    return 1 if check.failed or not check.held else 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = importlib.metadata.version("alpaca-py")
    if found != VERSION:
        sys.exit(f"this is for alpaca-py {VERSION}, and {found} is installed")
    # A proxy of the machine is no way to its own loopback.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    onetape = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_catalog(onetape, folder)
        process, address = serve(onetape, folder)
        try:
            code = run(address)
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(20)
    if ended != 0:
        sys.exit(f"the venue ended with exit code {ended}")
    # Threads of the client may still hold sockets that nobody answers any more.
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
