//! The runtime configuration without its secrets, as the Agent's `config` prints it.

use std::fmt::Write;

use serde_json::Value as Json;

/// Key names below which no value is shown. Source: the Agent's `pkg/util/scrubber/default.go`.
const SECRET_PARTS: [&str; 6] =
    ["password", "passwd", "secret", "token", "community_string", "private_key"];

/// Leaves the last five characters of an API key, to tell one from another.
pub(crate) fn key_end(key: &str) -> String {
    let skip = key.chars().count().saturating_sub(5);
    let end: String = key.chars().skip(if skip == 0 { usize::MAX } else { skip }).collect();
    format!("{}{end}", "*".repeat(27))
}

/// Replaces the secrets in a tree; `key` is the name above it.
pub(crate) fn scrub(value: &mut Json, key: &str) {
    match value {
        Json::Object(map) => {
            let endpoints = key.ends_with("additional_endpoints");
            for (name, value) in map.iter_mut() {
                // The keys of `additional_endpoints` stand in lists below their URLs.
                scrub(value, if endpoints { "api_key" } else { name });
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| scrub(item, key)),
        Json::String(text) if !text.is_empty() => *text = scrub_text(text, key),
        Json::Number(number) if is_secret(key) => {
            *value = scrub_text(&number.to_string(), key).into()
        }
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("api_key") || key.ends_with("app_key") || hides(&key)
}

fn hides(key: &str) -> bool {
    // Settings about secrets, such as where a backend's command lies, are none themselves.
    !key.starts_with("secret_") && !key.ends_with("_path") && {
        SECRET_PARTS.iter().any(|part| key.contains(part))
    }
}

fn scrub_text(text: &str, key: &str) -> String {
    let key = key.to_ascii_lowercase();
    if key.ends_with("api_key") || key.ends_with("app_key") {
        return key_end(text);
    }
    if hides(&key) {
        return "********".to_owned();
    }
    scrub_url(text)
}

/// Hides the password of `scheme://user:password@host`.
pub(crate) fn scrub_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let Some((user, _)) = authority.rsplit_once('@') else { return text.to_owned() };
    let after = &rest[user.len()..];
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:********{after}"),
        None => text.to_owned(),
    }
}

/// Writes a tree as YAML with two spaces a level.
pub(crate) fn write_yaml(out: &mut String, value: &Json, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                let key =
                    if is_plain(key) { key.clone() } else { Json::from(key.as_str()).to_string() };
                put(out, &format!("{indent}{key}:"), value, depth);
            }
        }
        Json::Array(items) => {
            for item in items {
                put(out, &format!("{indent}-"), item, depth);
            }
        }
        other => put(out, &indent, other, depth),
    }
}

fn put(out: &mut String, head: &str, value: &Json, depth: usize) {
    let written = match value {
        Json::Object(map) if !map.is_empty() => {
            out.push_str(head);
            out.push('\n');
            return write_yaml(out, value, depth + 1);
        }
        Json::Array(items) if !items.is_empty() => {
            out.push_str(head);
            out.push('\n');
            return write_yaml(out, value, depth + usize::from(head.trim_start() == "-"));
        }
        Json::Object(_) => writeln!(out, "{head} {{}}"),
        Json::Array(_) => writeln!(out, "{head} []"),
        Json::String(text) if is_plain(text) => writeln!(out, "{head} {text}"),
        other => writeln!(out, "{head} {other}"),
    };
    written.expect("BUG: writing to a string cannot fail");
}

/// Whether a text reads back as itself without quotes.
fn is_plain(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "inf" | "nan"
    );
    starts && !is_word && text.chars().all(inside)
}
