"""ccxt 4.5.90 against the loopback BingX venue: markets, candles, orders, fills, positions, errors and streams.

Usage: python ccxt_bingx.py PATH_TO_ONETAPE [CATALOG]
The venue is served over the sample catalog's perpetual of 2022-12-13, on demand for REST and at speed 600 for streams.
"""
import asyncio
import json
import subprocess
import sys
import urllib.request

import ccxt
import ccxt.pro

assert ccxt.__version__ == "4.5.90", ccxt.__version__

SYMBOL = "BTC/USDT:USDT"
PROGRAM = sys.argv[1]
CATALOG = sys.argv[2] if len(sys.argv) > 2 else "datasets/sample"
FROM = "2022-12-13T10:00:00Z"
START_MS = 1_670_925_600_000


class Venue:
    """A served venue, ended when the block ends."""

    def __init__(self, speed, *flags):
        market = ["--catalog", CATALOG, "--instrument", "bybit-usdt-perp:BTCUSDT@1m", "--from", FROM]
        market += ["--set", "instruments.0.min_notional=5"]
        command = [PROGRAM, "venue", "serve", "bingx", *market, "--port", "0", "--speed", speed, *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.strip().rsplit(" ", 1)[-1]
        assert self.url.startswith("http://127.0.0.1:"), line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        assert self.process.wait(timeout=10) == 0, "Ctrl-C ends it in order"

    def client(self, module):
        exchange = module.bingx({"apiKey": "demo-key", "secret": "demo-secret", "options": {"defaultType": "swap"}})
        for name in exchange.urls["api"]:
            if name != "ws":
                exchange.urls["api"][name] = self.url + "/openApi"
        if "ws" in exchange.urls["api"]:
            exchange.urls["api"]["ws"]["linear"] = self.url.replace("http", "ws") + "/swap-market"
        exchange.has["fetchCurrencies"] = False
        return exchange

    def step(self, query):
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/loopback/step?{query}", method="POST")) as answer:
            return json.load(answer)


HELD = 0


def equal(what, found, expected):
    global HELD
    HELD += 1
    assert found == expected, f"{what}: {found!r}, expected {expected!r}"


def refused(what, error, call):
    try:
        call()
    except error as caught:
        return str(caught)
    raise AssertionError(f"{what}: nothing was refused")


def markets_and_candles(ex):
    markets = ex.load_markets()
    market = markets[SYMBOL]
    equal("kind of market", (market["swap"], market["linear"], market["settle"]), (True, True, "USDT"))
    candles = ex.fetch_ohlcv(SYMBOL, "1m", limit=5)
    equal("times of candles", [row[0] for row in candles], [START_MS - 60_000 * n for n in (5, 4, 3, 2, 1)])
    assert all(low <= min(o, c) and max(o, c) <= high for _, o, high, low, c, _ in candles)
    five = ex.fetch_ohlcv(SYMBOL, "5m", limit=2)
    equal("five minutes are made of minutes", five[-1][1:5],
          [candles[0][1], max(row[2] for row in candles), min(row[3] for row in candles), candles[-1][4]])
    ticker, book = ex.fetch_ticker(SYMBOL), ex.fetch_order_book(SYMBOL, 5)
    assert book["bids"][0][0] < book["asks"][0][0] and ticker["last"] > 0
    trades = ex.fetch_trades(SYMBOL, limit=3)
    assert len(trades) == 3
    assert ex.fetch_funding_rate(SYMBOL)["markPrice"] == ticker["last"]
    assert abs(ex.fetch_time() - ex.milliseconds()) < 5_000
    return ticker["last"]


def orders_and_positions(ex, venue, last):
    equal("cash", ex.fetch_balance()["USDT"]["total"], 100_000.0)
    equal("leverage", int(ex.set_leverage(20, SYMBOL, {"side": "BOTH"})["data"]["leverage"]), 20)
    ask = ex.fetch_order_book(SYMBOL, 5)["asks"][0][0]
    order = ex.create_order(SYMBOL, "market", "buy", 0.5, None, {"clientOrderId": "Accept-1"})
    done = ex.fetch_order(order["id"], SYMBOL)
    equal("filled at the ask", (done["status"], done["filled"], done["average"]), ("closed", 0.5, ask))
    assert int(order["id"]) > 2**53, "ids do not fit a double"
    equal("client id in small letters", done["clientOrderId"], "accept-1")
    position = ex.fetch_positions([SYMBOL])[0]
    equal("position", (position["contracts"], position["side"], position["entryPrice"]), (0.5, "long", ask))
    fills = ex.fetch_my_trades(SYMBOL)
    equal("fill", (fills[-1]["order"], fills[-1]["amount"], fills[-1]["price"]), (order["id"], 0.5, ask))
    resting = ex.create_order(SYMBOL, "limit", "buy", 0.2, round(last * 0.9, 1))
    equal("waits", [it["id"] for it in ex.fetch_open_orders(SYMBOL)], [resting["id"]])
    edited = ex.edit_order(resting["id"], SYMBOL, "limit", "buy", 0.3, round(last * 0.91, 1))
    equal("edited", [(it["id"], it["amount"]) for it in ex.fetch_open_orders(SYMBOL)], [(edited["id"], 0.3)])
    equal("cancelled", ex.cancel_order(edited["id"], SYMBOL)["status"], "canceled")
    both = ex.create_orders([
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.1, "price": round(last * 0.8, 1)},
        {"symbol": SYMBOL, "type": "limit", "side": "sell", "amount": 0.1, "price": round(last * 1.2, 1)},
    ])
    equal("two at once", len(both), 2)
    ex.cancel_all_orders(SYMBOL)
    equal("none is left", ex.fetch_open_orders(SYMBOL), [])
    stop = ex.create_order(SYMBOL, "market", "sell", 0.5, None,
                           {"stopLossPrice": round(last * 0.9, 1), "reduceOnly": True})
    equal("stop", ex.fetch_order(stop["id"], SYMBOL)["status"], "open")
    ex.cancel_order(stop["id"], SYMBOL)
    ex.create_order(SYMBOL, "market", "sell", 0.5, None, {"reduceOnly": True})
    equal("flat", ex.fetch_positions([SYMBOL]), [])
    closed = ex.fetch_closed_orders(SYMBOL)
    equal("closed orders", len([it for it in closed if it["status"] == "closed"]), 2)
    fees = sum(fill["fee"]["cost"] for fill in ex.fetch_my_trades(SYMBOL))
    made = sum((1 if fill["side"] == "sell" else -1) * fill["cost"] for fill in with_sides(ex, order))
    total = ex.fetch_balance()["USDT"]["total"]
    assert abs(100_000.0 + made - fees - total) < 1e-6, (made, fees, total)
    venue.step("by=1m")
    equal("the market goes on", ex.fetch_ohlcv(SYMBOL, "1m", limit=1)[0][0], START_MS)


def with_sides(ex, first):
    """Fills of the venue carry no side: those of the first order bought, the others sold."""
    fills = ex.fetch_my_trades(SYMBOL)
    return [dict(fill, side="buy" if fill["order"] == first["id"] else "sell") for fill in fills]


def errors(ex, last):
    refused("too much", ccxt.InsufficientFunds,
            lambda: ex.create_order(SYMBOL, "market", "buy", 100_000))
    refused("too little", ccxt.InvalidOrder, lambda: ex.create_order(SYMBOL, "limit", "buy", 0.001, 0.1))
    refused("no such order", ccxt.OrderNotFound, lambda: ex.fetch_order("1234567", SYMBOL))
    name = {"clientOrderId": "twice"}
    first = ex.create_order(SYMBOL, "limit", "buy", 0.1, round(last * 0.8, 1), name)
    ex.cancel_order(first["id"], SYMBOL)
    words = refused("a name is used up", ccxt.BaseError,
                    lambda: ex.create_order(SYMBOL, "limit", "buy", 0.1, round(last * 0.8, 1), name))
    assert "101481" in words, words
    wrong = ex.secret
    ex.secret = "another"
    refused("a wrong secret", ccxt.AuthenticationError, ex.fetch_balance)
    ex.secret = wrong


async def streams(venue):
    ex = venue.client(ccxt.pro)
    try:
        await ex.load_markets()
        seen, last = {}, 0
        while len(seen) < 4:
            for row in await asyncio.wait_for(ex.watch_ohlcv(SYMBOL, "1m"), 20):
                seen[row[0]] = row
                last = max(last, row[0])
        finals = sorted(time for time in seen if time < last)
        stored = {row[0]: row for row in await ex.fetch_ohlcv(SYMBOL, "1m", limit=100)}
        equal("streamed candles are the stored ones", [seen[time] for time in finals], [stored[time] for time in finals])
        # ccxt waits for ever for a balance that it watches after orders; the other way round it does not.
        balance = await asyncio.wait_for(ex.watch_balance(), 20)
        equal("streamed balance", balance["USDT"]["free"], 100_000.0)
        watching = asyncio.create_task(ex.watch_orders(SYMBOL))
        await asyncio.sleep(1)
        order = await ex.create_order(SYMBOL, "market", "buy", 0.1)
        told = await asyncio.wait_for(watching, 20)
        while not any(it["id"] == order["id"] and it["status"] == "closed" for it in told):
            told = await asyncio.wait_for(ex.watch_orders(SYMBOL), 20)
        balance = await asyncio.wait_for(ex.watch_balance(), 20)
        assert balance["USDT"]["free"] < 100_000, balance["USDT"]
        trades = await asyncio.wait_for(ex.watch_trades(SYMBOL), 20)
        assert trades and trades[-1]["price"] > 0
        book = await asyncio.wait_for(ex.watch_order_book(SYMBOL), 20)
        assert book["bids"][0][0] < book["asks"][0][0]
    finally:
        await ex.close()


def main():
    with Venue("0") as venue:
        ex = venue.client(ccxt)
        last = markets_and_candles(ex)
        orders_and_positions(ex, venue, last)
        errors(ex, last)
    with Venue("600") as venue:
        asyncio.run(streams(venue))
    print(f"figure: ccxt 4.5.90: takes the loopback venue for BingX, {HELD} comparisons held", file=sys.stderr)


main()
