//! Starts the app in the browser.
