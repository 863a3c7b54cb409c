//! Every bound of the runtime, in one place.

/// From the acceptance of a request by an instance to its answer.
pub const REQUEST_MS: u64 = 30_000;
/// How long a request waits for its turn before it is told to come back.
pub const QUEUE_MS: u64 = 10_000;
/// One run of a timer.
pub const TIMER_MS: u64 = 600_000;
/// Runs of one timer at the same time; a tick beyond is skipped and logged.
pub const TIMER_RUNS_MAX: usize = 8;
/// How long an instance without work is kept for the next request, unless one of
/// [`INSTANCES_IDLE_MAX`] goes first.
pub const INSTANCE_IDLE_MS: u64 = 2_000;
/// Requests one instance serves, one after the other, before it is replaced.
pub const INSTANCE_REQUESTS_MAX: usize = 128;
/// Linear memory of all parts of one instance together.
pub const INSTANCE_MEMORY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// An instance that has grown beyond this is dropped after its request: linear memory
/// never shrinks, one password hash takes 7 MiB, and [`INSTANCES_IDLE_MAX`] of them would
/// stay. Three parts begin with little more than a megabyte each.
pub const INSTANCE_KEPT_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Instances without work at one time, over all operations; beyond it the one that has
/// been idle for longest is dropped. Each keeps most of a megabyte resident.
pub const INSTANCES_IDLE_MAX: usize = 32;
/// Instances at one time: at work ([`REQUESTS_MAX`] and what answers left running, and
/// timers) and idle. A slot without an instance is address space only.
pub const INSTANCES_MAX: u32 = 512;
/// Requests inside components at one time; the rest waits at the door.
pub const REQUESTS_MAX: usize = 256;
/// Core modules in one composition, with the adapters between its parts.
pub const MODULES_PER_INSTANCE_MAX: u32 = 64;
/// Linear memories in one composition: one for each part.
pub const MEMORIES_PER_INSTANCE_MAX: u32 = 6;
/// Tables in one composition.
pub const TABLES_PER_INSTANCE_MAX: u32 = 32;
/// Stacks for calls into one instance: one request, and what it left running.
pub const STACKS_PER_INSTANCE: u32 = 4;
/// Memories and tables the pool has ready, on average, for each instance.
pub const MEMORIES_PER_INSTANCE: u32 = 3;
/// See [`MEMORIES_PER_INSTANCE`].
pub const TABLES_PER_INSTANCE: u32 = 8;
/// Compiled code that no start has used for this long is removed.
pub const CODE_KEPT_DAYS: u64 = 1;
/// How long a new request lets all who go on come before it.
pub const NEW_ASIDE_MS: u64 = 100;
/// How long a guest that waits for something else than the data keeps its turn.
pub const TURN_KEPT_MS: u64 = 2;
/// How often running guests are asked to let others run.
pub const EPOCH_MS: u64 = 10;
/// How often a guest is interrupted before it gives up its turn: a second.
pub const YIELDS_WITH_TURN_MAX: u32 = 100;
/// Handles one instance may hold: connections, stores, sockets, files.
pub const HANDLES_MAX: usize = 1_000;
/// Client connections at one time; further ones wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 1_024;
/// From the first byte of a request, or the end of the one before, to the end
/// of its header.
pub const HEADER_READ_MS: u64 = 30_000;
/// A client that takes nothing of its answer for this long is let go.
pub const WRITE_STALL_MS: u64 = 30_000;
/// Each wait of an outbound HTTP request that names no limit of its own, as on
/// Spin; the request or the timer that it is made in usually ends first.
pub const OUTBOUND_MS: u64 = 600_000;
/// The header of a request, and the read buffer of a connection.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Fields in the header of a request.
pub const HEADER_FIELDS_MAX: usize = 100;
/// What is still read of a body that no component wanted.
pub const LINGER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// See [`LINGER_BYTES_MAX`].
pub const LINGER_MS: u64 = 5_000;
/// How long a stop waits for requests and timers that are under way.
pub const DRAIN_MS: u64 = 10_000;
/// One line of a guest's stdout or stderr in the log.
pub const LOG_LINE_BYTES_MAX: usize = 4 * 1024;
/// The body of a request to the control listener.
pub const CONTROL_BODY_BYTES_MAX: usize = 256;
