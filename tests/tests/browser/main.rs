//! What people do, in a real browser: each flow from signing in to the letter in
//! the mailbox, and every page as it looks to whom it is for.

mod accesses;
mod dashboard;
mod every_page;
mod first_visit;
mod meetings;
mod platforms;
mod registration;
mod reset;
mod sign_in;
mod verification;
