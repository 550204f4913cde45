//! What is seen: pages arrange components, components arrange the kit. Never imports the server.

pub mod frame;
pub mod hooks;
pub mod kit;
pub mod logs_table;
pub mod overview;
pub mod pages;
pub mod run_detail;
