//! Places: how many instances there are at one time, and which of the idle
//! ones goes when there are too many.
//!
//! `ProxyHandler` keeps what it made until it is told otherwise, and each
//! operation has a handler of its own. A burst that meets many operations one
//! after the other would leave idle instances at all of them: memory that does
//! nothing, and slots that are missing where the next burst arrives. So idle
//! instances are counted over all operations. The one that has been idle for
//! longest goes when there are too many, or when somebody waits for its place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::Result;
use wasmtime::error::format_err;

use super::limits::{INSTANCES_IDLE_MAX, INSTANCES_MAX, QUEUE_MS};

/// All places there are. Clones are handles to the same ones.
#[derive(Clone)]
pub struct Places(Arc<Inner>);

struct Inner {
    free: Arc<Semaphore>,
    idle_max: usize,
    patience: Duration,
    lounge: Mutex<Lounge>,
}

/// Who is idle, in the order in which they became so.
#[derive(Default)]
struct Lounge {
    next: u64,
    idle: BTreeMap<u64, Waker>,
    /// How many wait for a place.
    wanted: usize,
}

impl Places {
    /// As many as the engine has slots for.
    pub fn new() -> Self {
        let patience = Duration::from_millis(QUEUE_MS);
        Self::with(INSTANCES_MAX as usize, INSTANCES_IDLE_MAX, patience)
    }

    fn with(max: usize, idle_max: usize, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            free: Arc::new(Semaphore::new(max)),
            idle_max,
            patience,
            lounge: Mutex::default(),
        }))
    }

    /// A place for a new instance; an idle one is given up for it if need be.
    ///
    /// # Errors
    /// When all places are taken by instances at work and none comes free.
    pub async fn take(&self) -> Result<Place> {
        let permit = match self.0.free.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await?,
        };
        Ok(Place {
            places: self.clone(),
            ticket: None,
            _permit: permit,
        })
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit> {
        let _wish = Wish::new(self);
        let free = self.0.free.clone().acquire_owned();
        match tokio::time::timeout(self.0.patience, free).await {
            Ok(permit) => Ok(permit.expect("places are never closed")),
            Err(_) => Err(format_err!(
                "all {INSTANCES_MAX} places are taken by instances at work"
            )),
        }
    }

    fn lounge(&self) -> MutexGuard<'_, Lounge> {
        self.0.lounge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody waits for a place. Whoever becomes idle meanwhile leaves at once.
struct Wish<'a>(&'a Places);

impl<'a> Wish<'a> {
    fn new(places: &'a Places) -> Self {
        let mut lounge = places.lounge();
        lounge.wanted += 1;
        let leaves = lounge.idle.pop_first();
        drop(lounge);
        wake(leaves);
        Self(places)
    }
}

impl Drop for Wish<'_> {
    fn drop(&mut self) {
        self.0.lounge().wanted -= 1;
    }
}

fn wake(leaves: Option<(u64, Waker)>) {
    if let Some((_, waker)) = leaves {
        waker.wake();
    }
}

/// The place of one instance. It is dropped after the instance's store, whose
/// slots it stands for.
pub struct Place {
    places: Places,
    ticket: Option<Ticket>,
    _permit: OwnedSemaphorePermit,
}

/// What an idle instance holds.
struct Ticket {
    number: u64,
    since: Instant,
}

impl Place {
    /// The instance is at work: nobody sends it away.
    pub fn note_busy(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.places.lounge().idle.remove(&ticket.number);
        }
    }

    /// The instance has been idle since then; ready when it has to go.
    pub fn poll_idle(&mut self, cx: &Context<'_>, since: Instant) -> Poll<()> {
        let mut lounge = self.places.lounge();
        if let Some(ticket) = &self.ticket {
            match lounge.idle.get_mut(&ticket.number) {
                None if ticket.since == since => return Poll::Ready(()),
                Some(waker) if ticket.since == since => {
                    waker.clone_from(cx.waker());
                    return Poll::Pending;
                }
                // It worked between two looks.
                _ => {
                    lounge.idle.remove(&ticket.number);
                }
            }
        }
        if lounge.wanted > 0 {
            return Poll::Ready(());
        }
        let number = lounge.next;
        lounge.next += 1;
        lounge.idle.insert(number, cx.waker().clone());
        self.ticket = Some(Ticket { number, since });
        let leaves = if lounge.idle.len() > self.places.0.idle_max {
            lounge.idle.pop_first()
        } else {
            None
        };
        drop(lounge);
        wake(leaves);
        Poll::Pending
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.note_busy();
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    fn places(max: usize, idle_max: usize) -> Places {
        Places::with(max, idle_max, Duration::from_millis(QUEUE_MS))
    }

    /// An instance that has been idle since then.
    async fn idle(places: &Places, since: Instant) -> Place {
        let mut place = places.take().await.unwrap();
        assert!(look(&mut place, since).is_pending());
        place
    }

    fn look(place: &mut Place, since: Instant) -> Poll<()> {
        place.poll_idle(&Context::from_waker(Waker::noop()), since)
    }

    #[tokio::test]
    async fn the_one_that_is_idle_for_longest_goes_when_there_are_too_many() {
        let places = places(4, 2);
        let since = Instant::now();
        let mut instances = Vec::new();
        for _ in 0..3 {
            instances.push(idle(&places, since).await);
        }
        let states: Vec<_> = instances
            .iter_mut()
            .map(|place| look(place, since).is_ready())
            .collect();
        assert_eq!(states, [true, false, false]);
    }

    #[tokio::test]
    async fn who_works_in_between_goes_last() {
        let places = places(4, 2);
        let since = Instant::now();
        let mut first = idle(&places, since).await;
        let mut second = idle(&places, since).await;
        // Once seen at work, once only by the later moment.
        first.note_busy();
        assert!(look(&mut first, since).is_pending());
        let later = since + Duration::from_millis(1);
        assert!(look(&mut second, later).is_pending());
        let _third = idle(&places, since).await;
        assert!(look(&mut first, since).is_ready());
        assert!(look(&mut second, later).is_pending());
    }

    #[tokio::test]
    async fn who_is_told_to_go_and_gets_work_first_stays() {
        let places = places(4, 1);
        let since = Instant::now();
        let mut first = idle(&places, since).await;
        let mut second = idle(&places, since).await;
        first.note_busy();
        assert!(look(&mut first, since + Duration::from_millis(1)).is_pending());
        assert!(look(&mut second, since).is_ready());
    }

    #[tokio::test]
    async fn an_idle_instance_goes_for_whoever_waits_for_a_place() {
        let places = places(1, 1);
        let since = Instant::now();
        let mut first = idle(&places, since).await;
        let mut wanted = Box::pin(places.take());
        assert!(poll!(&mut wanted).is_pending());
        assert!(look(&mut first, since).is_ready());
        drop(first);
        wanted.await.unwrap();
    }

    #[tokio::test]
    async fn an_instance_at_work_goes_after_it_when_its_place_is_wanted() {
        let places = places(1, 1);
        let mut busy = places.take().await.unwrap();
        let mut wanted = Box::pin(places.take());
        assert!(poll!(&mut wanted).is_pending());
        busy.note_busy();
        assert!(poll!(&mut wanted).is_pending());
        assert!(look(&mut busy, Instant::now()).is_ready());
        drop(busy);
        wanted.await.unwrap();
        assert_eq!(places.lounge().wanted, 0);
        assert!(places.lounge().idle.is_empty());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_place_for_ever() {
        let places = Places::with(1, 1, Duration::from_millis(1));
        let _busy = places.take().await.unwrap();
        assert!(places.take().await.is_err());
        assert_eq!(places.lounge().wanted, 0);
    }
}
