//! Turns: who may run guest code.
//!
//! `ProxyHandler` starts an instance for every request that finds none free,
//! so without a bound sixty-four waiting requests are sixty-four instances that
//! slow each other down. A request runs guest code only while it has one of a
//! few turns, about as many as there are cores, and gives it up whenever it
//! waits for something outside: a durable write, a body that is still on its
//! way, a socket.
//!
//! What was begun is finished first: a new request takes a turn only while nobody
//! waits to go on. Otherwise new ones would come before the second half of the old
//! ones, which meanwhile hold their memory: sixty-four sign-ins held sixty-four
//! password hashes, and still eight while one new request at a time stood in line.
//! One that finds no such moment for a while stands in line all the same, so that
//! bodies which come in small pieces keep nobody out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::limits::{NEW_ASIDE_MS, YIELDS_WITH_TURN_MAX};

/// All turns there are.
#[derive(Clone)]
pub struct Turns {
    free: Arc<Semaphore>,
    /// Where new requests wait, until they are the one that looks for a turn.
    door: Arc<Semaphore>,
    going_on: Arc<GoingOn>,
}

/// Who waits to go on, before all that are new.
#[derive(Default)]
struct GoingOn {
    count: AtomicUsize,
    /// There may be a turn for a new request: one was given up, or nobody waits to go
    /// on any more.
    changed: Notify,
}

impl GoingOn {
    fn wait(&self) -> Waits<'_> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Waits(self)
    }
}

/// Somebody waits to go on, as long as this lives.
struct Waits<'a>(&'a GoingOn);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_one();
    }
}

impl Turns {
    /// As many turns as this machine runs threads at once.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::with(cores)
    }

    fn with(turns: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(turns)),
            door: Arc::new(Semaphore::new(1)),
            going_on: Arc::default(),
        }
    }

    /// Waits for the turn of a new request.
    pub async fn take(&self) -> Turn {
        let turn = Turn(Arc::new(TurnInner {
            turns: self.clone(),
            held: Mutex::new(None),
            finished: AtomicBool::new(false),
            timed_out: AtomicBool::new(false),
        }));
        turn.start().await;
        turn
    }

    /// A free turn that nobody waits for who would go on.
    fn unwanted(&self) -> Option<OwnedSemaphorePermit> {
        let is_wanted = self.going_on.count.load(Ordering::SeqCst) > 0;
        let free = (!is_wanted).then(|| self.free.clone().try_acquire_owned());
        free.and_then(Result::ok)
    }

    async fn next_unwanted(&self) -> OwnedSemaphorePermit {
        loop {
            self.going_on.changed.notified().await;
            if let Some(permit) = self.unwanted() {
                return permit;
            }
        }
    }
}

/// The turn of one request.
#[derive(Clone)]
pub struct Turn(Arc<TurnInner>);

struct TurnInner {
    turns: Turns,
    held: Mutex<Option<OwnedSemaphorePermit>>,
    finished: AtomicBool,
    timed_out: AtomicBool,
}

impl TurnInner {
    fn give_up(&self, held: &mut Option<OwnedSemaphorePermit>) {
        // It is free before anybody is told.
        if held.take().is_some() {
            self.turns.going_on.changed.notify_one();
        }
    }
}

/// A request that ends without an answer gives its turn up too.
impl Drop for TurnInner {
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut held = held.take();
        self.give_up(&mut held);
    }
}

impl Turn {
    fn held(&self) -> std::sync::MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody else run.
    pub fn pause(&self) {
        self.0.give_up(&mut self.held());
    }

    /// Waits until this request may run, like a new one: it has done nothing yet that
    /// would be worth finishing.
    pub async fn start(&self) {
        let door = self.0.turns.door.acquire().await;
        let _first = door.expect("turns are never closed");
        if self.needs_none() {
            return;
        }
        if let Some(permit) = self.0.turns.unwanted() {
            return self.hold(permit);
        }
        let aside = Duration::from_millis(NEW_ASIDE_MS);
        match timeout(aside, self.0.turns.next_unwanted()).await {
            Ok(permit) => self.hold(permit),
            Err(_) => self.resume().await,
        }
    }

    /// Waits until this request may run again. After its answer it always may:
    /// what a guest does then must not keep the next one waiting.
    pub async fn resume(&self) {
        if self.needs_none() {
            return;
        }
        let _waits = self.0.turns.going_on.wait();
        let permit = self.0.turns.free.clone().acquire_owned().await;
        self.hold(permit.expect("turns are never closed"));
    }

    fn needs_none(&self) -> bool {
        self.0.finished.load(Ordering::Relaxed) || self.held().is_some()
    }

    fn hold(&self, permit: OwnedSemaphorePermit) {
        let mut held = self.held();
        *held = Some(permit);
        // Asked under the lock that `finish` takes: a turn taken after the answer
        // would be held for as long as the instance lives.
        if self.0.finished.load(Ordering::Relaxed) {
            self.0.give_up(&mut held);
        }
    }

    /// The request has its answer.
    pub fn finish(&self) {
        let mut held = self.held();
        self.0.finished.store(true, Ordering::Relaxed);
        self.0.give_up(&mut held);
    }

    /// Remembers that the request ran out of time.
    pub fn time_out(&self) {
        self.0.timed_out.store(true, Ordering::Relaxed);
    }

    /// Whether the request ran out of time.
    pub fn has_timed_out(&self) -> bool {
        self.0.timed_out.load(Ordering::Relaxed)
    }
}

/// Whose turn it is inside one instance, shared by those who must know: the
/// store's data, the policy of its worker, and the interrupt handler.
#[derive(Default)]
pub struct Seat {
    turn: Mutex<Option<Turn>>,
    yielded: AtomicBool,
    yields: AtomicU32,
    memory_bytes: AtomicUsize,
}

impl Seat {
    /// A new request sits down.
    pub fn seat(&self, turn: Turn) {
        self.yields.store(0, Ordering::Relaxed);
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Some(turn);
    }

    /// The turn of the request inside; none for a timer.
    pub fn turn(&self) -> Option<Turn> {
        self.turn
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The guest was interrupted and runs on at once: it does not wait, and
    /// keeps its turn, so that password hashes do not pile up in memory. One
    /// that computes for very long must share after all.
    pub fn note_yield(&self) {
        let yields = self.yields.fetch_add(1, Ordering::Relaxed);
        self.yielded
            .store(yields < YIELDS_WITH_TURN_MAX, Ordering::Relaxed);
    }

    /// Whether the guest was interrupted, and does not wait for anything, since this
    /// was asked last.
    pub fn was_interrupted(&self) -> bool {
        self.yielded.swap(false, Ordering::Relaxed)
    }

    /// Whether the request inside keeps others from running.
    pub fn holds_turn(&self) -> bool {
        self.turn().is_some_and(|turn| turn.held().is_some())
    }

    /// Lets somebody else run: the guest waits for something that does not say so
    /// itself, such as the time.
    pub fn pause(&self) {
        if let Some(turn) = self.turn() {
            turn.pause();
        }
    }

    /// The request inside ran out of time.
    pub fn time_out(&self) {
        if let Some(turn) = self.turn() {
            turn.time_out();
        }
    }

    /// Linear memory of the instance.
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    /// Notes how large the linear memory has become.
    pub fn set_memory_bytes(&self, bytes: usize) {
        self.memory_bytes.store(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_turn() -> Turns {
        Turns::with(1)
    }

    #[tokio::test]
    async fn a_paused_turn_lets_the_next_request_run() {
        let turns = one_turn();
        let first = turns.take().await;
        let mut second = Box::pin(turns.take());
        assert!(futures::poll!(&mut second).is_pending());
        first.pause();
        let second = second.await;
        let mut again = Box::pin(first.resume());
        assert!(futures::poll!(&mut again).is_pending());
        second.finish();
        again.await;
        assert!(first.held().is_some());
    }

    #[tokio::test]
    async fn what_was_begun_comes_before_all_new_requests() {
        let turns = one_turn();
        let first = turns.take().await;
        first.pause();
        let second = turns.take().await;
        let mut third = Box::pin(turns.take());
        let mut fourth = Box::pin(turns.take());
        assert!(futures::poll!(&mut third).is_pending());
        assert!(futures::poll!(&mut fourth).is_pending());
        let mut again = Box::pin(first.resume());
        assert!(futures::poll!(&mut again).is_pending());
        second.finish();
        assert!(futures::poll!(&mut third).is_pending());
        again.await;
        first.finish();
        let third = third.await;
        assert!(futures::poll!(&mut fourth).is_pending());
        third.finish();
        fourth.await;
    }

    #[tokio::test]
    async fn a_new_request_stands_in_line_in_the_end() {
        let turns = one_turn();
        let one = turns.take().await;
        one.pause();
        let other = turns.take().await;
        let mut new = Box::pin(turns.take());
        // One of the two always waits to go on.
        let mut waits = Box::pin(one.resume());
        assert!(futures::poll!(&mut waits).is_pending());
        assert!(futures::poll!(&mut new).is_pending());
        other.pause();
        waits.await;
        let mut waits = Box::pin(other.resume());
        assert!(futures::poll!(&mut waits).is_pending());
        tokio::time::sleep(Duration::from_millis(2 * NEW_ASIDE_MS)).await;
        assert!(futures::poll!(&mut new).is_pending());
        one.pause();
        waits.await;
        let mut waits = Box::pin(one.resume());
        assert!(futures::poll!(&mut waits).is_pending());
        other.pause();
        assert!(futures::poll!(&mut waits).is_pending());
        new.await;
    }

    #[tokio::test]
    async fn whoever_goes_away_lets_the_next_request_run() {
        let turns = one_turn();
        let first = turns.take().await;
        let second = {
            let mut second = Box::pin(turns.take());
            assert!(futures::poll!(&mut second).is_pending());
            drop(first);
            second.await
        };
        // Nor does one that went away while it waited to go on, or at the door.
        second.pause();
        let third = turns.take().await;
        let mut again = Box::pin(second.resume());
        assert!(futures::poll!(&mut again).is_pending());
        let mut fourth = Box::pin(turns.take());
        assert!(futures::poll!(&mut fourth).is_pending());
        let mut fifth = Box::pin(turns.take());
        assert!(futures::poll!(&mut fifth).is_pending());
        third.finish();
        drop(again);
        drop(fourth);
        fifth.await;
    }

    #[tokio::test]
    async fn a_finished_request_never_takes_a_turn_again() {
        let turns = one_turn();
        let first = turns.take().await;
        first.finish();
        first.resume().await;
        assert!(first.held().is_none());
        turns.take().await;
    }

    #[tokio::test]
    async fn a_guest_that_never_stops_computing_counts_as_waiting_in_the_end() {
        let seat = Seat::default();
        for _ in 0..YIELDS_WITH_TURN_MAX {
            seat.note_yield();
            assert!(seat.was_interrupted());
            assert!(!seat.was_interrupted());
        }
        seat.note_yield();
        assert!(!seat.was_interrupted());
    }
}
