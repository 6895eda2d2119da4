//! The page at `/` until there is a real one: that Procyon runs, and where to send data.

use http::{HeaderName, HeaderValue};

use crate::answer::Answer;
use crate::call::Call;
use crate::door::{self, Need};
use crate::error::Result;
use crate::routes::Routes;

/// Nothing is loaded from anywhere and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/", Need::Nothing, front)
}

async fn front(call: Call) -> Result<Answer> {
    let host = door::text(&call.headers, "host").unwrap_or("localhost:8127");
    let url = format!("http://{}", escape(host));
    let html = PAGE.replace("{url}", &url).replace("{version}", call.state.version);
    let headers = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    let answer = Answer::text("text/html; charset=utf-8", html);
    Ok(headers.into_iter().fold(answer, |answer, (name, value)| {
        answer.header(HeaderName::from_static(name), HeaderValue::from_static(value))
    }))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Procyon</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: 4px; }
</style>
</head>
<body>
<h1>Procyon is running</h1>
<p>Version {version}. The keys are in <code>bootstrap.json</code> in the data directory.</p>
<h2>Send a metric</h2>
<pre>curl -X POST {url}/api/v2/series \
  -H "DD-API-KEY: $DD_API_KEY" -H "Content-Type: application/json" \
  -d '{"series":[{"metric":"my.metric","type":3,"points":[{"timestamp":'$(date +%s)',"value":1}]}]}'</pre>
<h2>Ask for it</h2>
<pre>curl -G {url}/api/v1/query \
  -H "DD-API-KEY: $DD_API_KEY" -H "DD-APPLICATION-KEY: $DD_APP_KEY" \
  --data-urlencode "from=$(($(date +%s)-3600))" --data-urlencode "to=$(date +%s)" \
  --data-urlencode "query=avg:my.metric{*}"</pre>
<h2>Send from an Agent</h2>
<pre>DD_DD_URL={url} DD_API_KEY=…</pre>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_sends_is_escaped() {
        assert_eq!(escape("a<b>\"&'"), "a&lt;b&gt;&quot;&amp;&#39;");
    }
}
