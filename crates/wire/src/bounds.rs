//! How much one body may unfold into. The Agent sends at most 10 000 points a payload; the bounds
//! leave room for people who load history, and keep one request under about 200 MB of memory.

/// Points (or sketches' points) in one body.
pub const POINTS_PER_BODY_MAX: usize = 2_000_000;
/// Sketches in one body; a sketch takes some hundred bytes at least.
pub const SKETCHES_PER_BODY_MAX: usize = 200_000;
/// Bins of all sketches of one body, after those with the same key are added up.
pub const BINS_PER_BODY_MAX: usize = 8_000_000;
/// Bins of one sketch as sent: 4096 keys, each repeated when its count is over 65 535.
pub const BINS_PER_SKETCH_MAX: usize = 65_536;
/// Bytes of names, hosts and tags of all series of one body; a columnar body repeats what it
/// sends once, so this can be far over the body's size.
pub const TEXT_BYTES_MAX: usize = 128 << 20;
/// Entries of one dictionary of a columnar body.
pub const DICTIONARY_MAX: usize = 1 << 20;
/// Tags written out while the tag sets of a columnar body include each other.
pub const TAGSET_WORK_MAX: usize = 4_000_000;
/// Events or service checks in one body.
pub const ITEMS_PER_BODY_MAX: usize = 100_000;
/// Bytes of a body of checks, events or metadata, which is read as a tree. The Agent's bound for
/// these payloads is 4 MiB (`serializer_max_uncompressed_payload_size`).
pub const DOCUMENT_BYTES_MAX: usize = 8 << 20;
