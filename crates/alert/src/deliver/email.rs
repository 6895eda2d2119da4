//! E-mail by SMTP.
//!
//! One URL says where the mail server is and who we are there: `smtps://user:password@host` speaks TLS
//! from the first byte, `smtp://user:password@host` goes over to TLS by STARTTLS and refuses to go on
//! without, `smtp://host?tls=none` speaks in the clear. A mail server on this machine is spoken to in
//! the clear unless the URL says otherwise.

use std::fmt;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::letter::Letter;

/// For each step of the conversation with the mail server.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Name of the picture within a letter, to which the text refers.
pub(crate) const PICTURE_ID: &str = "graph";

/// Where the mail server is, and who we are there.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    host: String,
    port: u16,
    tls: TlsMode,
    user: Option<String>,
    password: String,
    from: Mailbox,
    /// Certificates in PEM form that are trusted besides the public ones.
    authorities: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TlsMode {
    None,
    StartTls,
    Wrapped,
}

/// Settings that say nothing sensible; the text says which and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {what}")]
pub struct SettingsError {
    /// `smtp-url`, `mail-from` or `smtp-ca`.
    pub setting: &'static str,
    pub what: String,
}

impl SettingsError {
    fn new(setting: &'static str, what: impl Into<String>) -> Self {
        Self { setting, what: what.into() }
    }
}

/// Without the password.
impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, tls, user, from, .. } = self;
        write!(f, "SmtpSettings({host}:{port} {tls:?}, user {user:?}, from {from})")
    }
}

impl SmtpSettings {
    /// Reads `smtp://…` or `smtps://…`; `from` is the sender's address, which may be left out when
    /// the user's name is one.
    ///
    /// # Errors
    /// Names the setting and what is wrong with it.
    pub fn parse(smtp_url: &str, from: Option<&str>) -> Result<Self, SettingsError> {
        let wrong = |what: String| SettingsError::new("smtp-url", what);
        let url = Url::parse(smtp_url).map_err(|error| wrong(format!("is no URL: {error}")))?;
        let is_wrapped = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            other => {
                return Err(wrong(format!("begins with smtp:// or smtps://, not {other}://")));
            }
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("names no host".to_owned()))?;
        let tls = tls_mode(&url, is_wrapped)?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = Some(decode(url.username())).filter(|user| !user.is_empty());
        let sender = from.or(user.as_deref().filter(|user| user.contains('@')));
        let sender = sender.ok_or_else(|| {
            SettingsError::new(
                "mail-from",
                "the sender's address is needed, such as ops@example.com",
            )
        })?;
        let from = sender.parse().map_err(|error| {
            SettingsError::new("mail-from", format!("{sender:?} is no address: {error}"))
        })?;
        let port = url.port().unwrap_or(match tls {
            TlsMode::Wrapped => 465,
            TlsMode::StartTls => 587,
            TlsMode::None => 25,
        });
        Ok(Self {
            // `[::1]` has brackets in a URL only.
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            tls,
            user,
            password: decode(url.password().unwrap_or_default()),
            from,
            authorities: None,
        })
    }

    /// Another password than the URL's: from a file, for example.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    /// Trusts these certificates too, for a mail server of one's own.
    #[must_use]
    pub fn with_authorities(mut self, pem: Vec<u8>) -> Self {
        self.authorities = Some(pem);
        self
    }
}

fn tls_mode(url: &Url, is_wrapped: bool) -> Result<TlsMode, SettingsError> {
    let wanted = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value);
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    // A scheme that is none of the web's has its host as text.
    let is_here = is_here || url.host_str().is_some_and(|host| host.starts_with("127."));
    match (wanted.as_deref(), is_wrapped) {
        (None | Some("tls"), true) | (Some("tls"), false) => Ok(TlsMode::Wrapped),
        (None, false) if is_here => Ok(TlsMode::None),
        (None | Some("starttls"), false) => Ok(TlsMode::StartTls),
        (Some("none"), false) => Ok(TlsMode::None),
        (Some(other), _) => Err(SettingsError::new(
            "smtp-url",
            format!("tls is none, starttls or tls, and smtps:// means tls; not {other:?}"),
        )),
    }
}

/// Hands letters to the mail server.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It never will be: the address does not exist, or the letter is refused for good.
    #[error("the mail server refused it: {0}")]
    Refused(String),
    /// It may be later: the server is away, busy, or not set up right.
    #[error("the mail server does not take it now: {0}")]
    Later(String),
}

impl Mailer {
    /// # Errors
    /// Certificates that cannot be read, a host name that cannot be in one.
    pub fn new(settings: SmtpSettings) -> Result<Self, SettingsError> {
        let SmtpSettings { host, port, tls, user, password, from, authorities } = settings;
        let parameters = || {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(pem) = &authorities {
                let certificate = Certificate::from_pem(pem)
                    .map_err(|error| SettingsError::new("smtp-ca", said(&error)))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters.build().map_err(|error| SettingsError::new("smtp-url", said(&error)))
        };
        let tls = match tls {
            TlsMode::None => Tls::None,
            TlsMode::StartTls => Tls::Required(parameters()?),
            TlsMode::Wrapped => Tls::Wrapper(parameters()?),
        };
        let mut transport =
            SmtpTransport::builder_dangerous(&host).port(port).tls(tls).timeout(Some(TIMEOUT));
        if let Some(user) = user {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// The sender's address.
    pub fn from(&self) -> String {
        self.from.to_string()
    }

    /// Hands over one letter, with its picture. Waits for the network: not for async threads.
    ///
    /// # Errors
    /// [`SendError`] says whether trying again makes sense.
    pub fn send(&self, id: &str, letter: &Letter, png: Option<Vec<u8>>) -> Result<(), SendError> {
        let message = self.message(id, letter, png).map_err(SendError::Refused)?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(kind_of(&error)),
        }
    }

    fn message(&self, id: &str, letter: &Letter, png: Option<Vec<u8>>) -> Result<Message, String> {
        let to: Mailbox = letter.to.parse().map_err(|error| format!("{}: {error}", letter.to))?;
        // The same id at each try lets the mail server find out that it has the letter already.
        let id = format!("<{id}@{}>", self.from.email.domain());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(id))
            .subject(&letter.subject);
        if let Some(Ok(reply_to)) = letter.reply_to.as_deref().map(str::parse) {
            message = message.reply_to(reply_to);
        }
        let mut related = MultiPart::related().singlepart(SinglePart::html(letter.html.clone()));
        if let Some(png) = png {
            let kind = ContentType::parse("image/png").map_err(|error| error.to_string())?;
            let picture = Attachment::new_inline_with_name(PICTURE_ID.into(), "graph.png".into());
            related = related.singlepart(picture.body(png, kind));
        }
        let body = MultiPart::alternative()
            .singlepart(SinglePart::plain(letter.text.clone()))
            .multipart(related);
        message.multipart(body).map_err(|error| error.to_string())
    }
}

/// Whether a text is an e-mail address.
pub fn is_address(text: &str) -> bool {
    text.len() <= 320 && text.parse::<Address>().is_ok()
}

fn kind_of(error: &lettre::transport::smtp::Error) -> SendError {
    // A wrong password is a setting to be mended, and not the letter's fault.
    const AUTH: [u16; 4] = [530, 534, 535, 538];
    let code = error.status().map(u16::from);
    let is_auth = code.is_some_and(|code| AUTH.contains(&code));
    let said = said(error);
    match error.is_permanent() && !is_auth {
        true => SendError::Refused(said),
        false => SendError::Later(match advice(&said, is_auth) {
            Some(advice) => format!("{said}; {advice}"),
            None => said,
        }),
    }
}

/// What can be done about a failure that the settings of this server or of the mail server are at
/// the bottom of. Source of the words: `CertificateError` of rustls.
fn advice(said: &str, is_auth: bool) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if is_auth {
        return Some("look at user and password of --smtp-url");
    }
    if has(&["UnknownIssuer", "CaUsedAsEndEntity", "BadSignature"]) {
        return Some("name the authority that signed its certificate with --smtp-ca");
    }
    if has(&["NotValidForName", "not valid for name"]) {
        return Some("the host in --smtp-url has to be a name of its certificate");
    }
    has(&["Expired", "certificate expired"]).then_some("the mail server needs a new certificate")
}

fn said(error: &(dyn std::error::Error + 'static)) -> String {
    base::report(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_url() {
        let check = |url: &str, from: Option<&str>, expect: &str| {
            let parsed = SmtpSettings::parse(url, from);
            let text = parsed.map_or_else(|error| error.to_string(), |s| format!("{s:?}"));
            assert!(text.contains(expect), "{url}: {text} lacks {expect}");
            assert!(!text.contains("secret"), "{text}");
        };
        let me = Some("Procyon <ops@example.com>");
        check(
            "smtps://me:secret@mail.example.com",
            me,
            "mail.example.com:465 Wrapped, user Some(\"me\")",
        );
        check("smtp://mail.example.com", me, "mail.example.com:587 StartTls, user None");
        check("smtp://mail.example.com:2525?tls=none", me, ":2525 None");
        check("smtp://127.0.0.1:1025", me, "127.0.0.1:1025 None");
        check("smtp://localhost", me, "localhost:25 None");
        check("smtp://localhost?tls=starttls", me, "localhost:587 StartTls");
        check("smtp://[::1]:25?tls=none", me, "::1:25 None");
        check("smtp://a%40b.org:secret@mail", None, "from a@b.org");
        check("smtp://mail", None, "mail-from: the sender's address is needed");
        check("smtp://mail", Some("nobody"), "mail-from: \"nobody\" is no address");
        check("http://mail", me, "smtp-url: begins with smtp://");
        check("mail.example.com", me, "smtp-url: is no URL");
        check("smtp://mail?tls=maybe", me, "smtp-url: tls is none, starttls or tls");
        check("smtps://mail?tls=none", me, "smtp-url: tls is none, starttls or tls");
    }

    #[test]
    fn failures_of_settings_say_what_to_do() {
        let check = |said: &str, is_auth: bool, expect: &str| {
            let advice = advice(said, is_auth).unwrap_or("nothing");
            assert!(advice.contains(expect), "{said}: {advice}");
        };
        check("invalid peer certificate: UnknownIssuer", false, "--smtp-ca");
        check("invalid peer certificate: NotValidForName", false, "the host in --smtp-url");
        check("invalid peer certificate: Expired", false, "a new certificate");
        check("permanent error (535): no", true, "user and password");
        check("Connection refused", false, "nothing");
    }

    #[test]
    fn a_letter_has_text_html_and_picture() {
        let settings = SmtpSettings::parse("smtp://localhost", Some("ops@example.com")).unwrap();
        let mailer = Mailer::new(settings).unwrap();
        let letter = Letter {
            to: "ada@example.com".into(),
            reply_to: Some("bob@example.com".into()),
            subject: "Lößt\r\nBcc: eve@example.com".into(),
            text: "plain".into(),
            html: "<p>rich</p>".into(),
            picture: None,
        };
        let message = mailer.message("id-1", &letter, Some(vec![0, 159, 146, 150])).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        for part in [
            "From: ops@example.com",
            "To: ada@example.com",
            "Reply-To: bob@example.com",
            "Message-ID: <id-1@example.com>",
            "multipart/alternative",
            "multipart/related",
            "Content-ID: <graph>",
            "image/png",
            "AJ+Slg==",
            "plain",
            "<p>rich</p>",
        ] {
            assert!(text.contains(part), "{text}\nlacks {part}");
        }
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        let wrong = Letter { to: "nobody".into(), ..letter };
        assert!(mailer.message("id-2", &wrong, None).is_err());
    }

    #[test]
    fn a_server_that_is_away_is_asked_again_later() {
        let settings = SmtpSettings::parse("smtp://127.0.0.1:1", Some("ops@example.com")).unwrap();
        let letter = Letter { to: "ada@example.com".into(), ..Letter::default() };
        let error = Mailer::new(settings).unwrap().send("x", &letter, None).unwrap_err();
        assert!(matches!(error, SendError::Later(_)), "{error}");
    }
}
