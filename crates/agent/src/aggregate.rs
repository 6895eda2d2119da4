//! Samples in, series out.
