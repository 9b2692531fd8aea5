//! Points in time, as values: nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// A moment in UTC with millisecond precision; written as RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(i64);

/// A calendar day, written `2026-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date(NaiveDate);

/// A text that is not a time or date of the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTimeError(String);

impl Timestamp {
    /// The moment `milliseconds` after 1970-01-01T00:00:00Z, held within the years 0 to 9999.
    #[must_use]
    pub fn from_millis(milliseconds: i64) -> Self {
        const YEAR_0: i64 = -62_167_219_200_000;
        const YEAR_9999_END: i64 = 253_402_300_799_999;
        Self(milliseconds.clamp(YEAR_0, YEAR_9999_END))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// This moment moved by `milliseconds`, which may be negative.
    #[must_use]
    pub fn plus_millis(self, milliseconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to this moment; negative when this one is the earlier.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// RFC 3339 to the second (`2026-03-01T02:03:04Z`), as web archive formats want it.
    #[must_use]
    pub fn to_seconds_string(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Fourteen digits (`20260301020304`), as capture indexes want it.
    #[must_use]
    pub fn to_fourteen_digits(self) -> String {
        self.utc().format("%Y%m%d%H%M%S").to_string()
    }

    /// The time of day in Beijing as people read it (`2026年3月1日 10:03:04`).
    #[must_use]
    pub fn to_beijing(self) -> String {
        let local = self.beijing();
        format!(
            "{} {:02}:{:02}:{:02}",
            self.to_beijing_date(),
            local.hour(),
            local.minute(),
            local.second()
        )
    }

    /// The day in Beijing as letters carry it (`2026年3月1日`, GB/T 9704-2012: no leading zero).
    #[must_use]
    pub fn to_beijing_date(self) -> String {
        let local = self.beijing();
        format!("{}年{}月{}日", local.year(), local.month(), local.day())
    }

    fn beijing(self) -> DateTime<FixedOffset> {
        let offset = FixedOffset::east_opt(8 * 3600)
            .unwrap_or_else(|| unreachable!("eight hours is a valid offset"));
        self.utc().with_timezone(&offset)
    }

    fn utc(self) -> DateTime<Utc> {
        // `from_millis` keeps the value within what chrono can show.
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl Date {
    /// The day in Beijing on which `moment` falls.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.beijing().date_naive())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|moment| Self::from_millis(moment.timestamp_millis()))
            .map_err(|_| ParseTimeError(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for Date {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| ParseTimeError(text.to_owned()))
    }
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a time in RFC 3339 form or a date like `2026-03-01`",
            self.0
        )
    }
}

impl std::error::Error for ParseTimeError {}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = ParseTimeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(day: Date) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = ParseTimeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_and_shows_beijing_time() {
        let moment: Timestamp = "2026-03-01T20:03:04.250Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-03-01T20:03:04.250Z");
        assert_eq!(moment.to_beijing(), "2026年3月2日 04:03:04");
        assert_eq!(moment.to_fourteen_digits(), "20260301200304");
        assert_eq!(Date::of(moment).to_string(), "2026-03-02");
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
