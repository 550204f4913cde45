//! Who is asking: passwords, sessions, API tokens, and what they open.

pub mod access;
pub mod cookie;
pub mod password;
pub mod secret;
pub mod throttle;
