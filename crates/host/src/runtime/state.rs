//! What one instance carries: its WASI context, its grants, its limits.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, ResourceLimiter, Store, UpdateDeadline};
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::clock::Clock;
use super::limits::{HANDLES_MAX, INSTANCE_MEMORY_BYTES_MAX};
use super::outbound::OutboundHttp;
use super::output::GuestOutput;
use super::turn::Seat;
use crate::data::{KeyValue, Sqlite};
use crate::manifest::{AllowedHosts, Transport};

/// What the manifest grants one component, ready for use by its instances.
pub struct Grants {
    /// The component's id.
    pub id: Arc<str>,
    /// The database, if it may be opened.
    pub sqlite: Option<Sqlite>,
    /// The key-value store, if it may be opened.
    pub key_value: Option<KeyValue>,
    /// The variables the component may read.
    pub variables: BTreeMap<String, String>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// The folder mounted at `/`, read-only.
    pub files: Option<PathBuf>,
    /// Addresses that sockets and HTTP requests may go to.
    pub hosts: Arc<AllowedHosts>,
    /// The time guests see.
    pub clock: Clock,
}

/// The data of a store.
pub struct State {
    pub(super) grants: Arc<Grants>,
    pub(super) seat: Arc<Seat>,
    pub(super) table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: OutboundHttp,
    memory_bytes: usize,
}

impl State {
    /// A store for a new instance of the component with these grants.
    pub fn store(engine: &Engine, grants: &Arc<Grants>) -> wasmtime::Result<Store<Self>> {
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES_MAX);
        let seat = Arc::<Seat>::default();
        let state = Self {
            wasi: wasi(grants)?,
            grants: grants.clone(),
            hooks: OutboundHttp::new(grants.clone(), seat.clone()),
            seat,
            table,
            http: WasiHttpCtx::new(),
            memory_bytes: 0,
        };
        let mut store = Store::new(engine, state);
        store.limiter(|state| state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|context| {
            context.data().seat.note_yield();
            let others_first = tokio::task::yield_now();
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(others_first)))
        });
        Ok(store)
    }
}

fn wasi(grants: &Grants) -> wasmtime::Result<WasiCtx> {
    let mut builder = WasiCtxBuilder::new();
    builder
        .envs(&grants.environment)
        .wall_clock(grants.clock.clone())
        // Files are pages of a few kilobytes in the system's cache; a thread of their
        // own costs several times what reading them does.
        .allow_blocking_current_thread(true)
        .stdout(GuestOutput::new(&grants.id, "stdout"))
        .stderr(GuestOutput::new(&grants.id, "stderr"));
    if let Some(files) = &grants.files {
        builder.preopened_dir(files, "/", FsPerms::ReadOnly)?;
    }
    if !grants.hosts.is_empty() {
        let grants_hosts = grants.hosts.clone();
        builder
            .allow_tcp(true)
            .allow_udp(true)
            .socket_addr_check(move |address, purpose| {
                let is_allowed = may_use(&grants_hosts, address, purpose);
                Box::pin(std::future::ready(is_allowed))
            });
    } else {
        builder.allow_tcp(false).allow_udp(false);
    }
    Ok(builder.build())
}

/// As on Spin: guests may connect where they are granted, and never listen.
fn may_use(hosts: &AllowedHosts, address: SocketAddr, purpose: SocketAddrUse) -> bool {
    let transport = match purpose {
        SocketAddrUse::TcpConnect => Transport::Tcp,
        SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => Transport::Udp,
        // Connecting and sending bind first, to any address and port.
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => {
            return address.ip().is_unspecified() && address.port() == 0;
        }
        SocketAddrUse::TcpListen | SocketAddrUse::TcpAccept => return false,
    };
    let is_allowed = hosts.allow(transport, address);
    if !is_allowed {
        tracing::warn!(%address, ?purpose, "a component tried an address that is not in its allowed_outbound_hosts");
    }
    is_allowed
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

/// The bound on memory holds for all parts of a composition together.
impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .memory_bytes
            .saturating_add(desired.saturating_sub(current));
        if total > INSTANCE_MEMORY_BYTES_MAX {
            tracing::warn!(component = %self.grants.id, bytes = total, "a component asked for more memory than it may have");
            return Ok(false);
        }
        self.memory_bytes = total;
        self.seat.set_memory_bytes(total);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // The pooling allocator bounds tables.
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_never_listen() {
        let any = "*://*:*".to_owned();
        let text = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n";
        let manifest = crate::manifest::Manifest::parse(text, std::path::Path::new(".")).unwrap();
        let variables = crate::manifest::Variables::resolve(&manifest, &BTreeMap::new()).unwrap();
        let hosts = AllowedHosts::parse(&[any], &variables).unwrap();
        let address = "127.0.0.1:25".parse().unwrap();
        assert!(may_use(&hosts, address, SocketAddrUse::TcpConnect));
        for purpose in [
            SocketAddrUse::TcpBind,
            SocketAddrUse::TcpListen,
            SocketAddrUse::TcpAccept,
        ] {
            assert!(!may_use(&hosts, address, purpose), "{purpose:?}");
        }
        let any = "0.0.0.0:0".parse().unwrap();
        assert!(may_use(&hosts, any, SocketAddrUse::TcpBind));
    }
}
