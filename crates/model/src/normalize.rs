//! Names as Datadog's backend keeps them.

use crate::{HOST_BYTES_MAX, METRIC_NAME_BYTES_MAX, TAG_CHARS_MAX};
use std::borrow::Cow;

/// Normalises a metric name: ASCII letters, digits, `_` and `.`; must start with a letter; every
/// other run of characters becomes one `_`; `_` beside a dot and at the end is dropped.
///
/// `None` when nothing is left or the name is over [`METRIC_NAME_BYTES_MAX`].
/// Source: docs.datadoghq.com "Custom metrics: naming", and the Agent's `NormMetricNameParse`.
pub fn normalize_metric(name: &str) -> Option<Cow<'_, str>> {
    if name.is_empty() || name.len() > METRIC_NAME_BYTES_MAX {
        return None;
    }
    if is_normal_metric(name.as_bytes()) {
        return Some(Cow::Borrowed(name));
    }
    metric_name(name).map(Cow::Owned)
}

fn is_normal_metric(name: &[u8]) -> bool {
    let mut last = b'.';
    for (i, &b) in name.iter().enumerate() {
        let ok = match b {
            b'a'..=b'z' | b'A'..=b'Z' => true,
            b'0'..=b'9' => i > 0,
            b'.' => i > 0 && last != b'_' && last != b'.',
            b'_' => i > 0 && last != b'_' && last != b'.',
            _ => false,
        };
        if !ok {
            return false;
        }
        last = b;
    }
    last != b'_'
}

/// The slow path of [`normalize_metric`]: always builds a new string.
pub fn metric_name(name: &str) -> Option<String> {
    let start = name.find(|c: char| c.is_ascii_alphabetic())?;
    let mut out = String::with_capacity(name.len());
    for c in name[start..].chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            '.' => {
                if out.ends_with('_') {
                    out.pop();
                }
                if !out.ends_with('.') {
                    out.push('.');
                }
            }
            _ => {
                if !out.ends_with('_') && !out.ends_with('.') {
                    out.push('_');
                }
            }
        }
    }
    while out.ends_with('_') {
        out.pop();
    }
    (!out.is_empty()).then_some(out)
}

/// Normalises a tag: lower case; letters, digits, `_ - : . /`; other characters become `_` with
/// runs folded; must start with a letter; at most [`TAG_CHARS_MAX`] characters; no trailing `_`.
///
/// `None` when nothing is left. Source: docs.datadoghq.com "Getting started with tags", and the
/// trace-agent's `NormalizeTag`.
pub fn normalize_tag(tag: &str) -> Option<Cow<'_, str>> {
    if is_normal_tag(tag.as_bytes()) {
        return Some(Cow::Borrowed(tag));
    }
    let mut out = String::with_capacity(tag.len());
    let mut n_chars = 0;
    for c in tag.chars() {
        if n_chars == TAG_CHARS_MAX {
            break;
        }
        let c = c.to_lowercase().next().unwrap_or(c);
        let keep = c.is_alphabetic() || c == ':' && !out.is_empty();
        let keep_inside = c.is_numeric() || matches!(c, '.' | '/' | '-');
        if keep || (keep_inside && !out.is_empty()) {
            out.push(c);
            n_chars += 1;
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
            n_chars += 1;
        }
    }
    while out.ends_with('_') {
        out.pop();
    }
    (!out.is_empty()).then_some(Cow::Owned(out))
}

fn is_normal_tag(tag: &[u8]) -> bool {
    if tag.is_empty() || tag.len() > TAG_CHARS_MAX || !tag[0].is_ascii_lowercase() {
        return false;
    }
    let mut last = 0;
    for &b in tag {
        let ok = match b {
            b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'/' | b'-' => true,
            b'_' => last != b'_',
            _ => false,
        };
        if !ok {
            return false;
        }
        last = b;
    }
    last != b'_'
}

/// Host names are kept as sent, less surrounding white space and control characters; `None` when
/// over [`HOST_BYTES_MAX`]. Commas would break the joined tag text and become `_`.
pub fn normalize_host(host: &str) -> Option<Cow<'_, str>> {
    let host = host.trim();
    if host.len() > HOST_BYTES_MAX {
        return None;
    }
    if host.chars().any(|c| c.is_control() || c == ',') {
        let clean = host.chars().map(|c| if c.is_control() || c == ',' { '_' } else { c });
        return Some(Cow::Owned(clean.collect()));
    }
    Some(Cow::Borrowed(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_metric(input: &str, expect: Option<&str>) {
        assert_eq!(normalize_metric(input).as_deref(), expect, "{input:?}");
        if let Some(name) = expect {
            assert_eq!(normalize_metric(name).as_deref(), expect, "not idempotent: {name:?}");
        }
    }

    fn check_tag(input: &str, expect: Option<&str>) {
        assert_eq!(normalize_tag(input).as_deref(), expect, "{input:?}");
        if let Some(tag) = expect {
            assert_eq!(normalize_tag(tag).as_deref(), expect, "not idempotent: {tag:?}");
        }
    }

    #[test]
    fn metric_names() {
        check_metric("system.load.1", Some("system.load.1"));
        check_metric("Page.Views", Some("Page.Views"));
        check_metric("a-b c", Some("a_b_c"));
        check_metric("a__b_.c_", Some("a_b.c"));
        check_metric("1abc", Some("abc"));
        check_metric("..", None);
        check_metric("", None);
        check_metric("é", None);
        check_metric(&"x".repeat(201), None);
    }

    #[test]
    fn tags() {
        check_tag("env:prod", Some("env:prod"));
        check_tag("Env:Prod", Some("env:prod"));
        check_tag("a,b", Some("a_b"));
        check_tag("env:prod ", Some("env:prod"));
        check_tag("123", None);
        check_tag("1a:b", Some("a:b"));
        check_tag("url:http://x/y", Some("url:http://x/y"));
        check_tag("ünï:cödé", Some("ünï:cödé"));
        check_tag(&"x".repeat(300), Some(&"x".repeat(200)));
        check_tag("  ", None);
        check_tag("a  b", Some("a_b"));
    }
}
