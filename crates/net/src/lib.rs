//! The guarded door outward: resolve, address guard, HTTP with caps, TLS facts, browser.
