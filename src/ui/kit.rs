//! Widgets that know no route and no query.

pub mod avatar;
pub mod bar;
pub mod copy;
pub mod icon;
pub mod json_tree;
pub mod link;
pub mod marked;
pub mod moment;
pub mod not_loaded;
pub mod status_badge;
pub mod tabs;
