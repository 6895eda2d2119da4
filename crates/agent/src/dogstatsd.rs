//! DogStatsD: samples, events and service checks that clients send over UDP and Unix sockets.
//!
//! Each way in has a thread of its own that reads many packets with one system call ([`datagram`])
//! or watches all connections ([`stream`]), and gives them to the [`Intake`], which parses
//! ([`parse`]) and adds to the aggregator right there: no queue, no copy, no allocation for a
//! sample. While the aggregator is busy, packets wait in the kernel.
//!
//! A way in that cannot be opened is an error in the status, and the others go on.

mod datagram;
mod intake;
pub(crate) mod mapper;
pub(crate) mod origin;
pub(crate) mod parse;
pub(crate) mod resolve;
mod senders;
mod socket;
mod stream;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::aggregate::Aggregator;
use crate::config::DogStatsdConfig;
use crate::tagger::Tagger;
use crate::{Listener, Telemetry};
pub(crate) use intake::Intake;
use senders::Senders;

/// Stack of a reader: it calls nothing deep.
const STACK_BYTES: usize = 256 << 10;

/// The threads that read. Dropping does not stop them; [`Readers::stop`] does.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    readers: Vec<Reader>,
}

/// A way in that is open.
#[derive(Debug)]
struct Reader {
    thread: JoinHandle<()>,
    /// Makes the thread read what is left and end.
    stop: Box<dyn FnOnceStop>,
}

/// Something that wakes a thread for the last time.
trait FnOnceStop: Send + std::fmt::Debug {
    fn stop(&self);
}

/// Opens every way in that the settings name.
pub(crate) fn start(
    config: &DogStatsdConfig,
    (aggregator, late): (Arc<Mutex<Aggregator>>, Arc<Notify>),
    (telemetry, tagger): (Arc<Telemetry>, Arc<Tagger>),
    clock: base::Clock,
) -> Readers {
    let mut readers = Readers::default();
    if !config.enabled {
        return readers;
    }
    aggregator.lock().set_tagger(Arc::clone(&tagger));
    let intake = |transport: Transport| {
        Intake::new(
            config,
            transport,
            (Arc::clone(&aggregator), Arc::clone(&late)),
            (Arc::clone(&telemetry), clock.clone()),
            Senders::new(config.origin.detection.then(|| Arc::clone(&tagger))),
        )
    };
    let mut note = |listener: Listener, opened: io::Result<Reader>, is_wanted: bool| {
        let error = match opened {
            Ok(reader) => {
                readers.readers.push(reader);
                None
            }
            Err(e) => Some(e.to_string()),
        };
        if let Some(message) = &error {
            let (transport, address) = (listener.transport, &listener.address);
            match is_wanted {
                true => {
                    tracing::error!(transport, address, error = message, "dogstatsd cannot listen")
                }
                false => {
                    tracing::info!(transport, address, error = message, "dogstatsd does not listen")
                }
            }
        }
        telemetry.dogstatsd.set_listener(Listener { error, ..listener });
    };
    if config.port != 0 {
        let address = datagram::udp_address(config);
        let opened = datagram::open_udp(config, intake(Transport::Udp));
        note(listener("udp", address), opened, true);
    }
    if !config.socket.is_empty() {
        let opened = datagram::open_unix(config, intake(Transport::UnixDatagram));
        note(listener("uds-datagram", config.socket.clone()), opened, config.socket_is_set);
    }
    if !config.stream_socket.is_empty() {
        let opened = stream::open(config, intake(Transport::UnixStream));
        note(listener("uds-stream", config.stream_socket.clone()), opened, true);
    }
    readers
}

fn listener(transport: &'static str, address: String) -> Listener {
    Listener { transport, address, error: None }
}

/// How packets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    UnixDatagram,
    UnixStream,
}

impl Readers {
    /// Ends the readers after they have read what the kernel still has for them. Blocks for a
    /// moment.
    pub(crate) fn stop(self) {
        for reader in &self.readers {
            reader.stop.stop();
        }
        for reader in self.readers {
            if reader.thread.join().is_err() {
                tracing::error!("a reader of dogstatsd had panicked");
            }
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn(work)
}

#[cfg(test)]
mod tests;
