//! Plain values and rules, compiled for the server and for the browser. Nothing in here knows
//! a database, a request or a page; every rule of the product stands in one of these files.

pub mod access;
pub mod cost;
pub mod document;
pub mod duration;
pub mod engine_state;
pub mod facet;
pub mod failure;
pub mod filter;
pub mod filters;
pub mod flow_graph;
pub mod frame;
pub mod ids;
pub mod json;
pub mod list_state;
pub mod media;
pub mod objects;
pub mod page;
pub mod payload;
pub mod place;
pub mod range;
pub mod row_match;
pub mod run;
pub mod run_part;
pub mod run_view;
pub mod scope;
pub mod search;
pub mod source;
pub mod status;
pub mod step;
pub mod text;
pub mod theme;
pub mod time;
pub mod unread;
pub mod waterfall;
pub mod whole;
