//! What the menus of the filters offer.

use crate::{
    domain::run_view::{FilterOptions, Skill},
    server::store::{OrgDb, StoreError},
};

/// The channels, models and skills of an organization.
pub async fn filter_options(org: &OrgDb) -> Result<FilterOptions, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let skills = snapshot.skills().await?;
    let known = snapshot.known_values().await?;
    Ok(FilterOptions {
        channels: known.sources.into_iter().collect(),
        models: known.models.into_iter().collect(),
        skills: skills.into_iter().map(|(id, name)| Skill { id, name }).collect(),
    })
}
