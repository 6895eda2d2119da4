use std::fs;

use alert::deliver::{Mailer, SmtpSettings};

use crate::cli::MailArgs;
use crate::fault::{Fault, Result, While};

/// What hands mails over, as the command line has it; `None` when it names no mail server.
///
/// # Errors
/// Name the flag whose value is wrong.
pub(crate) fn mailer(args: &MailArgs) -> Result<Option<Mailer>> {
    let Some(url) = &args.smtp_url else {
        return match &args.mail_from {
            Some(_) => Err(Fault::new("--mail-from says nothing without --smtp-url")),
            None => Ok(None),
        };
    };
    let wrong = |e: alert::deliver::email::SettingsError| Fault::new(format!("--{e}"));
    let mut settings = SmtpSettings::parse(url, args.mail_from.as_deref()).map_err(wrong)?;
    if let Some(file) = &args.smtp_password_file {
        let password = fs::read_to_string(file)
            .or_fault(|| format!("--smtp-password-file: cannot read {}", file.display()))?;
        settings = settings.with_password(password.trim_end_matches(['\r', '\n']));
    }
    if let Some(file) = &args.smtp_ca {
        let pem =
            fs::read(file).or_fault(|| format!("--smtp-ca: cannot read {}", file.display()))?;
        settings = settings.with_authorities(pem);
    }
    Mailer::new(settings).map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_names_its_flag() {
        let none =
            MailArgs { smtp_url: None, mail_from: None, smtp_password_file: None, smtp_ca: None };
        assert!(mailer(&none).unwrap().is_none());
        let check = |url: Option<&str>, from: Option<&str>, file: Option<&str>, words: &str| {
            let args = MailArgs {
                smtp_url: url.map(str::to_owned),
                mail_from: from.map(str::to_owned),
                smtp_password_file: file.map(Into::into),
                smtp_ca: None,
            };
            let said = mailer(&args).unwrap_err().to_string();
            assert!(said.contains(words), "{said} lacks {words}");
        };
        check(None, Some("a@b"), None, "--mail-from says nothing");
        check(Some("mail"), None, None, "--smtp-url: is no URL");
        check(Some("smtp://mail"), None, None, "--mail-from: the sender's address is needed");
        check(Some("smtp://mail"), Some("a@b.org"), Some("/gone/x"), "--smtp-password-file");
    }
}
