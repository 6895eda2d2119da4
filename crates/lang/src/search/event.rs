//! Searching events.

use model::{AlertType, Event};

use super::{Fields, JsonFields, Value};

impl Fields for Event {
    fn any_text(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        f(&self.title) || f(&self.text)
    }

    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.tags.iter().any(f)
    }

    fn any_reserved(&self, name: &str, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let text = match name.to_ascii_lowercase().as_str() {
            "source" | "sources" | "source_type_name" => &self.source,
            "host" => &self.host,
            "device" | "device_name" => &self.device,
            "priority" => self.priority.name(),
            "status" if self.alert_type == AlertType::Success => {
                return f(Value::Text("success")) || f(Value::Text("ok"));
            }
            "status" | "alert_type" => self.alert_type.name(),
            "aggregation_key" | "aggregation" => &self.aggregation_key,
            "event_type" => &self.event_type,
            "category" => &self.category,
            "title" => &self.title,
            "message" | "text" => &self.text,
            "id" => return f(Value::Text(&self.id.to_string())),
            _ => return false,
        };
        !text.is_empty() && f(Value::Text(text))
    }

    /// The caller's attributes of a v2 event; beside them the reserved ones answer to `@` too.
    fn any_attribute(&self, path: &str, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        if let Ok(json) = serde_json::from_str(&self.attributes)
            && JsonFields(&json).any(path, f)
        {
            return true;
        }
        self.any_reserved(path.strip_prefix("evt.").unwrap_or(path), f)
    }

    fn every_attribute(&self, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let found = serde_json::from_str(&self.attributes)
            .is_ok_and(|json: serde_json::Value| JsonFields(&json).every(f));
        const NAMES: [&str; 7] =
            ["source", "host", "device", "priority", "status", "aggregation_key", "event_type"];
        found || NAMES.iter().any(|name| self.any_reserved(name, f))
    }
}

#[cfg(test)]
mod tests {
    use model::{EventPriority, TagSet};

    use super::*;
    use crate::search::parse;

    fn event() -> Event {
        Event {
            id: 42,
            title: "Deploy of checkout-api finished".to_owned(),
            text: "Version 1.2.3 rolled out to 5 hosts by Zoë".to_owned(),
            host: "Web-1".to_owned(),
            tags: TagSet::new(["env:prod", "team:core", "team:web", "canary", "url:http://x/y"]),
            priority: EventPriority::Low,
            alert_type: AlertType::Success,
            aggregation_key: "deploy-7".to_owned(),
            source: "jenkins".to_owned(),
            attributes: r#"{"http":{"status_code":404,"ips":["10.1.2.3","fe80::1"]},"a.b":"Dot",
                "ok":true,"took":"12.5","none":null,"items":[{"name":"x y"},{"name":"z"}]}"#
                .to_owned(),
            ..Event::default()
        }
    }

    #[track_caller]
    fn check(text: &str, expect: bool) {
        let (search, diagnostics) = parse(text);
        assert_eq!(diagnostics, [], "{text}");
        assert_eq!(search.matches(&event()), expect, "{text} as {search:?}");
        let (again, _) = parse(&search.to_string());
        assert_eq!(again.matches(&event()), expect, "{search}");
    }

    #[test]
    fn free_text() {
        check("", true);
        check("*", true);
        check("deploy", true);
        check("DEPLOY finished", true);
        check("deploy failed", false);
        check("deploy OR failed", true);
        check("deplo", false);
        check("deplo*", true);
        check("*ploy", true);
        check("*heck*", true);
        check("d?ploy", true);
        check("checkout-api", true);
        check("api-checkout", false);
        check("checkout-ap*", true);
        check("\"rolled out to\"", true);
        check("\"out rolled\"", false);
        check("\"of checkout api\"", true);
        check("ZOË", true);
        check("1.2.3", true);
        check("-failed", true);
        check("NOT deploy", false);
        check("jenkins", false);
    }

    #[test]
    fn fields_and_tags() {
        check("source:jenkins", true);
        check("source:(github OR jenkins)", true);
        check("sources:jen*", true);
        check("host:web-1", true);
        check("priority:low", true);
        check("status:success", true);
        check("status:ok", true);
        check("alert_type:success", true);
        check("-status:error", true);
        check("aggregation_key:deploy-7", true);
        check("env:prod", true);
        check("ENV:Prod", true);
        check("env:*", true);
        check("version:*", false);
        check("-version:*", true);
        check("_exists_:env", true);
        check("team:web", true);
        check("team:(core AND web)", true);
        check("team:(core AND -web)", false);
        check("tags:canary", true);
        check("tags:env:prod", true);
        check("tag:(env:prod AND team:core)", true);
        check("tags:\"env:prod\"", true);
        check("tags:prod", false);
        check("url:http://x/y", true);
        check("url:\"http://x/y\"", true);
        check("url:http\\:*", true);
    }

    #[test]
    fn attributes() {
        check("@http.status_code:404", true);
        check("@http.status_code:[400 TO 499]", true);
        check("@http.status_code:{404 TO 499]", false);
        check("@http.status_code:[* TO 404}", false);
        check("@http.status_code:[500 TO *]", false);
        check("@http.status_code:>=404", true);
        check("@http.status_code:>404", false);
        check("@http.status_code:<1000", true);
        check("@http.status_code:4*", true);
        check("@took:>12", true);
        check("@a.b:Dot", true);
        check("@a.b:dot", false);
        check("@a.b:D*", true);
        check("@ok:true", true);
        check("@none:*", false);
        check("@http:*", true);
        check("@items.name:z", true);
        check("@items.name:x?y", true);
        check("@items.name:\"x y\"", true);
        check("@items.name:x\\ y", true);
        check("@http.ips:10.1.2.3", true);
        check("CIDR(@http.ips, 10.0.0.0/8)", true);
        check("CIDR(@http.ips,11.0.0.0/8, fe80::/10)", true);
        check("-CIDR(@http.ips, 192.168.0.0/16)", true);
        check("*:dot", true);
        check("*:prod", true);
        check("*:rolled", true);
        check("*:nothing", false);
        check("@status:ok", true);
    }
}
