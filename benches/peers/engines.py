"""The rules, and the three backtesters that trade them.

Each function takes candles and a rule, and returns the engine's trades. The signals are computed with the engine's own
means; orders are decided at a close and fill at the next candle's open. Nothing here knows Onetape.
"""

from dataclasses import dataclass

import backtesting
import backtrader
import numpy
import pandas
import vectorbt

CASH = 10_000_000  # enough for one unit of anything, so that no engine refuses an order
FEE_BPS = 5
FEE = FEE_BPS / 10_000


@dataclass(frozen=True)
class EmaCross:
    """Long while the fast average of closes is above the slow one; else flat, or short."""

    fast: int
    slow: int
    short: bool
    kind = "ema-cross"

    @property
    def otherwise(self):
        """The direction while the fast average is not above the slow one."""
        return -1 if self.short else 0

    def __str__(self):
        return f"ema-cross {self.fast}/{self.slow}{', short' if self.short else ''}"


@dataclass(frozen=True)
class Donchian:
    """Goes with a close beyond the range of `entry` candles before it, until one against it leaves that of `exit`."""

    entry: int
    exit: int
    short: bool
    kind = "donchian-breakout"

    def __str__(self):
        return f"donchian {self.entry}/{self.exit}{', short' if self.short else ''}"


@dataclass(frozen=True)
class Trip:
    """A round trip, in the doubles that all peers count in; `closed` is whether an order ended it."""

    direction: int
    quantity: float
    entry_time: pandas.Timestamp
    exit_time: pandas.Timestamp | None
    entry_price: float
    exit_price: float | None
    fees: float
    net: float | None
    closed: bool


# backtesting.py


class BacktestingRule(backtesting.Strategy):
    """What both rules share: one order per change of direction; `exclusive_orders` ends the trade that it replaces."""

    rule = None

    def want(self, direction):
        if direction == numpy.sign(self.position.size):
            return
        if direction == 0:
            self.position.close()
        else:
            (self.buy if direction > 0 else self.sell)(size=1)


class BacktestingEmaCross(BacktestingRule):
    def init(self):
        # Averages without a gap: the library skips the first candle at which its last indicator has a value.
        close = self.data.Close.s
        self.fast = self.I(lambda: close.ewm(span=self.rule.fast, adjust=False).mean(), name="fast")
        self.slow = self.I(lambda: close.ewm(span=self.rule.slow, adjust=False).mean(), name="slow")

    def next(self):
        if len(self.data) >= self.rule.slow:
            self.want(1 if self.fast[-1] > self.slow[-1] else self.rule.otherwise)


class BacktestingDonchian(BacktestingRule):
    def init(self):
        # A channel that has no value yet cannot be left; it has no gap either, for the same reason as above.
        def highest(window):
            return self.data.High.s.rolling(window).max().shift().fillna(numpy.inf)

        def lowest(window):
            return self.data.Low.s.rolling(window).min().shift().fillna(-numpy.inf)

        self.entry_high, self.entry_low = self.I(highest, self.rule.entry), self.I(lowest, self.rule.entry)
        self.exit_high, self.exit_low = self.I(highest, self.rule.exit), self.I(lowest, self.rule.exit)

    def next(self):
        close, held = self.data.Close[-1], self.position.size
        if close > self.entry_high[-1]:
            self.want(1)
        elif close < self.entry_low[-1] and self.rule.short:
            self.want(-1)
        elif (held > 0 and close < self.exit_low[-1]) or (held < 0 and close > self.exit_high[-1]):
            self.want(0)


def run_backtesting(candles, rule):
    """The trades of backtesting.py. It lists no open trade, so it is told to close the last one."""
    backtest = backtesting.Backtest(
        candles,
        BacktestingEmaCross if isinstance(rule, EmaCross) else BacktestingDonchian,
        cash=CASH,
        commission=FEE,
        trade_on_close=False,
        exclusive_orders=True,
        finalize_trades=True,
    )
    return [
        Trip(
            direction=int(numpy.sign(trade.Size)),
            quantity=float(abs(trade.Size)),
            entry_time=trade.EntryTime,
            exit_time=trade.ExitTime,
            entry_price=trade.EntryPrice,
            exit_price=trade.ExitPrice,
            fees=trade.Commission,
            net=trade.PnL,
            closed=True,
        )
        for trade in backtest.run(rule=rule)["_trades"].itertuples()
    ]


# backtrader


class BacktraderRule(backtrader.Strategy):
    """What both rules share: the trades as they were last reported."""

    params = (("rule", None),)

    def __init__(self):
        self.trades = {}

    def notify_trade(self, trade):
        self.trades[trade.ref] = trade


class BacktraderEmaCross(BacktraderRule):
    def __init__(self):
        super().__init__()
        # The library seeds an average with a simple one over its period; over a period of one that is the first close.
        smooth, close = backtrader.indicators.ExponentialSmoothing, self.data.close
        self.fast = smooth(close, period=1, alpha=2 / (self.p.rule.fast + 1))
        self.slow = smooth(close, period=1, alpha=2 / (self.p.rule.slow + 1))

    def next(self):
        if len(self) >= self.p.rule.slow:
            self.order_target_size(target=1 if self.fast[0] > self.slow[0] else self.p.rule.otherwise)


class BacktraderDonchian(BacktraderRule):
    def __init__(self):
        super().__init__()
        highest, lowest = backtrader.indicators.Highest, backtrader.indicators.Lowest
        high, low, rule = self.data.high(-1), self.data.low(-1), self.p.rule
        self.entry_high, self.entry_low = highest(high, period=rule.entry), lowest(low, period=rule.entry)
        self.exit_high, self.exit_low = highest(high, period=rule.exit), lowest(low, period=rule.exit)

    def next(self):
        close, held = self.data.close[0], self.position.size
        if close > self.entry_high[0]:
            self.order_target_size(target=1)
        elif close < self.entry_low[0] and self.p.rule.short:
            self.order_target_size(target=-1)
        elif (held > 0 and close < self.exit_low[0]) or (held < 0 and close > self.exit_high[0]):
            self.order_target_size(target=0)


def run_backtrader(candles, rule):
    """The trades of backtrader, closed or open; their prices stand in the trade history."""
    cerebro = backtrader.Cerebro()
    cerebro.adddata(backtrader.feeds.PandasData(dataname=candles))
    cerebro.addstrategy(BacktraderEmaCross if isinstance(rule, EmaCross) else BacktraderDonchian, rule=rule)
    cerebro.broker.set_cash(CASH)
    cerebro.broker.set_coc(False)
    percent = backtrader.CommInfoBase.COMM_PERC
    fees = backtrader.CommissionInfo(commission=FEE, commtype=percent, percabs=True, stocklike=True)
    cerebro.broker.addcommissioninfo(fees)
    (strategy,) = cerebro.run(tradehistory=True, stdstats=False)
    return [
        Trip(
            direction=1 if trade.long else -1,
            quantity=float(abs(trade.history[0].event.size)),
            entry_time=pandas.Timestamp(trade.open_datetime()),
            exit_time=pandas.Timestamp(trade.close_datetime()) if trade.isclosed else None,
            entry_price=trade.history[0].event.price,
            exit_price=trade.history[-1].event.price if trade.isclosed else None,
            fees=trade.commission,
            net=trade.pnlcomm if trade.isclosed else None,
            closed=trade.isclosed,
        )
        for trade in strategy.trades.values()
    ]


# vectorbt


def vectorbt_ema_cross(candles, rule):
    """Orders to a target amount, one row after the close that wanted it."""
    fast, slow = (vectorbt.MA.run(candles.Close, span, ewm=True).ma for span in (rule.fast, rule.slow))
    wanted = pandas.Series(numpy.where(fast > slow, 1.0, rule.otherwise), candles.index).where(slow.notna())
    return vectorbt.Portfolio.from_orders(
        candles.Close, size=wanted.shift(), size_type="targetamount", price=candles.Open, fees=FEE, init_cash=CASH
    )


def vectorbt_donchian(candles, rule):
    """Signals, one row after the close that gave them; an opposite entry reverses."""

    def above(window):
        return (candles.Close > candles.High.vbt.rolling_max(window).shift()).shift(fill_value=False)

    def below(window):
        return (candles.Close < candles.Low.vbt.rolling_min(window).shift()).shift(fill_value=False)

    return vectorbt.Portfolio.from_signals(
        candles.Close,
        entries=above(rule.entry),
        exits=below(rule.exit),
        short_entries=below(rule.entry) & rule.short,
        short_exits=above(rule.exit),
        upon_opposite_entry="reverse",
        size=1,
        size_type="amount",
        price=candles.Open,
        fees=FEE,
        init_cash=CASH,
    )


def run_vectorbt(candles, rule):
    """The trades of vectorbt; an open one has the last close as its exit price."""
    portfolio = (vectorbt_ema_cross if isinstance(rule, EmaCross) else vectorbt_donchian)(candles, rule)
    return [
        Trip(
            direction=1 if trade["Direction"] == "Long" else -1,
            quantity=trade["Size"],
            entry_time=trade["Entry Timestamp"],
            exit_time=trade["Exit Timestamp"],
            entry_price=trade["Avg Entry Price"],
            exit_price=trade["Avg Exit Price"],
            fees=trade["Entry Fees"] + trade["Exit Fees"],
            net=trade["PnL"],
            closed=trade["Status"] == "Closed",
        )
        for trade in portfolio.trades.records_readable.to_dict("records")
    ]
