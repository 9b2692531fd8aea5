//! Letters and their delivery by mail.
