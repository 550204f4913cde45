//! What the menus of the filters offer.

use crate::{
    domain::{
        facets::Facets,
        filter::RunFilter,
        run_view::{FilterOptions, Skill},
        time::Timestamp,
    },
    server::store::{OrgDb, StoreError},
};

/// The channels, models and skills of an organization, and how many runs each option of each menu would give under the other
/// parts of a filter, whose dates are relative to `now`.
pub async fn filter_options(org: &OrgDb, filter: &RunFilter, now: Timestamp) -> Result<FilterOptions, StoreError> {
    let mut snapshot = org.snapshot().await?;
    let skills = snapshot.skills().await?;
    let known = snapshot.known_values().await?;
    Ok(FilterOptions {
        channels: known.sources.into_iter().collect(),
        models: known.models.into_iter().collect(),
        skills: skills.into_iter().map(|(id, name)| Skill { id, name }).collect(),
        counts: snapshot.facets(filter, now).await?.as_ref().map(Facets::list),
    })
}
