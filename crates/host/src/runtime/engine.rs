//! The WebAssembly engine: how instances are made, bounded and interrupted.

use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

use super::limits::{
    EPOCH_MS, INSTANCE_MEMORY_BYTES_MAX, INSTANCES_MAX, MEMORIES_PER_INSTANCE,
    MEMORIES_PER_INSTANCE_MAX, MODULES_PER_INSTANCE_MAX, STACKS_PER_INSTANCE, TABLES_PER_INSTANCE,
    TABLES_PER_INSTANCE_MAX,
};

/// An engine whose running guests are interrupted every `EPOCH_MS`.
pub fn new() -> Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    let engine = Engine::new(&config)?;
    start_ticking(&engine)?;
    Ok(engine)
}

/// Slots for instances, reserved once. Nothing of a slot stays in memory when
/// its instance is gone: keeping it resident cost 200 MB at 64 connections and
/// gained no speed.
fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES_MAX)
        .total_core_instances(INSTANCES_MAX * MODULES_PER_INSTANCE_MAX)
        .total_memories(INSTANCES_MAX * MEMORIES_PER_INSTANCE)
        .total_tables(INSTANCES_MAX * TABLES_PER_INSTANCE)
        .total_stacks(INSTANCES_MAX * STACKS_PER_INSTANCE)
        .max_core_instances_per_component(MODULES_PER_INSTANCE_MAX)
        .max_memories_per_component(MEMORIES_PER_INSTANCE_MAX)
        .max_tables_per_component(TABLES_PER_INSTANCE_MAX)
        .max_memory_size(INSTANCE_MEMORY_BYTES_MAX)
        .linear_memory_keep_resident(0)
        .table_keep_resident(0);
    pool
}

fn start_ticking(engine: &Engine) -> Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(EPOCH_MS));
                let Some(engine) = engine.upgrade() else {
                    break;
                };
                engine.increment_epoch();
            }
        })?;
    Ok(())
}
