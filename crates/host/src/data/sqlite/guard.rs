//! What a component may not say in SQL.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// PRAGMAs that only tell something about the database. The first group takes
/// no value; with one it would be a setting. FTS5 itself asks for
/// `data_version`, the older FTS for `page_size`.
const PRAGMAS_WITHOUT_VALUE: &[&str] = &[
    "application_id",
    "compile_options",
    "data_version",
    "encoding",
    "foreign_keys",
    "freelist_count",
    "journal_mode",
    "page_count",
    "page_size",
    "schema_version",
    "synchronous",
    "user_version",
];

/// PRAGMAs whose value is what they are asked about. `ALTER TABLE ADD COLUMN`
/// uses `quick_check`.
const PRAGMAS_ABOUT_A_VALUE: &[&str] = &[
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

const NO_TRANSACTIONS: &str = "BEGIN, COMMIT, ROLLBACK and SAVEPOINT are not available: every statement is a transaction of its own";
const NO_OTHER_FILES: &str = "ATTACH and DETACH are not available (VACUUM uses them as well)";
const NO_TEMPORARY: &str =
    "temporary tables, views, indexes and triggers are not available: connections are shared";
const NO_PRAGMA: &str = "this PRAGMA is not available; only those that read are";

/// Decides what a statement may do while it is being prepared. The connection
/// serves components and, for its own transactions, the host.
#[derive(Debug)]
pub(super) struct Guard {
    guest: AtomicBool,
    reason: Mutex<Option<&'static str>>,
}

impl Guard {
    pub(super) fn new() -> Self {
        Self {
            guest: AtomicBool::new(false),
            reason: Mutex::new(None),
        }
    }

    /// Whether what is prepared from now on comes from a component. SQLite
    /// prepares again whenever the schema changed, so this must be right at
    /// every step, not only at the first prepare.
    pub(super) fn set_guest(&self, guest: bool) {
        self.guest.store(guest, Ordering::Relaxed);
    }

    /// Why the last statement was refused. SQLite says only "not authorized".
    pub(super) fn take_reason(&self) -> Option<&'static str> {
        self.reason.lock().expect("no panic while held").take()
    }

    pub(super) fn authorize(&self, context: AuthContext<'_>) -> Authorization {
        if !self.guest.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        match refusal(context.action) {
            None => Authorization::Allow,
            Some(reason) => {
                *self.reason.lock().expect("no panic while held") = Some(reason);
                Authorization::Deny
            }
        }
    }
}

fn refusal(action: AuthAction<'_>) -> Option<&'static str> {
    match action {
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => Some(NO_TRANSACTIONS),
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Some(NO_OTHER_FILES),
        AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempTrigger { .. } => Some(NO_TEMPORARY),
        AuthAction::Pragma {
            pragma_name,
            pragma_value,
        } if !pragma_reads(pragma_name, pragma_value) => Some(NO_PRAGMA),
        _ => None,
    }
}

fn pragma_reads(name: &str, value: Option<&str>) -> bool {
    let name = name.to_ascii_lowercase();
    if PRAGMAS_ABOUT_A_VALUE.contains(&name.as_str()) {
        return true;
    }
    match value {
        None => PRAGMAS_WITHOUT_VALUE.contains(&name.as_str()),
        // The store's migrations send it for Spin's sake, where it is needed.
        // Here it changes nothing and answers "wal".
        Some(value) => name == "journal_mode" && value.eq_ignore_ascii_case("wal"),
    }
}
