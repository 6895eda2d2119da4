//! The tags of one series: normalised, sorted, without repeats, in text that is used again for the
//! next series.

use std::borrow::Cow;

use model::{TAGS_PER_SERIES_MAX, normalize_host, normalize_tag};

/// How the Agent passes a resource through a tag. Source: `pkg/serializer/.../iterable_series.go`.
const RESOURCE_PREFIX: &str = "dd.internal.resource:";

#[derive(Debug, Default)]
pub(crate) struct TagScratch {
    /// Normalised tags joined by commas, in canonical order while `is_sorted`.
    joined: String,
    is_sorted: bool,
    /// Where the tag pushed last begins in `joined`.
    last_start: usize,
    n_tags: usize,
    /// Value of the first `host:` tag, in host form; not in `joined`.
    host: String,
    /// Value of the first `device:` tag, normalised; not in `joined`.
    device: String,
    /// Swapped with `joined` when it has to be sorted.
    spare: String,
    spans: Vec<(u32, u32)>,
}

impl TagScratch {
    pub(crate) fn clear(&mut self) {
        self.joined.clear();
        self.host.clear();
        self.device.clear();
        self.is_sorted = true;
        self.n_tags = 0;
        self.last_start = 0;
    }

    /// Whether no tag named a host or device, so that the tags do not depend on those of a series.
    pub(crate) fn is_plain(&self) -> bool {
        self.host.is_empty() && self.device.is_empty()
    }

    /// The value of the first `host:` tag.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The value of the first `device:` tag.
    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    /// The tags that were pushed; canonical only after [`Self::finish`].
    pub(crate) fn joined(&self) -> &str {
        &self.joined
    }

    /// Adds a tag as it was sent. Nothing is left of some; those over the bound are left out.
    #[inline]
    pub(crate) fn push(&mut self, raw: &str) {
        // Tags with a meaning begin with `d` or `h`, in whatever case.
        if raw.as_bytes().first().is_some_and(|b| matches!(b | 0x20, b'd' | b'h'))
            && self.push_special(raw)
        {
            return;
        }
        if let Some(tag) = normalize_tag(raw) {
            self.push_normal(&tag);
        }
    }

    fn push_special(&mut self, raw: &str) -> bool {
        if let Some(value) = strip_key(raw, "host:").filter(|_| self.host.is_empty())
            && let Some(host) = normalize_host(value).filter(|h| !h.is_empty())
        {
            self.host.push_str(&host);
            return true;
        }
        if strip_key(raw, "device:").is_some() && self.device.is_empty() {
            let tag = normalize_tag(raw).unwrap_or(Cow::Borrowed(""));
            if let Some(device) = tag.strip_prefix("device:").filter(|d| !d.is_empty()) {
                self.device.push_str(device);
                return true;
            }
        }
        let Some((kind, name)) = raw.strip_prefix(RESOURCE_PREFIX).and_then(|r| r.split_once(':'))
        else {
            return false;
        };
        self.push_resource(kind, name);
        true
    }

    /// Adds a resource that is neither the host nor the device of the series.
    pub(crate) fn push_resource(&mut self, kind: &str, name: &str) {
        self.push(&format!("{kind}:{name}"));
    }

    /// Adds a tag that is in normal form.
    #[inline]
    pub(crate) fn push_normal(&mut self, tag: &str) {
        if self.n_tags == TAGS_PER_SERIES_MAX {
            return;
        }
        if self.n_tags > 0 {
            match self.joined[self.last_start..].cmp(tag) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return,
                std::cmp::Ordering::Greater => self.is_sorted = false,
            }
            self.joined.push(',');
        }
        self.last_start = self.joined.len();
        self.joined.push_str(tag);
        self.n_tags += 1;
    }

    /// Adds what another scratch holds (a tag set of a columnar body).
    pub(crate) fn push_all(&mut self, joined: &str, host: &str, device: &str) {
        if self.n_tags == 0 && !joined.is_empty() {
            self.joined.push_str(joined);
            self.n_tags = joined.split(',').count();
            self.last_start = joined.rfind(',').map_or(0, |comma| comma + 1);
        } else {
            for tag in joined.split(',').filter(|t| !t.is_empty()) {
                self.push_normal(tag);
            }
        }
        if self.host.is_empty() {
            self.host.push_str(host);
        }
        if self.device.is_empty() {
            self.device.push_str(device);
        }
    }

    /// Puts the tags in canonical order. `host` and `device` are those of the series' own fields,
    /// empty when it has none: a `host:` tag that says otherwise becomes a plain tag again.
    pub(crate) fn finish(&mut self, host: &str, device: &str) {
        if !host.is_empty() && !self.host.is_empty() && self.host != host {
            let tag = format!("host:{}", self.host);
            self.push_normal(&normalize_tag(&tag).unwrap_or_default());
        }
        if !device.is_empty() && !self.device.is_empty() && self.device != device {
            let tag = format!("device:{}", self.device);
            self.push_normal(&tag);
        }
        self.sort();
    }

    pub(crate) fn sort(&mut self) {
        if self.is_sorted {
            return;
        }
        self.spans.clear();
        let mut start = 0;
        for tag in self.joined.split(',') {
            self.spans.push((start, start + tag.len() as u32));
            start += tag.len() as u32 + 1;
        }
        let (joined, spare) = (&self.joined, &mut self.spare);
        let text = |span: &(u32, u32)| &joined[span.0 as usize..span.1 as usize];
        self.spans.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        self.spans.dedup_by(|a, b| text(a) == text(b));
        spare.clear();
        for span in &self.spans {
            if !spare.is_empty() {
                spare.push(',');
            }
            spare.push_str(text(span));
        }
        std::mem::swap(&mut self.joined, &mut self.spare);
        self.n_tags = self.spans.len();
        self.last_start = self.joined.rfind(',').map_or(0, |comma| comma + 1);
        self.is_sorted = true;
    }
}

/// The value of a tag of this key (which ends with a colon), the key in any case.
fn strip_key<'a>(raw: &'a str, key: &str) -> Option<&'a str> {
    let head = raw.get(..key.len())?;
    head.eq_ignore_ascii_case(key).then(|| &raw[key.len()..])
}

/// A device's name as it is kept: in the form of a tag's value. Empty when nothing is left.
pub(crate) fn normalize_device(device: &str) -> Cow<'_, str> {
    let is_normal = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'/' | b'-');
    if device.len() <= 128 && device.as_bytes().iter().all(is_normal) {
        return Cow::Borrowed(device);
    }
    let tag = format!("device:{}", device.trim());
    let normal = normalize_tag(&tag).unwrap_or_default();
    Cow::Owned(normal.strip_prefix("device:").unwrap_or_default().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &[&str], own: (&str, &str), expect: (&str, &str, &str)) {
        let mut tags = TagScratch::default();
        tags.push("left:over");
        tags.clear();
        raw.iter().for_each(|tag| tags.push(tag));
        tags.finish(own.0, own.1);
        assert_eq!((tags.joined(), tags.host(), tags.device()), expect, "{raw:?}");
    }

    #[test]
    fn order_and_repeats() {
        let none = ("", "");
        check(&[], none, ("", "", ""));
        check(&["a:1", "b:2"], none, ("a:1,b:2", "", ""));
        check(&["b:2", "a:1", "b:2", "a:1"], none, ("a:1,b:2", "", ""));
        check(&["a:1", "a:1"], none, ("a:1", "", ""));
        check(&["Env:Prod", "a,b", "", "  "], none, ("a_b,env:prod", "", ""));
        check(&["a", "a:b", "a-b", "a_b"], none, ("a,a-b,a:b,a_b", "", ""));
    }

    #[test]
    fn hosts_and_devices() {
        let none = ("", "");
        check(&["b:1", "host:Web-1", "device:SDA"], none, ("b:1", "Web-1", "sda"));
        check(&["host:a", "host:b"], none, ("host:b", "a", ""));
        check(&["host:a", "z:1"], ("a", ""), ("z:1", "a", ""));
        check(&["host:b", "z:1"], ("a", ""), ("host:b,z:1", "b", ""));
        check(&["device:b"], ("", "a"), ("device:b", "", "b"));
        check(&["host:", "device:"], none, ("device:,host:", "", ""));
        check(&["hostile:1", "devices:2"], none, ("devices:2,hostile:1", "", ""));
        check(&["dd.internal.resource:db:x", "a:1"], none, ("a:1,db:x", "", ""));
        check(&["dd.internal.resource:host:x"], none, ("", "x", ""));
    }

    #[test]
    fn bounded() {
        let many: Vec<String> = (0..1000).map(|i| format!("t{i}")).collect();
        let mut tags = TagScratch::default();
        tags.clear();
        many.iter().for_each(|tag| tags.push(tag));
        tags.finish("", "");
        assert_eq!(tags.joined().split(',').count(), TAGS_PER_SERIES_MAX);
    }
}
