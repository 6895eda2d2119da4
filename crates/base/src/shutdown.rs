use tokio::sync::watch;

/// Tells tasks to stop. Cheap to clone; each long-lived task holds one.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

/// The other end: dropping it, or [`Self::stop`], stops all.
#[derive(Debug)]
pub struct ShutdownTrigger(watch::Sender<bool>);

impl Shutdown {
    pub fn new() -> (ShutdownTrigger, Self) {
        let (sender, receiver) = watch::channel(false);
        (ShutdownTrigger(sender), Self(receiver))
    }

    pub fn is_stopping(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Returns when the process is to stop.
    pub async fn wait(&self) {
        // An error says that the trigger is gone, which means the same.
        let mut receiver = self.0.clone();
        let _gone = receiver.wait_for(|stop| *stop).await;
    }
}

impl ShutdownTrigger {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}
