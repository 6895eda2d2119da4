//! The outbox against a mail server of a few lines on the loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use base::{LocalDisk, ShutdownTrigger};
use control::Options;
use model::{Dataset, TimeRange};
use storage::catalog::MemoryCatalog;
use storage::{Parts, Settings, Workers, tables};

use super::super::email::SmtpSettings;
use super::*;

const NOW_MS: i64 = 1_767_323_040_000;

/// Answers each recipient with the next of these lines, the last one for ever, and hands over what
/// it took.
fn mail_server(answers: &'static [&'static str]) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, mails) = mpsc::channel();
    let serve = move || {
        for (at, stream) in listener.incoming().enumerate() {
            let answer = answers[at.min(answers.len() - 1)];
            if taken.send(talk(stream.unwrap(), answer)).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("mail server".to_owned()).spawn(serve).unwrap();
    (port, mails)
}

/// One conversation; the mail, or nothing when the recipient was refused.
fn talk(mut stream: TcpStream, answer: &str) -> String {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut mail = String::new();
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    say("220 here");
    while let Some(Ok(line)) = lines.next() {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let is_heard = match word.as_str() {
            "RCPT" => say(answer),
            "DATA" => {
                say("354 go on");
                let body = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                mail = body.collect::<Vec<_>>().join("\n");
                say("250 taken")
            }
            "QUIT" => {
                say("221 bye");
                break;
            }
            _ => say("250 yes"),
        };
        if !is_heard {
            break;
        }
    }
    mail
}

struct Office {
    control: Control,
    storage: Storage,
    clock: Clock,
    folder: PathBuf,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

impl Office {
    async fn new() -> Self {
        let unique = u64::from_le_bytes(base::secure_bytes());
        let folder = std::env::temp_dir().join(format!("procyon-alert-{unique:016x}"));
        let clock = Clock::manual(NOW_MS);
        let options = Options { clock: clock.clone(), ..Options::new(folder.join("control")) };
        let control = Control::open(options).await.unwrap();
        control.bootstrap().await.unwrap();
        let parts = Parts {
            clock: clock.clone(),
            disk: Arc::new(LocalDisk::open(folder.join("data")).unwrap()),
            store: Arc::new(object_store::memory::InMemory::new()),
            catalog: Arc::new(MemoryCatalog::default()),
            workers: Workers::Pool,
        };
        let storage = Storage::open(Settings::default(), parts).await.unwrap();
        Self { control, storage, clock, folder }
    }

    fn outbox(&self, port: u16) -> Outbox {
        let url = format!("smtp://127.0.0.1:{port}");
        let settings = SmtpSettings::parse(&url, Some("ops@example.com")).unwrap();
        let mailer = Some(Mailer::new(settings).unwrap());
        Outbox::new(self.control.clone(), self.storage.clone(), self.clock.clone(), mailer)
    }

    async fn waiting(&self) -> usize {
        let filter = DocumentFilter::default();
        self.control.documents(OrgId::FIRST, KIND, &filter).await.unwrap().total
    }

    async fn until_waiting(&self, n: usize) {
        while self.waiting().await != n {
            tokio::task::yield_now().await;
        }
    }

    async fn events(&self) -> Vec<Event> {
        let table = self.storage.table(OrgId::FIRST, Dataset::Events, TimeRange::ALL).await;
        tables::events::from_batch(&table.unwrap().read().await.unwrap()).unwrap()
    }
}

fn start(outbox: &Outbox) -> (ShutdownTrigger, tokio::task::JoinHandle<()>) {
    let (trigger, shutdown) = Shutdown::new();
    (trigger, tokio::spawn(outbox.clone().run(shutdown)))
}

fn letter(to: &str) -> Letter {
    Letter { to: to.to_owned(), subject: "news".into(), ..Letter::default() }
}

async fn next(mails: mpsc::Receiver<String>) -> (String, mpsc::Receiver<String>) {
    let wait = move || (mails.recv_timeout(Duration::from_secs(30)).unwrap(), mails);
    tokio::task::spawn_blocking(wait).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_are_sent_with_their_picture() {
    let office = Office::new().await;
    let (port, mails) = mail_server(&["250 yes"]);
    let outbox = office.outbox(port);
    let png = vec![7; 9000].into();
    let blob = office.storage.blobs().put(OrgId::FIRST, "graph_snapshot", png).await.unwrap();
    let letter = Letter { picture: Some(blob.to_string()), ..letter("ada@example.com") };
    outbox.post(&Actor::system(OrgId::FIRST), &[letter]).await.unwrap();
    let (trigger, task) = start(&outbox);
    let (mail, _) = next(mails).await;
    assert!(mail.contains("To: ada@example.com") && mail.contains("Content-ID: <graph>"), "{mail}");
    assert!(mail.len() > 12_000, "the picture is in it");
    office.until_waiting(0).await;
    trigger.stop();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_tried_again_after_a_restart_too() {
    let office = Office::new().await;
    let (port, mut mails) = mail_server(&["451 busy", "451 busy", "250 yes"]);
    let outbox = office.outbox(port);
    let (trigger, task) = start(&outbox);
    outbox.post(&Actor::system(OrgId::FIRST), &[letter("ada@example.com")]).await.unwrap();
    let mut mail;
    (mail, mails) = next(mails).await;
    assert_eq!((mail.as_str(), office.waiting().await), ("", 1), "refused for now");
    trigger.stop();
    task.await.unwrap();
    drop(outbox);

    let outbox = office.outbox(port);
    let (trigger, task) = start(&outbox);
    (mail, mails) = next(mails).await;
    assert_eq!((mail.as_str(), office.waiting().await), ("", 1), "a new process tries at once");
    // The pause is on the clock only once the failure is noted.
    while outbox.inner.tries.lock().is_empty() {
        tokio::task::yield_now().await;
    }
    let receiver = tokio::spawn(next(mails));
    while !receiver.is_finished() {
        office.clock.advance(FIRST_PAUSE);
        tokio::task::yield_now().await;
    }
    let (mail, _) = receiver.await.unwrap();
    assert!(mail.contains("Subject: news"), "{mail}");
    office.until_waiting(0).await;
    assert!(office.events().await.is_empty());
    trigger.stop();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_good_is_told() {
    let office = Office::new().await;
    let (port, _mails) = mail_server(&["550 no such person"]);
    let outbox = office.outbox(port);
    outbox.post(&Actor::system(OrgId::FIRST), &[letter("nobody@example.com")]).await.unwrap();
    let (trigger, task) = start(&outbox);
    office.until_waiting(0).await;
    trigger.stop();
    task.await.unwrap();
    let events = office.events().await;
    assert_eq!(events.len(), 1);
    assert!(events[0].title.contains("nobody@example.com"), "{events:?}");
    assert!(events[0].text.contains("no such person"), "{events:?}");
}

#[tokio::test]
async fn without_a_mail_server_the_setting_is_named() {
    let office = Office::new().await;
    let (control, storage) = (office.control.clone(), office.storage.clone());
    let outbox = Outbox::new(control, storage, office.clock.clone(), None);
    let posted = outbox.post(&Actor::system(OrgId::FIRST), &[letter("a@example.com")]).await;
    let error = posted.unwrap_err().to_string();
    assert!(error.contains("--smtp-url") && error.contains("PROCYON_SMTP_URL"), "{error}");
    assert_eq!((outbox.from(), office.waiting().await), (None, 0));
}

#[tokio::test]
async fn the_outbox_is_bounded() {
    let office = Office::new().await;
    let outbox = office.outbox(1);
    let letters = vec![letter("a@example.com"); WAITING_MAX + 1];
    let posted = outbox.post(&Actor::system(OrgId::FIRST), &letters).await;
    assert!(matches!(posted, Err(PostError::Full)), "{posted:?}");
}
