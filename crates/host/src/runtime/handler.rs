//! Instances that answer requests: when one is made, how long it lives, and
//! when it is given up.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::code::{Code, CodeUse};
use super::limits::{
    INSTANCE_IDLE_MS, INSTANCE_KEPT_BYTES_MAX, INSTANCE_REQUESTS_MAX, REQUEST_MS, TURN_KEPT_MS,
};
use super::places::{Place, Places};
use super::state::{Grants, State};
use super::turn::{Seat, Turn};

/// One composition that serves HTTP.
pub struct Handler {
    engine: Engine,
    grants: Arc<Grants>,
    service: ServicePre<State>,
    code: Arc<Code>,
    places: Places,
    stopping: Arc<AtomicBool>,
}

impl Handler {
    /// Serves with instances of `service`, made of `code`, that each take one of
    /// `places`; `stopping` says that the host ends.
    pub fn new(
        engine: &Engine,
        grants: Arc<Grants>,
        service: ServicePre<State>,
        code: Arc<Code>,
        places: Places,
        stopping: Arc<AtomicBool>,
    ) -> Self {
        Self {
            engine: engine.clone(),
            grants,
            service,
            code,
            places,
            stopping,
        }
    }

    /// The component's id.
    pub fn component(&self) -> &str {
        &self.grants.id
    }
}

impl HandlerState for Handler {
    type StoreData = State;
    type WorkerExpiration = Patience;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Patience, Worker>> {
        let place = self.places.take().await?;
        let code = self.code.use_it();
        let mut store = State::store(&self.engine, &self.grants)?;
        let service = self.service.instantiate_async(&mut store).await?;
        let seat = store.data().seat.clone();
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: |state| state.http(),
            expiration: Patience::new(seat.clone(), place),
            state: Worker {
                component: self.grants.id.clone(),
                seat,
                _code: code,
                stopping: self.stopping.clone(),
            },
        })
    }
}

/// One instance at work.
pub struct Worker {
    component: Arc<str>,
    seat: Arc<Seat>,
    _code: CodeUse,
    stopping: Arc<AtomicBool>,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = Turn;

    /// One request at a time: a trap or a timeout then ends that request and
    /// no other, and a turn belongs to exactly one instance.
    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= INSTANCE_REQUESTS_MAX || self.seat.memory_bytes() > INSTANCE_KEPT_BYTES_MAX {
            ShouldAccept::Never
        } else if concurrent > 0 {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    /// The time limit is kept by [`Patience`], which also sees guests that
    /// never give way; a second timer here would only cost.
    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        turn: Turn,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.seat.seat(turn);
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<State>, result: wasmtime::Result<()>) {
        // Idle instances are dropped with the host; that looks like a failure.
        let is_expected = self.stopping.load(Ordering::Relaxed);
        if let (Err(error), false) = (result, is_expected) {
            tracing::error!(component = %self.component, error = format!("{error:?}"), "an instance failed");
        }
        drop(store);
    }
}

/// How long an instance may work, idle, and keep its turn. It is asked whenever the
/// guest cannot go on by itself.
pub struct Patience {
    seat: Arc<Seat>,
    place: Place,
    /// When a guest that still waits with its turn gives it up.
    turn_until: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

impl Patience {
    fn new(seat: Arc<Seat>, place: Place) -> Self {
        Self {
            seat,
            place,
            turn_until: None,
            sleep: Box::pin(tokio::time::sleep(Duration::from_millis(REQUEST_MS))),
        }
    }

    /// Until when the guest keeps its turn, if it has one. Who waits for the data or a
    /// body gave it up already and gets it back. Nobody gives it back to who waits for
    /// anything else, so a short wait keeps it, such as one part of a composition handing
    /// over to the next.
    fn keep_turn(&mut self) -> Option<Instant> {
        if !self.seat.holds_turn() {
            self.turn_until = None;
            return None;
        }
        let now = Instant::now();
        let is_over = self.turn_until.is_some_and(|until| until <= now);
        if is_over && !self.seat.was_interrupted() {
            self.seat.pause();
            self.turn_until = None;
        } else {
            self.turn_until = Some(now + Duration::from_millis(TURN_KEPT_MS));
        }
        self.turn_until
    }

    fn wait_until(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.sleep.deadline() != deadline.into() {
            self.sleep.as_mut().reset(deadline.into());
        }
        self.sleep.as_mut().poll(cx)
    }
}

impl WorkerExpiration for Patience {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        if status == WorkerStatus::Idle {
            let idle = Duration::from_millis(INSTANCE_IDLE_MS);
            return match self.place.poll_idle(cx, start) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => self.wait_until(start + idle, cx),
            };
        }
        self.place.note_busy();
        let end = start + Duration::from_millis(REQUEST_MS);
        if status == WorkerStatus::Requests {
            while let Some(until) = self.keep_turn().filter(|until| *until < end) {
                std::task::ready!(self.wait_until(until, cx));
            }
        }
        std::task::ready!(self.wait_until(end, cx));
        if status == WorkerStatus::Requests {
            self.seat.time_out();
        }
        Poll::Ready(())
    }
}
