//! What the menus of the filters offer.

use crate::{
    domain::{
        facet::Facet,
        run_view::{FilterOptions, Skill},
    },
    server::store::{OrgDb, StoreError},
};

/// The channels, models and skills of an organization.
pub async fn filter_options(org: &OrgDb) -> Result<FilterOptions, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let skills = snapshot.skills().await?;
    let mut channels = snapshot.facet_values(Facet::Source).await?;
    let mut models = snapshot.facet_values(Facet::Model).await?;
    // Databases differ in what comes first.
    channels.sort();
    models.sort();
    Ok(FilterOptions { channels, models, skills: skills.into_iter().map(|(id, name)| Skill { id, name }).collect() })
}
