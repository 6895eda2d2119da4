//! Payloads to the server.
