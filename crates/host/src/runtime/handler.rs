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

use super::limits::{INSTANCE_IDLE_MS, INSTANCE_KEPT_BYTES_MAX, INSTANCE_REQUESTS_MAX, REQUEST_MS};
use super::state::{Grants, State};
use super::turn::{Seat, Turn};

/// One composition that serves HTTP.
pub struct Handler {
    engine: Engine,
    grants: Arc<Grants>,
    service: ServicePre<State>,
    stopping: Arc<AtomicBool>,
}

impl Handler {
    /// Serves with instances of `service`; `stopping` says that the host ends.
    pub fn new(
        engine: &Engine,
        grants: Arc<Grants>,
        service: ServicePre<State>,
        stopping: Arc<AtomicBool>,
    ) -> Self {
        Self {
            engine: engine.clone(),
            grants,
            service,
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
        let mut store = State::store(&self.engine, &self.grants)?;
        let service = self.service.instantiate_async(&mut store).await?;
        let seat = store.data().seat.clone();
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: |state| state.http(),
            expiration: Patience::new(seat.clone()),
            state: Worker {
                component: self.grants.id.clone(),
                seat,
                stopping: self.stopping.clone(),
            },
        })
    }
}

/// One instance at work.
pub struct Worker {
    component: Arc<str>,
    seat: Arc<Seat>,
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

/// How long an instance may work and idle. It is asked whenever the guest
/// cannot go on by itself, which is also when a turn becomes free.
pub struct Patience {
    seat: Arc<Seat>,
    sleep: Pin<Box<Sleep>>,
}

impl Patience {
    fn new(seat: Arc<Seat>) -> Self {
        Self {
            seat,
            sleep: Box::pin(tokio::time::sleep(Duration::from_millis(REQUEST_MS))),
        }
    }
}

impl WorkerExpiration for Patience {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let limit_ms = match status {
            WorkerStatus::Idle => INSTANCE_IDLE_MS,
            WorkerStatus::Requests | WorkerStatus::PostReturn => REQUEST_MS,
        };
        if status == WorkerStatus::Requests {
            self.seat.note_pending();
        }
        let deadline = (start + Duration::from_millis(limit_ms)).into();
        if self.sleep.deadline() != deadline {
            self.sleep.as_mut().reset(deadline);
        }
        std::task::ready!(self.sleep.as_mut().poll(cx));
        if status == WorkerStatus::Requests {
            self.seat.time_out();
        }
        Poll::Ready(())
    }
}
