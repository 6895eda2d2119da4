//! Letters: what a mail says, as plain text and as HTML.
//!
//! The HTML is what mail programs of every age understand: a table, styles at the elements, no script,
//! no picture from elsewhere.

use serde::{Deserialize, Serialize};

use super::email::PICTURE_ID;

/// One mail to one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The blob of the picture that the HTML shows.
    pub picture: Option<String>,
}

/// Somebody shows others a graph.
#[derive(Clone, Copy, Debug)]
pub struct SharedGraph<'a> {
    /// Who shows it.
    pub who: &'a str,
    /// Of the graph.
    pub title: &'a str,
    /// The time that it shows, as text.
    pub span: &'a str,
    pub note: &'a str,
    /// Where the graph lives.
    pub url: &'a str,
    /// Where the picture can be seen.
    pub snapshot_url: &'a str,
    /// Pixels of the picture as it is shown.
    pub size: (u32, u32),
}

impl SharedGraph<'_> {
    /// Subject, text and HTML of the mail; the address and the picture are left to be filled in.
    pub fn letter(&self) -> Letter {
        let Self { who, title, span, note, url, snapshot_url, .. } = self;
        let title = if title.is_empty() { "a graph" } else { title };
        let subject = format!("{who} shared: {title}");
        let note_rows = if note.is_empty() { String::new() } else { format!("{note}\n\n") };
        let text = format!(
            "{who} shared {title} ({span}).\n\n{note_rows}See it in Procyon: {url}\n\
             The picture: {snapshot_url}\n"
        );
        Letter { subject, text, html: self.html(title), ..Letter::default() }
    }

    fn html(&self, title: &str) -> String {
        let note = match self.note {
            "" => String::new(),
            note => format!(
                "<tr><td style=\"padding:0 0 16px;font-size:15px;line-height:22px\">{}</td></tr>\n",
                escape(note).replace('\n', "<br>")
            ),
        };
        let (who, title, span) = (escape(self.who), escape(title), escape(self.span));
        let (url, (width, height)) = (escape(self.url), self.size);
        format!(
            "<!doctype html>\n<html><body style=\"margin:0;padding:24px;background:#f4f5f7;\
             font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
             color:#1b1d22\">\n\
             <table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" width=\"{width}\" \
             style=\"max-width:100%;margin:0 auto;background:#ffffff;border:1px solid #e6e7eb;\
             border-radius:8px;padding:24px\">\n\
             <tr><td style=\"padding:0 0 4px;font-size:18px;line-height:26px;font-weight:600\">\
             {title}</td></tr>\n\
             <tr><td style=\"padding:0 0 16px;font-size:13px;line-height:20px;color:#575b66\">\
             {who} shared this graph · {span}</td></tr>\n{note}\
             <tr><td><a href=\"{url}\"><img src=\"cid:{PICTURE_ID}\" width=\"{width}\" \
             height=\"{height}\" alt=\"{title}\" style=\"display:block;width:100%;height:auto;\
             border:1px solid #e6e7eb;border-radius:6px\"></a></td></tr>\n\
             <tr><td style=\"padding:20px 0 0\"><a href=\"{url}\" style=\"display:inline-block;\
             padding:9px 16px;background:#4f57d9;color:#ffffff;border-radius:6px;font-size:14px;\
             font-weight:600;text-decoration:none\">Open in Procyon</a></td></tr>\n\
             </table>\n</body></html>\n"
        )
    }
}

/// A text as it stands in HTML, in attributes too.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_graph_says_who_what_and_where() {
        let graph = SharedGraph {
            who: "Ada <ada>",
            title: "Load \"now\"",
            span: "13:00 – 14:00 UTC",
            note: "see <script>\nthe peak",
            url: "http://p/dashboard/abc?from_ts=1&to_ts=2",
            snapshot_url: "http://p/snapshot/view/1/x.png",
            size: (720, 360),
        };
        let letter = graph.letter();
        assert_eq!(letter.subject, "Ada <ada> shared: Load \"now\"");
        assert!(letter.text.contains(graph.url) && letter.text.contains(graph.note));
        for part in ["cid:graph", "&lt;script&gt;<br>the peak", "from_ts=1&amp;to_ts=2"] {
            assert!(letter.html.contains(part), "{} lacks {part}", letter.html);
        }
        assert!(!letter.html.contains("<script"));
        let bare = SharedGraph { note: "", title: "", ..graph }.letter();
        assert!(bare.subject.ends_with("shared: a graph"));
    }
}
