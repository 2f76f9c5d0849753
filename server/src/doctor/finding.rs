//! One line of the report.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One line of the report.
#[derive(Debug)]
pub struct Finding {
    level: Level,
    subject: String,
    text: String,
}

impl Finding {
    /// As it should be.
    pub fn ok(subject: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, subject, text)
    }

    /// Works, and should not stay so.
    pub fn warn(subject: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Warn, subject, text)
    }

    /// Something that keeps Crossdock from working.
    pub fn fail(subject: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Fail, subject, text)
    }

    fn new(level: Level, subject: &str, text: impl Into<String>) -> Self {
        Self {
            level,
            subject: subject.to_owned(),
            text: text.into(),
        }
    }

    /// Whether it keeps Crossdock from working.
    pub fn is_failure(&self) -> bool {
        self.level == Level::Fail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        write!(f, "{level}  {}: {}", self.subject, self.text)
    }
}
