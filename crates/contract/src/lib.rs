//! The contract of `wit/` as Rust: what operations and timers import.
//!
//! Generated once here instead of once in each component. A component's import
//! list still names only the interfaces whose functions it calls, because the
//! linker drops what nobody uses; a test looks at every built component.

#![allow(missing_docs)] // the documentation stands in wit/

/// What HTTP operations import.
pub mod operation {
    spin_sdk::wit_bindgen::generate!({
        world: "operation",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

/// What timers import, and the cron trigger's export.
pub mod timer {
    spin_sdk::wit_bindgen::generate!({
        world: "timer",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        pub_export_macro: true,
        generate_all,
    });
}
