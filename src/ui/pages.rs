//! One file a route: its gate, its title, and how its parts are arranged.

pub mod access_denied;
pub mod logs;
pub mod not_found;
pub mod sign_in;
pub mod teammate;
pub mod unavailable;
