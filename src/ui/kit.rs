//! Widgets that know no route and no rule.

pub mod avatar;
pub mod bar;
pub mod icon;
pub mod moment;
pub mod status_badge;
