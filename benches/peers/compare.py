"""Compares Onetape's round trips with those of three independent backtesters, trade by trade.

    python benches/peers/compare.py --onetape PATH

Every engine gets the same real candles and the same rule, and computes the signals with its own means. What is compared
is every round trip: direction, quantity, times, prices, fees and net profit. A difference has to be of a kind below,
each with a condition that is checked. Any other is printed, and the exit code is 1.

It measures no time and no metric, and it writes to a temporary folder only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet

from engines import CASH, FEE, FEE_BPS, Donchian, EmaCross, Trip, run_backtesting, run_backtrader, run_vectorbt

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "datasets" / "sample"

# Each operation rounds a double by at most half of this, relatively; a trip's figures take a handful of operations.
ROUNDING = 4 * sys.float_info.epsilon
# Onetape rounds each of a trip's two fees up to this much of the currency.
FEE_STEP = 1e-12


@dataclass(frozen=True)
class Series:
    """Candles of the sample catalog."""

    venue: str
    symbol: str
    interval: str

    def __str__(self):
        return f"{self.symbol} {self.interval}"


SERIES = [
    Series("coinbase", "BTCUSD", "4h"),
    Series("coinbase", "ETHUSD", "1d"),
    Series("fxcm", "EURUSD-BID", "1h"),
    Series("us-equity", "IBM", "1d"),
]
RULES = [EmaCross(20, 50, short=False), EmaCross(20, 50, short=True), Donchian(20, 10, short=True)]
PEERS = {"backtesting": run_backtesting, "backtrader": run_backtrader, "vectorbt": run_vectorbt}


def read_candles(series):
    """The candles as all peers take them: a frame of doubles by open time in UTC."""
    path = CATALOG / "candles" / series.venue / series.symbol / f"{series.interval}.parquet"
    frame = pyarrow.parquet.read_table(path).to_pandas().set_index("open_time").tz_localize(None)
    # By way of Decimal, which gives the nearest double.
    return frame.astype(float).rename(columns=str.capitalize)


def run_file(series, rule):
    """The run file of one comparison."""
    parameters = "\n".join(f"{field.name} = {json.dumps(getattr(rule, field.name))}" for field in fields(rule))
    return f"""\
[data]
catalog = {json.dumps(str(CATALOG))}
actions = false
[[instruments]]
venue = "{series.venue}"
symbol = "{series.symbol}"
interval = "{series.interval}"
[account]
cash = "{CASH} USD"
[strategy]
kind = "{rule.kind}"
size = "1"
{parameters}
[execution]
taker_fee_bps = {FEE_BPS}
"""


def run_onetape(onetape, series, rule):
    """Our round trips; the last one is not closed if a position is open at the end."""
    with tempfile.TemporaryDirectory() as folder:
        run, out = Path(folder, "run.toml"), Path(folder, "out")
        run.write_text(run_file(series, rule), encoding="utf-8")
        # The trial ledger goes to the temporary folder too: a comparison is no trial of a strategy.
        environment = os.environ | {"ONETAPE_HOME": folder}
        command = [onetape, "backtest", run, "--out", out]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"onetape failed on {series}, {rule}:\n{done.stderr}")
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        trips = pyarrow.parquet.read_table(out / "round_trips.parquet").to_pylist()
        fills = pyarrow.parquet.read_table(out / "fills.parquet").to_pylist()
    if summary["refused"]:
        sys.exit(f"onetape refused orders on {series}, {rule}: {summary['refused']}")
    return [closed_trip(trip) for trip in trips] + [open_trip(held, fills[-1]) for held in summary["open_positions"]]


def closed_trip(row):
    """A row of round_trips.parquet."""
    return Trip(
        direction=1 if row["direction"] == "long" else -1,
        quantity=float(row["quantity"]),
        entry_time=row["entry_time"].tz_localize(None),
        exit_time=row["exit_time"].tz_localize(None),
        entry_price=float(row["entry_price"]),
        exit_price=float(row["exit_price"]),
        fees=float(row["fees"]),
        net=float(row["net"]),
        closed=True,
    )


def open_trip(held, fill):
    """The trip that has not ended: it began with the last fill, which may also have ended the one before."""
    quantity = Decimal(held["quantity"])
    return Trip(
        direction=1 if quantity > 0 else -1,
        quantity=float(abs(quantity)),
        entry_time=fill["time"].tz_localize(None),
        exit_time=None,
        entry_price=float(fill["price"]),
        exit_price=None,
        fees=float(fill["fee"] * abs(quantity) / fill["quantity"]),
        net=None,
        closed=False,
    )


def gap(ours, theirs, name):
    """How far one figure of two trips is apart; nothing where an open trip has none."""
    return abs((getattr(ours, name) or 0.0) - (getattr(theirs, name) or 0.0))


def likeness(ours, theirs):
    """`same` to the last bit, or which figures differ by no more than doubles round; None beyond that."""
    differ = {field.name for field in fields(Trip) if getattr(ours, field.name) != getattr(theirs, field.name)}
    if not differ:
        return "same"
    money = ROUNDING * (ours.entry_price + (ours.exit_price or 0.0)) * ours.quantity + 2 * FEE_STEP
    allowed = {"fees": money, "net": money}
    if any(name not in allowed or gap(ours, theirs, name) > allowed[name] for name in differ):
        return None
    return "money rounded"


def ended(trip, candle, price, exit_fee, closed):
    """An open trip as a peer lists it that ends it at `price` in the last candle."""
    fees = trip.fees + exit_fee
    net = trip.direction * trip.quantity * (price - trip.entry_price) - fees
    return replace(trip, exit_time=candle.name, exit_price=price, fees=fees, net=net, closed=closed)


def ending(ours, theirs, last):
    """What a peer makes of the position that is open after the last candle; None if that is nothing known."""
    known = {
        "open": ours,
        "valued at last close": ended(ours, last, last.Close, exit_fee=0.0, closed=False),
        "closed at last open": ended(ours, last, last.Open, exit_fee=FEE * last.Open * ours.quantity, closed=True),
    }
    return next((name for name, expected in known.items() if likeness(expected, theirs)), None)


def by_entry(trips):
    """The trips by entry time; no rule here enters twice at one time."""
    keyed = {trip.entry_time: trip for trip in trips}
    if len(keyed) < len(trips):
        sys.exit("two trips of one engine begin at one time")
    return keyed


def compare(ours, theirs, last):
    """Kinds of the closed trips, counted; the kind of an open one; every pair that nothing explains."""
    ours, theirs = by_entry(ours), by_entry(theirs)
    kinds, end, unexplained = Counter(), "flat", []
    for time in sorted(ours.keys() | theirs.keys()):
        our, their = pair = ours.get(time), theirs.get(time)
        kind = None
        if our and their:
            kind = likeness(our, their) if our.closed else ending(our, their, last)
        if kind is None:
            unexplained.append(pair)
        elif our.closed:
            kinds[kind] += 1
        else:
            end = kind
    return kinds, end, unexplained


def find_onetape():
    """The release build of this checkout, else what is on the path."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return shutil.which(target / "release" / "onetape") or shutil.which("onetape")


def print_table(rows):
    """Rows of text as a Markdown table; the first one is its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in [rows[0], ["-" * width for width in widths], *rows[1:]]:
        print("|", " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)), "|")


def main():
    """Prints one row per candles, rule and peer; returns 1 if anything is unexplained."""
    parser = argparse.ArgumentParser(description="Compare round trips with other backtesters, trade by trade.")
    parser.add_argument("--onetape", default=find_onetape(), help="default: the release build, else on the path")
    onetape = parser.parse_args().onetape
    if onetape is None or shutil.which(onetape) is None:
        parser.error("no onetape to run: build it with --release, or name it with --onetape")

    kinds_shown = ["same", "money rounded"]
    rows = [["candles", "rule", "peer", "ours", "theirs", *kinds_shown, "at the end", "unexplained"]]
    total, findings = Counter(), []
    for series in SERIES:
        candles = read_candles(series)
        for rule in RULES:
            ours = run_onetape(onetape, series, rule)
            for peer, run in PEERS.items():
                theirs = run(candles, rule)
                kinds, end, unexplained = compare(ours, theirs, candles.iloc[-1])
                kinds["ours"], kinds["theirs"] = (sum(trip.closed for trip in trips) for trips in (ours, theirs))
                counts = [kinds[kind] for kind in ("ours", "theirs", *kinds_shown)]
                rows.append([str(cell) for cell in (series, rule, peer, *counts, end, len(unexplained))])
                findings += [(series, rule, peer, *pair) for pair in unexplained]
                total += kinds
    counts = [total[kind] for kind in ("ours", "theirs", *kinds_shown)]
    rows.append([str(cell) for cell in ("all", "", "", *counts, "", len(findings))])

    print(", ".join(f"{peer} {version(peer)}" for peer in PEERS), end="\n\n")
    print_table(rows)
    for series, rule, peer, our, their in findings:
        print(f"\nunexplained: {series}, {rule}, {peer}\n  ours    {our}\n  theirs  {their}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
