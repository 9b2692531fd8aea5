//! Recognises and makes host names that imitate official ones.
