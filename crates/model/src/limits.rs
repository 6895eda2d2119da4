//! Datadog's limits on what may be sent, each with its source.

/// Longest metric name, in bytes; longer ones are refused.
/// Source: docs.datadoghq.com "Metrics: naming" (200 characters).
pub const METRIC_NAME_BYTES_MAX: usize = 200;
/// Longest tag, in characters; longer ones are cut. Source: "Getting started with tags".
pub const TAG_CHARS_MAX: usize = 200;
/// Longest host name, in bytes (RFC 1123 allows 253; the Agent refuses more than 255).
pub const HOST_BYTES_MAX: usize = 255;
/// Tags on one series; the rest is dropped. Datadog documents 100 for events and logs; a series
/// may carry more, so the bound is there against abuse only.
pub const TAGS_PER_SERIES_MAX: usize = 256;
/// How far in the future a point may lie, in seconds. Source: docs "Submit metrics": 10 minutes.
pub const POINT_FUTURE_SECS_MAX: i64 = 600;
/// How far in the past a point may lie, in seconds: 15 months, Datadog's retention for metrics.
/// Datadog refuses points older than an hour unless historical ingestion is on; here it always is.
pub const POINT_PAST_SECS_MAX: i64 = 456 * 86_400;
/// Largest request body, decompressed, in bytes. The Agent cuts its payloads at 5 MiB; clients
/// that batch by hand send more.
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// Largest request body as sent, in bytes.
pub const BODY_COMPRESSED_BYTES_MAX: usize = 16 << 20;
/// Longest event text in characters, longest title in characters.
/// Source: openapi core-v1 `EventCreateRequest`.
pub const EVENT_TEXT_CHARS_MAX: usize = 4000;
pub const EVENT_TITLE_CHARS_MAX: usize = 500;
