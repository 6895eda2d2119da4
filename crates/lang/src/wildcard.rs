//! Patterns with `*` and `?`, compared without ASCII case.
//!
//! The common shapes (`web-*`, `*-canary`, `*east*`, no wildcard) are compared directly; only the
//! others walk the pattern. No pattern takes more than pattern × text steps.

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wildcard {
    /// `*`: everything.
    Any,
    Exact(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Contains(Box<str>),
    /// Everything else, with at least one wildcard.
    Glob(Box<str>),
}

impl Wildcard {
    /// `*` stands for any run of characters, `?` for one character. Nothing escapes them.
    pub fn new(pattern: &str) -> Self {
        let text = pattern.to_lowercase();
        let inner = text.trim_matches('*');
        let starts = text.starts_with('*');
        let ends = text.len() > 1 && text.ends_with('*');
        if inner.is_empty() && !text.is_empty() {
            return Self::Any;
        }
        if inner.contains(['*', '?']) {
            return Self::Glob(text.into());
        }
        let inner = inner.into();
        match (starts, ends) {
            (false, false) => Self::Exact(inner),
            (false, true) => Self::Prefix(inner),
            (true, false) => Self::Suffix(inner),
            (true, true) => Self::Contains(inner),
        }
    }

    pub fn matches(&self, text: &str) -> bool {
        let text_bytes = text.as_bytes();
        match self {
            Self::Any => true,
            Self::Exact(p) => p.eq_ignore_ascii_case(text),
            Self::Prefix(p) => starts_with(text_bytes, p.as_bytes()),
            Self::Suffix(p) => text_bytes
                .len()
                .checked_sub(p.len())
                .is_some_and(|at| text_bytes[at..].eq_ignore_ascii_case(p.as_bytes())),
            Self::Contains(p) => contains(text_bytes, p.as_bytes()),
            Self::Glob(p) => glob(p, text),
        }
    }
}

fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.len() >= needle.len()
        && (0..=text.len() - needle.len()).any(|at| starts_with(&text[at..], needle))
}

/// The usual walk with one point of return: the last `*`.
fn glob(pattern: &str, text: &str) -> bool {
    let mut p = pattern.chars();
    let mut t = text.chars();
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let t_before = t.clone();
        match (p.next(), t.next()) {
            (Some('*'), _) => {
                retry = Some((p.clone(), t_before.clone()));
                t = t_before;
            }
            (Some('?'), Some(_)) => {}
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
            (None, None) => return true,
            _ => {
                let Some((after_star, from)) = &mut retry else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                p = after_star.clone();
                t = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let check = |pattern: &str, text: &str, expect: bool| {
            assert_eq!(Wildcard::new(pattern).matches(text), expect, "{pattern:?} on {text:?}");
        };
        check("*", "", true);
        check("**", "x", true);
        check("", "", true);
        check("", "x", false);
        check("Web", "wEb", true);
        check("web", "web-1", false);
        check("web-*", "web-1", true);
        check("web-*", "web-", true);
        check("web-*", "we", false);
        check("*-canary", "a-CANARY", true);
        check("*-canary", "canary", false);
        check("*east*", "us-east-1", true);
        check("*east*", "us-west-1", false);
        check("a*c", "abbbc", true);
        check("a*c", "abbb", false);
        check("a*b*c", "a-b-b-c", true);
        check("a?c", "abc", true);
        check("a?c", "aéc", true);
        check("a?c", "ac", false);
        check("?*", "", false);
        check("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("é*", "école", true);
        check("/dev/loop*", "/dev/loop0", true);
    }
}
