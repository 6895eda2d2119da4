//! Template variables: `$env` in a scope becomes what the dashboard's reader chose.

use super::ast::*;
use super::parse::scope::template_var;

/// What a template variable stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateValue {
    /// The tag key (`prefix` in a dashboard); `None` when the values are whole tags.
    pub key: Option<String>,
    /// The chosen values; none, or `*` among them, means that the variable does not narrow.
    pub values: Vec<String>,
}

/// Looks a variable up by its name without the `$`; `None` leaves it as it is.
type Lookup<'l> = &'l dyn Fn(&str) -> Option<TemplateValue>;

impl Query {
    /// Puts the values in place of the variables. Returns the names that `lookup` did not know,
    /// each once; those are left, and match everything.
    pub fn substitute(&mut self, lookup: Lookup<'_>) -> Vec<String> {
        let mut unknown = Vec::new();
        for expr in &mut self.exprs {
            substitute_expr(expr, lookup, &mut unknown);
        }
        unknown
    }
}

fn substitute_expr(expr: &mut Expr, lookup: Lookup<'_>, unknown: &mut Vec<String>) {
    match &mut expr.kind {
        ExprKind::Number(_) | ExprKind::Ref(_) | ExprKind::Missing => {}
        ExprKind::Neg(e) | ExprKind::Modified { expr: e, .. } => {
            substitute_expr(e, lookup, unknown);
        }
        ExprKind::Binary { left, right, .. } => {
            substitute_expr(left, lookup, unknown);
            substitute_expr(right, lookup, unknown);
        }
        ExprKind::Call(call) => {
            for arg in &mut call.args {
                if let ArgValue::Expr(e) = &mut arg.value {
                    substitute_expr(e, lookup, unknown);
                }
            }
        }
        ExprKind::Metric(metric) => {
            let mut vars = Vars { lookup, unknown };
            vars.scope(&mut metric.scope);
            let by = std::mem::take(&mut metric.by);
            for key in by.into_iter().flat_map(|key| vars.group_key(key)) {
                if !metric.by.contains(&key) {
                    metric.by.push(key);
                }
            }
        }
    }
}

struct Vars<'v> {
    lookup: Lookup<'v>,
    unknown: &'v mut Vec<String>,
}

impl Vars<'_> {
    fn find(&mut self, name: &str) -> Option<TemplateValue> {
        let found = (self.lookup)(name);
        if found.is_none() && !self.unknown.iter().any(|n| n == name) {
            self.unknown.push(name.to_owned());
        }
        found
    }

    fn scope(&mut self, scope: &mut Scope) {
        match scope {
            Scope::All => {}
            Scope::Var(var) => {
                if let Some(value) = self.find(&var.name) {
                    *scope = var_scope(&value, var.part);
                }
            }
            Scope::Tag { key, value: Some(value) } => {
                if let Some(values) = self.expand(value) {
                    *scope = tag_scope(std::mem::take(key), values);
                }
            }
            Scope::Tag { value: None, .. } => {}
            Scope::In { values, .. } => {
                let old = std::mem::take(values);
                for value in old {
                    match self.expand(&value) {
                        Some(expanded) => values.extend(expanded),
                        None => values.push(value),
                    }
                }
            }
            Scope::Not(inner) => self.scope(inner),
            Scope::And(parts) | Scope::Or(parts) => parts.iter_mut().for_each(|p| self.scope(p)),
        }
    }

    /// The values of a text that holds a variable: `$host`, `web-$n.value`, `$host*`; `None` when
    /// it holds none that is known. No choice reads as `*`.
    fn expand(&mut self, text: &str) -> Option<Vec<String>> {
        let at = text.find('$')?;
        let tail = &text[at + 1..];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let len = tail.find(|c| !is_name(c)).unwrap_or(tail.len());
        let var = template_var(&tail[..len]);
        let value = self.find(&var.name)?;
        let (before, after) = (&text[..at], &tail[len..]);
        let choices = match is_open(&value) {
            true => vec!["*".to_owned()],
            false => value.values,
        };
        let strip = |choice: &str| match (&value.key, choice.split_once(':')) {
            (None, Some((_, v))) => v.to_owned(),
            _ => choice.to_owned(),
        };
        Some(choices.iter().map(|c| format!("{before}{}{after}", strip(c))).collect())
    }

    /// Grouping by `$var` groups by the variable's values, by `$var.key` by its tag key.
    fn group_key(&mut self, key: String) -> Vec<String> {
        let Some(name) = key.strip_prefix('$') else {
            return vec![key];
        };
        let var = template_var(name);
        match self.find(&var.name) {
            None => vec![key],
            Some(value) if var.part == VarPart::Key => value.key.into_iter().collect(),
            Some(value) if is_open(&value) => Vec::new(),
            Some(value) => value.values,
        }
    }
}

/// Whether the variable narrows nothing.
fn is_open(value: &TemplateValue) -> bool {
    value.values.is_empty() || value.values.iter().any(|v| v == "*")
}

fn var_scope(value: &TemplateValue, part: VarPart) -> Scope {
    if is_open(value) {
        return Scope::All;
    }
    match (&value.key, part) {
        (Some(key), VarPart::Tag) => tag_scope(key.clone(), value.values.clone()),
        (Some(key), VarPart::Key) => Scope::Tag { key: key.clone(), value: Some("*".to_owned()) },
        _ => {
            let mut tags: Vec<Scope> = value.values.iter().map(|v| whole_tag(v)).collect();
            if tags.len() == 1 { tags.remove(0) } else { Scope::Or(tags) }
        }
    }
}

fn tag_scope(key: String, mut values: Vec<String>) -> Scope {
    if values.len() == 1 {
        return Scope::Tag { key, value: values.pop() };
    }
    Scope::In { key, values, negated: false }
}

fn whole_tag(text: &str) -> Scope {
    match text.split_once(':') {
        Some((key, value)) => Scope::Tag { key: key.to_owned(), value: Some(value.to_owned()) },
        None => Scope::Tag { key: text.to_owned(), value: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::parse;

    fn check(scope: &str, expect: &str) {
        let (mut query, diagnostics) = parse(&format!("avg:m{scope}"));
        assert_eq!(diagnostics, [], "{scope}");
        query.substitute(&|name| {
            let value = |key: Option<&str>, values: &[&str]| TemplateValue {
                key: key.map(str::to_owned),
                values: values.iter().map(|v| (*v).to_owned()).collect(),
            };
            match name {
                "env" => Some(value(Some("env"), &["prod"])),
                "host" => Some(value(Some("host"), &["a", "b"])),
                "all" => Some(value(Some("kube"), &["*"])),
                "none" => Some(value(Some("kube"), &[])),
                "tags" => Some(value(None, &["az:x", "canary"])),
                "tag" => Some(value(None, &["az:x"])),
                "by" => Some(value(None, &["host", "az"])),
                _ => None,
            }
        });
        assert_eq!(query.to_string(), format!("avg:m{expect}"), "{scope}");
    }

    #[test]
    fn substitution() {
        check("{$env}", "{env:prod}");
        check("{$host}", "{host IN (a,b)}");
        check("{!$host}", "{NOT host IN (a,b)}");
        check("{$all,$none,$env}", "{*,*,env:prod}");
        check("{$tag}", "{az:x}");
        check("{$tags}", "{az:x OR canary}");
        check("{stage:$env}", "{stage:prod}");
        check("{stage:$env.value}", "{stage:prod}");
        check("{node:$host.value}", "{node IN (a,b)}");
        check("{node:web-$host*}", "{node IN (web-a*,web-b*)}");
        check("{node:$all.value}", "{node:*}");
        check("{zone:$tag}", "{zone:x}");
        check("{node IN (x,$host)}", "{node IN (x,a,b)}");
        check("{$env.key}", "{env:*}");
        check("{$other,$env}", "{$other,env:prod}");
        check("{node:$other.value}", "{node:$other.value}");
        check("{*} by {$by,host}", "{*} by {host,az}");
        check("{*} by {$env.key}", "{*} by {env}");
    }

    #[test]
    fn unknown_variables_are_named_once() {
        let (mut query, _) = parse("avg:m{$x,a:$x} + avg:m{$y}");
        assert_eq!(query.substitute(&|_| None), ["x", "y"]);
    }
}
