//! Messages of DogStatsD, borrowed from the packet: nothing is copied or allocated for a metric.
//!
//! Grammar: docs.datadoghq.com "DogStatsD datagram format" up to protocol 1.6, and the Agent's
//! `comp/dogstatsd/server/parse*.go` where the page is silent. A metric is
//! `NAME:VALUE[:VALUE…]|TYPE[|@RATE][|#TAGS][|T SECS][|c:LOCAL][|e:EXTERNAL][|card:CARDINALITY]`,
//! with the fields after the type in any order and unknown ones ignored.

use memchr::{memchr, memmem};

/// Largest header of an event that makes sense: `_e{` and two lengths.
const EVENT_HEADER_MAX: usize = 64;

/// What a line is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Metric,
    Event,
    ServiceCheck,
}

impl Kind {
    #[inline]
    pub(crate) fn of(line: &[u8]) -> Self {
        match line {
            [b'_', b'e', b'{', ..] => Self::Event,
            [b'_', b's', b'c', ..] => Self::ServiceCheck,
            _ => Self::Metric,
        }
    }
}

/// How the values of a metric are to be summed up. A timing is a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum MetricType {
    Count,
    Gauge,
    Set,
    Histogram,
    Distribution,
}

/// Why a message was refused; a short text for people.
pub(crate) type Reason = &'static str;

/// A metric message. All texts are as they were sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Metric<'a> {
    pub(crate) name: &'a [u8],
    /// One value, or several with colons between; a set's value keeps its colons.
    pub(crate) values: &'a [u8],
    pub(crate) kind: MetricType,
    /// In (0, 1].
    pub(crate) rate: f64,
    /// Comma-separated; empty when there are none.
    pub(crate) tags: &'a [u8],
    /// Unix seconds; 0 when the sample carries no time.
    pub(crate) time_secs: i64,
    pub(crate) origin: Origin<'a>,
}

/// Who sent a message, as the client says; empty where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// `c:` `ci-<container id>`, `in-<cgroup inode>`.
    pub(crate) local: &'a [u8],
    /// `e:` of the admission controller.
    pub(crate) external: &'a [u8],
    pub(crate) cardinality: &'a [u8],
    /// Id of the container at the other end of a Unix socket; not part of the message.
    pub(crate) sender: &'a str,
}

/// Splits at the first `|`; the rest is `None` at the end of the message.
#[inline]
fn field(message: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr(b'|', message) {
        Some(at) => (&message[..at], Some(&message[at + 1..])),
        None => (message, None),
    }
}

/// Reads one line that is neither event nor service check.
#[inline]
pub(crate) fn metric(line: &[u8]) -> Result<Metric<'_>, Reason> {
    // Names and values are short: a loop finds the colon sooner than a search of the whole line.
    let Some(colon) = line.iter().position(|&b| b == b':' || b == b'|') else {
        return Err("no `:` between name and value");
    };
    if line[colon] == b'|' {
        return Err("no `:` between name and value");
    }
    let name = &line[..colon];
    if name.is_empty() {
        return Err("an empty name");
    }
    let (values, rest) = field(&line[colon + 1..]);
    let Some(rest) = rest else { return Err("no `|` before the type") };
    let (kind, mut rest) = match rest {
        [b'c'] => (MetricType::Count, None),
        [b'g'] => (MetricType::Gauge, None),
        [b'c', b'|', rest @ ..] => (MetricType::Count, Some(rest)),
        [b'g', b'|', rest @ ..] => (MetricType::Gauge, Some(rest)),
        other => {
            let (kind, rest) = field(other);
            (type_of(kind)?, rest)
        }
    };
    let mut metric = Metric {
        name,
        values,
        kind,
        rate: 1.0,
        tags: b"",
        time_secs: 0,
        origin: Origin::default(),
    };
    while let Some(fields) = rest {
        let part;
        (part, rest) = field(fields);
        match part {
            [b'#', tags @ ..] => metric.tags = tags,
            [b'@', rate @ ..] => metric.rate = sample_rate(rate)?,
            [b'T', secs @ ..] => metric.time_secs = timestamp(secs)?,
            other => metric.origin.read(other),
        }
    }
    Ok(metric)
}

fn type_of(text: &[u8]) -> Result<MetricType, Reason> {
    match text {
        b"c" => Ok(MetricType::Count),
        b"g" => Ok(MetricType::Gauge),
        b"s" => Ok(MetricType::Set),
        b"h" | b"ms" => Ok(MetricType::Histogram),
        b"d" => Ok(MetricType::Distribution),
        _ => Err("the type is none of c, g, s, h, ms, d"),
    }
}

fn sample_rate(text: &[u8]) -> Result<f64, Reason> {
    let rate = float(text).ok_or("the sample rate is no number")?;
    if rate > 0.0 && rate <= 1.0 { Ok(rate) } else { Err("the sample rate is not in (0, 1]") }
}

fn timestamp(text: &[u8]) -> Result<i64, Reason> {
    let secs = integer(text).ok_or("the timestamp is no whole number")?;
    if secs > 0 { Ok(secs) } else { Err("the timestamp is not above 0") }
}

impl<'a> Origin<'a> {
    /// Whether nothing says who has sent the message.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.local.len() + self.external.len() + self.cardinality.len() + self.sender.len() == 0
    }

    /// Takes a field that says where a message is from; ignores any other.
    fn read(&mut self, part: &'a [u8]) {
        match part {
            [b'c', b':', id @ ..] => self.local = id,
            [b'e', b':', data @ ..] => self.external = data,
            [b'c', b'a', b'r', b'd', b':', cardinality @ ..] => self.cardinality = cardinality,
            _ => {}
        }
    }
}

/// The numbers of a metric's values; an empty one is skipped, a bad one is an error.
#[derive(Clone, Debug)]
pub(crate) struct Values<'a>(Option<&'a [u8]>);

impl<'a> Values<'a> {
    pub(crate) fn new(values: &'a [u8]) -> Self {
        Self(Some(values))
    }
}

impl Iterator for Values<'_> {
    type Item = Result<f64, Reason>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.0?;
            let part = match rest.iter().position(|&b| b == b':') {
                Some(at) => {
                    self.0 = Some(&rest[at + 1..]);
                    &rest[..at]
                }
                None => {
                    self.0 = None;
                    rest
                }
            };
            if !part.is_empty() {
                return Some(float(part).ok_or("a value is no number"));
            }
        }
    }
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A finite number in decimal; `None` for anything else.
///
/// Up to 15 digits with a point are exact as one division of two exact doubles (Clinger 1990),
/// and that is nearly all that clients send; the rest goes to the standard library.
#[inline]
pub(crate) fn float(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 16 {
        return slow_float(text);
    }
    let (mut mantissa, mut n_digits, mut point) = (0_u64, 0, None);
    for (i, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                n_digits += 1;
            }
            b'.' if point.is_none() => point = Some(i),
            _ => return slow_float(text),
        }
    }
    if n_digits == 0 || n_digits > 15 {
        return slow_float(text);
    }
    let n_decimals = point.map_or(0, |at| digits.len() - at - 1);
    let value = mantissa as f64 / POWERS[n_decimals];
    Some(if negative { -value } else { value })
}

#[cold]
fn slow_float(text: &[u8]) -> Option<f64> {
    str::from_utf8(text).ok()?.parse::<f64>().ok().filter(|value| value.is_finite())
}

pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// An event message. Title and text still have `\n` as two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Event<'a> {
    pub(crate) title: &'a [u8],
    pub(crate) text: &'a [u8],
    /// Unix seconds; 0 when the event carries no time.
    pub(crate) time_secs: i64,
    pub(crate) host: &'a [u8],
    pub(crate) priority: &'a [u8],
    pub(crate) alert_type: &'a [u8],
    pub(crate) aggregation_key: &'a [u8],
    pub(crate) source: &'a [u8],
    pub(crate) tags: &'a [u8],
    pub(crate) origin: Origin<'a>,
}

/// Reads `_e{TITLE_LEN,TEXT_LEN}:TITLE|TEXT[|FIELDS]`; the lengths are in bytes.
pub(crate) fn event(line: &[u8]) -> Result<Event<'_>, Reason> {
    let head = line.strip_prefix(b"_e{").ok_or("no `_e{`")?;
    let close = memchr(b'}', &head[..head.len().min(EVENT_HEADER_MAX)])
        .ok_or("no `}` after the lengths")?;
    let comma = memchr(b',', &head[..close]).ok_or("no `,` between the lengths")?;
    let length = |text: &[u8]| integer(text).and_then(|n| usize::try_from(n).ok());
    let title_len = length(&head[..comma]).ok_or("the title's length is no number")?;
    let text_len = length(&head[comma + 1..close]).ok_or("the text's length is no number")?;
    if title_len == 0 {
        return Err("an empty title");
    }
    let body = head[close + 1..].strip_prefix(b":").ok_or("no `:` after the lengths")?;
    if body.len() < title_len.saturating_add(text_len).saturating_add(1) {
        return Err("shorter than its lengths say");
    }
    if body[title_len] != b'|' {
        return Err("no `|` after the title: its length is wrong");
    }
    let text = &body[title_len + 1..title_len + 1 + text_len];
    let mut rest = match &body[title_len + 1 + text_len..] {
        [] => None,
        [b'|', rest @ ..] => Some(rest),
        _ => return Err("no `|` after the text: its length is wrong"),
    };
    let mut event = Event { title: &body[..title_len], text, ..Event::default() };
    while let Some(fields) = rest {
        let part;
        (part, rest) = field(fields);
        match part {
            // What is wrong with an optional field does not cost the event.
            [b'd', b':', secs @ ..] => event.time_secs = integer(secs).unwrap_or(0).max(0),
            [b'h', b':', host @ ..] => event.host = host,
            [b'p', b':', priority @ ..] => event.priority = priority,
            [b't', b':', alert_type @ ..] => event.alert_type = alert_type,
            [b'k', b':', key @ ..] => event.aggregation_key = key,
            [b's', b':', source @ ..] => event.source = source,
            [b'#', tags @ ..] => event.tags = tags,
            other => event.origin.read(other),
        }
    }
    Ok(event)
}

/// A service check message. Its message still has `\n` and `m\:` as they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ServiceCheck<'a> {
    pub(crate) name: &'a [u8],
    /// 0 to 3.
    pub(crate) status: u8,
    /// Unix seconds; 0 when the check carries no time.
    pub(crate) time_secs: i64,
    pub(crate) host: &'a [u8],
    pub(crate) tags: &'a [u8],
    pub(crate) message: &'a [u8],
    pub(crate) origin: Origin<'a>,
}

/// Reads `_sc|NAME|STATUS[|FIELDS]`.
pub(crate) fn service_check(line: &[u8]) -> Result<ServiceCheck<'_>, Reason> {
    let body = line.strip_prefix(b"_sc|").ok_or("no `|` after `_sc`")?;
    let (name, rest) = field(body);
    if name.is_empty() {
        return Err("an empty name");
    }
    let (status, mut rest) = field(rest.ok_or("no status")?);
    let [status @ b'0'..=b'3'] = status else { return Err("the status is none of 0, 1, 2, 3") };
    let mut check = ServiceCheck { name, status: status - b'0', ..ServiceCheck::default() };
    while let Some(fields) = rest {
        let part;
        (part, rest) = field(fields);
        match part {
            [b'd', b':', secs @ ..] => check.time_secs = integer(secs).unwrap_or(0).max(0),
            [b'h', b':', host @ ..] => check.host = host,
            [b'#', tags @ ..] => check.tags = tags,
            [b'm', b':', message @ ..] => check.message = message,
            other => check.origin.read(other),
        }
    }
    Ok(check)
}

/// A text of an event or service check: `\n` becomes a newline, `m\:` becomes `m:`, and what is no
/// UTF-8 is replaced.
pub(crate) fn unescape(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if memmem::find(text.as_bytes(), b"\\").is_none() {
        return text.into_owned();
    }
    text.replace("\\n", "\n").replace("m\\:", "m:")
}

#[cfg(test)]
mod tests;
