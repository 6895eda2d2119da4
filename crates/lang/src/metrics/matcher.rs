//! Which series a scope means.
//!
//! [`ScopeMatcher::new`] compiles a [`Scope`] once per query; `matches` runs once per series. Words
//! are compared without ASCII case, for tags are stored in lower case and host names are not.

use super::ast::Scope;
use crate::Wildcard;

/// The tags of one series: its own, its host's, `host:…` and `device:…` among them.
pub trait TagLookup {
    /// Calls `f` with each tag (`key:value` or bare) until it answers `true`; says whether it did.
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// Tags that lie in several lists, such as the series' own and its host's.
#[derive(Clone, Copy, Debug)]
pub struct TagLists<'a>(pub &'a [&'a dyn TagLookup]);

impl std::fmt::Debug for dyn TagLookup + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = f.debug_list();
        self.any_tag(&mut |tag| {
            list.entry(&tag);
            false
        });
        list.finish()
    }
}

impl TagLookup for TagLists<'_> {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.0.iter().any(|list| list.any_tag(f))
    }
}

impl<S: AsRef<str>> TagLookup for [S] {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.iter().any(|tag| f(tag.as_ref()))
    }
}

impl<S: AsRef<str>> TagLookup for Vec<S> {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.as_slice().any_tag(f)
    }
}

impl<S: AsRef<str>, const N: usize> TagLookup for [S; N] {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.as_slice().any_tag(f)
    }
}

impl TagLookup for model::TagSet {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.iter().any(f)
    }
}

/// A compiled [`Scope`].
#[derive(Clone, Debug)]
pub struct ScopeMatcher {
    node: Node,
}

#[derive(Clone, Debug)]
enum Node {
    All,
    /// The whole tag.
    Tag(Wildcard),
    /// A value of the key.
    Value(Box<str>, Wildcard),
    /// One of the values of the key: plain ones sorted, then patterns.
    OneOf(Box<str>, Vec<Box<str>>, Vec<Wildcard>),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl ScopeMatcher {
    pub fn new(scope: &Scope) -> Self {
        Self { node: compile(scope) }
    }

    /// Whether every series matches, so that none needs to be asked.
    pub fn is_all(&self) -> bool {
        matches!(self.node, Node::All)
    }

    pub fn matches(&self, tags: &dyn TagLookup) -> bool {
        self.node.matches(tags)
    }
}

fn compile(scope: &Scope) -> Node {
    match scope {
        // A variable that nobody replaced does not narrow the scope.
        Scope::All | Scope::Var(_) => Node::All,
        Scope::Tag { key, value: None } => Node::Tag(Wildcard::new(key)),
        Scope::Tag { key, value: Some(value) } => match Wildcard::new(value) {
            Wildcard::Exact(value) if !key.contains(['*', '?']) => {
                Node::Tag(Wildcard::Exact(format!("{}:{value}", key.to_lowercase()).into()))
            }
            _ if key.contains(['*', '?']) => Node::Tag(Wildcard::new(&format!("{key}:{value}"))),
            pattern => Node::Value(key.to_lowercase().into(), pattern),
        },
        Scope::In { key, values, negated } => {
            let one_of = compile_in(key, values);
            if *negated { Node::Not(Box::new(one_of)) } else { one_of }
        }
        Scope::Not(inner) => Node::Not(Box::new(compile(inner))),
        Scope::And(parts) => compile_and(parts),
        Scope::Or(parts) => {
            let nodes: Vec<Node> = parts.iter().map(compile).collect();
            match nodes.iter().any(|n| matches!(n, Node::All)) {
                true => Node::All,
                false => Node::Or(nodes),
            }
        }
    }
}

fn compile_and(parts: &[Scope]) -> Node {
    let mut nodes: Vec<Node> =
        parts.iter().map(compile).filter(|n| !matches!(n, Node::All)).collect();
    match nodes.len() {
        0 => Node::All,
        1 => nodes.remove(0),
        _ => Node::And(nodes),
    }
}

fn compile_in(key: &str, values: &[String]) -> Node {
    let mut plain = Vec::new();
    let mut patterns = Vec::new();
    for value in values {
        match Wildcard::new(value) {
            Wildcard::Exact(text) => plain.push(text),
            pattern => patterns.push(pattern),
        }
    }
    plain.sort_unstable();
    Node::OneOf(key.to_lowercase().into(), plain, patterns)
}

impl Node {
    fn matches(&self, tags: &dyn TagLookup) -> bool {
        match self {
            Self::All => true,
            Self::Tag(pattern) => tags.any_tag(&mut |tag| pattern.matches(tag)),
            Self::Value(key, pattern) => {
                tags.any_tag(&mut |tag| value_of(tag, key).is_some_and(|v| pattern.matches(v)))
            }
            Self::OneOf(key, plain, patterns) => tags.any_tag(&mut |tag| {
                value_of(tag, key).is_some_and(|v| is_one_of(v, plain, patterns))
            }),
            Self::Not(inner) => !inner.matches(tags),
            Self::And(nodes) => nodes.iter().all(|n| n.matches(tags)),
            Self::Or(nodes) => nodes.iter().any(|n| n.matches(tags)),
        }
    }
}

/// What stands after `key:` in the tag.
fn value_of<'t>(tag: &'t str, key: &str) -> Option<&'t str> {
    let head = tag.get(..key.len())?;
    let rest = tag[key.len()..].strip_prefix(':')?;
    head.eq_ignore_ascii_case(key).then_some(rest)
}

fn is_one_of(value: &str, plain: &[Box<str>], patterns: &[Wildcard]) -> bool {
    let cmp = |text: &str| text.bytes().cmp(value.bytes().map(|b| b.to_ascii_lowercase()));
    plain.binary_search_by(|text| cmp(text)).is_ok() || patterns.iter().any(|p| p.matches(value))
}

impl Scope {
    /// Convenience for one use; compile a [`ScopeMatcher`] to ask for many series.
    pub fn matches(&self, tags: &dyn TagLookup) -> bool {
        ScopeMatcher::new(self).matches(tags)
    }

    /// Tags (`key`, `value` in lower case) that every matching series has, so that an index may
    /// narrow the search before [`ScopeMatcher::matches`] decides. Values of `host` may be stored
    /// in another case.
    pub fn required_tags(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.collect_required(&mut found);
        found
    }

    fn collect_required(&self, found: &mut Vec<(String, String)>) {
        match self {
            Self::And(parts) => parts.iter().for_each(|p| p.collect_required(found)),
            Self::Tag { key, value: Some(value) } if !key.contains(['*', '?']) => {
                if let Wildcard::Exact(value) = Wildcard::new(value) {
                    found.push((key.to_lowercase(), value.into()));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metrics::{ast::ExprKind, parse};

    /// `tags` and the scope are as people write them.
    fn check(scope: &str, tags: &str, expect: bool) {
        let (query, diagnostics) = parse(&format!("avg:m{{{scope}}}"));
        assert_eq!(diagnostics, [], "{scope}");
        let ExprKind::Metric(metric) = &query.exprs[0].kind else { panic!("{scope}") };
        let tags: Vec<&str> = tags.split_whitespace().collect();
        assert_eq!(metric.scope.matches(&tags), expect, "{{{scope}}} on {tags:?}");
    }

    #[test]
    fn scopes() {
        check("*", "", true);
        check("", "env:prod", true);
        check("env:prod", "env:prod host:a", true);
        check("env:prod", "env:production", false);
        check("env:prod", "", false);
        check("ENV:Prod", "env:prod", true);
        check("host:Web-1", "host:WEB-1", true);
        check("production", "production env:x", true);
        check("production", "env:production", false);
        check("prod*", "prod:1", true);
        check("env:prod,host:a", "host:a env:prod", true);
        check("env:prod,host:a", "host:b env:prod", false);
        check("env:a OR env:b", "env:b", true);
        check("env:a AND (az:x OR az:y)", "env:a az:y", true);
        check("env:a AND (az:x OR az:y)", "env:a az:z", false);
        check("env:a AND az:x OR az:y", "az:y", true);
        check("env IN (a, B)", "env:b", true);
        check("env IN (a,b*)", "env:blue", true);
        check("env IN (a,b*)", "env:c", false);
        check("env NOT IN (a,b)", "env:c", true);
        check("env NOT IN (a,b)", "env:a", false);
        check("url:http://x/y", "url:http://x/y", true);
        check("$env", "env:prod", true);
        check("$env,host:a", "host:b", false);
    }

    #[test]
    fn absent_keys_count_as_unequal() {
        check("!env:prod", "host:a", true);
        check("!env:prod", "env:prod", false);
        check("NOT env:prod", "", true);
        check("env NOT IN (a)", "host:a", true);
        check("!env:*", "host:a", true);
        check("!env:*", "env:a", false);
        check("env:*", "env:a", true);
        check("env:*", "environment:a", false);
    }

    #[test]
    fn a_key_with_several_values_matches_by_any() {
        check("team:a", "team:a team:b", true);
        check("team:b", "team:a team:b", true);
        check("!team:a", "team:a team:b", false);
        check("team NOT IN (a)", "team:a team:b", false);
    }

    #[test]
    fn wildcards() {
        check("host:web-*", "host:web-1", true);
        check("host:*-canary", "host:x-canary", true);
        check("region:*east*", "region:us-east-1", true);
        check("host:web-?", "host:web-1", true);
        check("host:web-?", "host:web-12", false);
        check("!device:/dev/loop*", "device:/dev/loop3", false);
    }

    #[test]
    fn required_tags() {
        let required = |scope: &str| {
            let (query, _) = parse(&format!("avg:m{{{scope}}}"));
            query.metric_queries()[0].scope.required_tags()
        };
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(required("Env:Prod,host:a*,!x:y"), [pair("env", "prod")]);
        assert_eq!(required("a:b AND c:d"), [pair("a", "b"), pair("c", "d")]);
        assert_eq!(required("a:b OR c:d"), []);
    }
}
