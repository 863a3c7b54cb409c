//! deliver-notifications
