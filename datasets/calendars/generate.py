#!/usr/bin/env python3
"""Writes the tables of trading sessions that stand beside this script.

    python3 -m venv VENV && VENV/bin/pip install exchange_calendars==4.13.2 tzdata==2026.6 blake3
    VENV/bin/python datasets/calendars/generate.py

The exchanges' sessions come from the package exchange_calendars; 24/5 and 24/7 are made by the rules below. All times
are written in UTC, so that a reader needs no time zones. NOTICE explains the lines of a table.

CMES is left out on purpose. The package gives it sessions of 24 hours, while Globex halts for an hour each day, and it
closes all products at noon of Chicago on days on which each product has hours of its own.
"""
import datetime as dt
import importlib.metadata
import pathlib
import zoneinfo

# Only the pinned package says what a zone's clock showed, not the system that the script runs on. Calendars look up their
# zones when they are imported, so this comes before.
zoneinfo.reset_tzpath(to=[])

import blake3
import exchange_calendars.calendar_utils as packaged
import pandas

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2030, 12, 31)
# Names that stand for one calendar; the first one names the file.
EXCHANGES = [("XNYS", "XNAS"), ("XLON",), ("XTKS",), ("XETR", "XFRA"), ("XHKG",)]
HERE = pathlib.Path(__file__).parent
EPOCH = dt.date(1970, 1, 1)
DAY_S = 86_400
# A change of hours that lasts for fewer sessions is written as special days, not as a run of its own.
RUN_MIN = 5


class Session:
    """A day's session: `spans` are pairs of seconds from midnight UTC of the day; breaks lie between them."""

    def __init__(self, day, spans, flags=()):
        self.day, self.spans, self.flags = day, tuple(spans), tuple(flags)

    def digest_line(self, name):
        midnight = (self.day - EPOCH).days * DAY_S
        edges = [str(midnight + edge) for span in self.spans for edge in span]
        first, last, pause = edges[0], edges[-1], edges[1:-1] or ["", ""]
        return ",".join([name, str((self.day - EPOCH).days), first, last, *pause, "+".join(self.flags)]) + "\n"


def packaged_sessions(name):
    """Every session that the package knows of a calendar from FIRST to LAST, and the first and last day it covers."""
    factory = packaged._default_calendar_factories[packaged.resolve_alias(name)]
    bounds = [bound.date() if bound is not None else None for bound in (factory.bound_min(), factory.bound_max())]
    first, last = max(FIRST, bounds[0] or FIRST), min(LAST, bounds[1] or LAST)
    calendar = factory(start=pandas.Timestamp(first), end=pandas.Timestamp(last))
    early, late = set(calendar.early_closes), set(calendar.late_opens)
    found = []
    for stamp, row in calendar.schedule.iterrows():
        midnight = stamp.tz_localize("UTC")
        edges = [row["open"], row["break_start"], row["break_end"], row["close"]]
        edges = [int((edge - midnight).total_seconds()) for edge in edges if not pandas.isna(edge)]
        flags = [flag for flag, days in (("early", early), ("late", late)) if stamp in days]
        found.append(Session(stamp.date(), zip(edges[::2], edges[1::2]), flags))
    return found, first, last


def fx_sessions():
    """A session per weekday, from 17:00 of New York the day before to 17:00 of the day itself."""
    zone, found = zoneinfo.ZoneInfo("America/New_York"), []
    for day in days(FIRST, LAST):
        if day.isoweekday() <= 5:
            midnight = dt.datetime.combine(day, dt.time(), dt.timezone.utc)
            ends = [dt.datetime.combine(d, dt.time(17), zone) for d in (day - dt.timedelta(days=1), day)]
            found.append(Session(day, [tuple(int((end - midnight).total_seconds()) for end in ends)]))
    return found, FIRST, LAST


def endless_sessions():
    """Every day of UTC. It needs no forecast, so it reaches further than the others."""
    first, last = EPOCH, dt.date(2099, 12, 31)
    return [Session(day, [(0, DAY_S)]) for day in days(first, last)], first, last


def days(first, last):
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def runs(sessions):
    """The day from which each set of regular hours holds, with the hours and the weekdays that had a session."""
    regular, found = [s for s in sessions if not s.flags], []
    for session in regular:
        if found and found[-1][1] == session.spans:
            found[-1][2].append(session.day)
        else:
            found.append((session.day, session.spans, [session.day]))
    kept = []
    for day, spans, of in found:
        if len(of) < RUN_MIN:
            continue
        if kept and kept[-1][1] == spans:
            kept[-1][2].extend(of)
        else:
            kept.append((day, spans, of))
    return [(day, spans, "".join(sorted({str(d.isoweekday()) for d in of}))) for day, spans, of in kept]


def clock(seconds):
    assert seconds % 60 == 0, seconds
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02}:{minutes % 60:02}"


def hours(spans):
    return " ".join(f"{clock(a)}..{clock(b)}" for a, b in spans)


def table(names, sessions, first, last, source):
    """The text of a table. Whatever the runs get wrong stands in `closed` and `special` lines."""
    spans_from, by_day = runs(sessions), {session.day: session for session in sessions}
    closed, special, at = {}, [], 0
    # A run holds from its first session on, the first one from the first day that is covered.
    spans_from[0] = (first, *spans_from[0][1:])
    for day in days(first, last):
        while at + 1 < len(spans_from) and spans_from[at + 1][0] <= day:
            at += 1
        expected = spans_from[at][1] if str(day.isoweekday()) in spans_from[at][2] else None
        session = by_day.get(day)
        if session is None and expected is not None:
            closed.setdefault(day.year, []).append(f"{day:%m-%d}")
        elif session is not None and (session.spans != expected or session.flags):
            special.append(" ".join(["special", str(day), hours(session.spans), *session.flags]))
    digest = blake3.blake3("".join(s.digest_line(names[0]) for s in sessions).encode()).hexdigest()
    lines = [f"# Trading sessions of {names[0]} in UTC. NOTICE explains the lines; generate.py writes them.", *source]
    lines += [f"name {name}" for name in names]
    lines += [f"covers {first} {last}", f"sessions {len(sessions)}", f"blake3 {digest}"]
    lines += [f"run {day} {weekdays} {hours(spans)}" for day, spans, weekdays in spans_from]
    lines += [f"closed {year} {' '.join(days)}" for year, days in closed.items()]
    return "\n".join(lines + special) + "\n"


def main():
    version, zones = (importlib.metadata.version(name) for name in ("exchange_calendars", "tzdata"))
    packaged_source = [f"# Made from exchange_calendars {version}, Apache-2.0, with tzdata {zones}."]
    for names in EXCHANGES:
        all_of_them = [packaged_sessions(name) for name in names]
        same = [[s.digest_line("") for s in sessions] for sessions, _, _ in all_of_them]
        assert all(one == same[0] for one in same), f"{names} differ; write a table for each"
        write(names, *all_of_them[0], packaged_source)
    rule = "# Made by rule: Sunday 17:00 to Friday 17:00 of New York, a session from 17:00 to 17:00; no holidays."
    write(("24/5", "24x5"), *fx_sessions(), [rule, f"# With tzdata {zones}."])
    write(("24/7",), *endless_sessions(), ["# Made by rule: every day of UTC."])


def write(names, sessions, first, last, source):
    path = HERE / (names[0].replace("/", "-") + ".txt")
    path.write_text(table(names, sessions, first, last, source), encoding="utf-8")


if __name__ == "__main__":
    main()
