//! Dates of the Gregorian calendar from day numbers, and the ticks of a time axis. UTC only.
use engine::{Interval, Timestamp};

/// Year, month and day of a day since the epoch (Howard Hinnant's `civil_from_days`).
pub(crate) fn date(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

/// The day since the epoch of a date.
pub(crate) fn day(year: i64, month: i64, day_of_month: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day_of_month - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The short names of the months.
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2024-03-01`.
pub(crate) fn date_text(time: Timestamp) -> String {
    let (year, month, day) = date(time.day());
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2024-03-01 04:00`.
pub(crate) fn minute_text(time: Timestamp) -> String {
    let minutes = time.0.rem_euclid(Interval::DAY.0) / Interval::MINUTE.0;
    format!("{} {:02}:{:02}", date_text(time), minutes / 60, minutes % 60)
}

/// At most some `most` ticks between two instants, on whole years, months, days or hours: position and label.
pub(crate) fn ticks(from: i64, to: i64, most: usize) -> Vec<(i64, String)> {
    let days = (to - from) as f64 / Interval::DAY.0 as f64;
    let most = most.max(2);
    let fits = |step_days: f64| days / step_days <= most as f64;
    for years in [1, 2, 5, 10, 20, 50] {
        if days > 365.0 * 1.8 && fits(365.25 * years as f64) {
            return month_ticks(from, to, years * 12);
        }
    }
    for months in [1, 2, 3, 6] {
        if days > 45.0 && fits(30.4 * months as f64) {
            return month_ticks(from, to, months);
        }
    }
    let hour = Interval::HOUR.0;
    for hours in [1, 2, 3, 6, 12, 24, 48, 120, 240, 480] {
        if fits(hours as f64 / 24.0) {
            return hour_ticks(from, to, hours * hour);
        }
    }
    Vec::new()
}

fn month_ticks(from: i64, to: i64, step: i64) -> Vec<(i64, String)> {
    let (year, month, _) = date(Timestamp(from).day());
    let mut number = (year * 12 + month - 1).div_euclid(step) * step;
    let mut ticks = Vec::new();
    loop {
        let (year, month) = (number.div_euclid(12), number.rem_euclid(12));
        let at = day(year, month + 1, 1).saturating_mul(Interval::DAY.0);
        if at > to {
            return ticks;
        }
        if at >= from {
            let name = MONTHS[month as usize];
            let label = if month == 0 { year.to_string() } else { name.to_owned() };
            ticks.push((at, label));
        }
        number += step;
    }
}

fn hour_ticks(from: i64, to: i64, step: i64) -> Vec<(i64, String)> {
    let mut at = from.div_euclid(step) * step;
    let mut ticks = Vec::new();
    while at <= to {
        if at >= from {
            let (_, month, day) = date(Timestamp(at).day());
            let minutes = at.rem_euclid(Interval::DAY.0) / Interval::MINUTE.0;
            let name = MONTHS[(month - 1) as usize];
            let midnight = minutes == 0;
            let label =
                if midnight { format!("{day} {name}") } else { format!("{:02}:{:02}", minutes / 60, minutes % 60) };
            ticks.push((at, label));
        }
        at += step;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_invert_each_other() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(19_782), (2024, 2, 29));
        for number in (-200_000..200_000).step_by(97) {
            let (y, m, d) = date(number);
            assert_eq!(day(y, m, d), number);
        }
        assert_eq!(minute_text(Timestamp(Interval::DAY.0 + 4 * Interval::HOUR.0)), "1970-01-02 04:00");
    }

    #[test]
    fn ticks_stand_on_whole_years_months_days_or_hours() {
        let at = |y, m, d| day(y, m, d) * Interval::DAY.0;
        let labels = |from, to| ticks(from, to, 8).into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" ");
        assert_eq!(labels(at(2018, 1, 1), at(2025, 1, 1)), "2018 2019 2020 2021 2022 2023 2024 2025");
        assert_eq!(labels(at(2018, 2, 1), at(2018, 8, 15)), "Feb Mar Apr May Jun Jul Aug");
        assert_eq!(labels(at(2018, 1, 1), at(2018, 1, 3)), "1 Jan 06:00 12:00 18:00 2 Jan 06:00 12:00 18:00 3 Jan");
    }
}
