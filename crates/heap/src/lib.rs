//! The allocator of everything that runs inside WebAssembly: a list crosses three
//! memories, and each of its texts is allocated in each.
//!
//! Whoever links this crate allocates with it (`use akses_heap as _`).

/// Without a lock: components have one thread.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
