//! What runs share and a write makes where it is new: skills, teammates, conversations and flows.

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::OrgDb,
    packed,
    packed_run::PackedRun,
    run_index::{FACTS, FactsRow, IndexChanges},
    schema::{AiEmployees, Conversations, FlowSnapshots, WorkflowRuns as Runs, Workflows},
};
use crate::domain::run_facts::RunFacts;
use sea_query::{Cond, Expr, ExprTrait, IntoIden, IntoTableRef, OnConflict, Query, Value};
use sqlx::FromRow;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

#[derive(FromRow)]
struct NameRow {
    id: Uuid,
    name: String,
}

#[derive(FromRow)]
struct ConversationRow {
    id: Uuid,
    title: Option<String>,
    channel: Option<String>,
}

#[derive(FromRow)]
struct DigestRow {
    digest: Vec<u8>,
}

/// What is known of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    title: Option<String>,
    channel: Option<String>,
}

/// The channels by which conversations are known.
pub(super) struct Channels(HashMap<Uuid, Option<String>>);

impl Channels {
    /// That of a run's conversation.
    pub fn of(&self, run: &PackedRun) -> Option<&str> {
        self.0.get(&run.conversation.as_ref()?.id.0)?.as_deref()
    }
}

impl OrgDb {
    /// Skills and teammates: made when not seen before, called by the name given last, else by their id.
    pub(super) async fn write_names(&self, tx: &mut Tx, runs: &[&PackedRun]) -> Result<(), StoreError> {
        let skills = runs.iter().map(|run| (run.workflow_id.0, run.workflow_name.as_deref()));
        let table = (Workflows::Table, [Workflows::OrganizationId, Workflows::Id, Workflows::Name]);
        self.write_names_of(tx, table, skills).await?;
        let teammates = runs.iter().filter_map(|run| run.ai_employee.as_ref());
        let teammates = teammates.map(|(id, name)| (id.0, name.as_deref()));
        let table = (AiEmployees::Table, [AiEmployees::OrganizationId, AiEmployees::Id, AiEmployees::Name]);
        self.write_names_of(tx, table, teammates).await
    }

    async fn write_names_of<'a, C: IntoIden + Copy + 'static>(
        &self,
        tx: &mut Tx,
        (table, columns): (impl IntoTableRef + Copy, [C; 3]),
        given: impl Iterator<Item = (Uuid, Option<&'a str>)>,
    ) -> Result<(), StoreError> {
        let [organization, id, name] = columns;
        let mut names: BTreeMap<Uuid, Option<&str>> = BTreeMap::new();
        for (id, name) in given {
            let called = names.entry(id).or_default();
            *called = name.filter(|name| !name.is_empty()).or(*called);
        }
        let select = Query::select()
            .columns([id, name])
            .from(table)
            .and_where(self.owns(organization))
            .and_where(Expr::col(id).is_in(names.keys().copied()))
            .take();
        let stored: Vec<NameRow> = tx.fetch_all(&select).await?;
        let stored: HashMap<Uuid, String> = stored.into_iter().map(|row| (row.id, row.name)).collect();
        let rows = names.into_iter().filter_map(|(id, name)| {
            let name = match (name, stored.get(&id)) {
                (Some(name), Some(stored)) if name == stored => return None,
                (None, Some(_)) => return None,
                (Some(name), _) => name.to_owned(),
                (None, None) => id.to_string(),
            };
            Some(vec![self.organization_id().0.into(), id.into(), name.into()])
        });
        let known = OnConflict::columns([organization, id]).update_column(name).to_owned();
        insert_rows(tx, table, &columns, rows.collect(), Some(known)).await
    }

    /// Stores the flows that are new.
    pub(super) async fn write_flows(&self, tx: &mut Tx, runs: &[&PackedRun]) -> Result<(), StoreError> {
        let mut flows: BTreeMap<_, _> =
            runs.iter().filter_map(|run| run.flow.as_ref()).map(|(digest, flow)| (digest, flow)).collect();
        if flows.is_empty() {
            return Ok(());
        }
        let select = Query::select()
            .column(FlowSnapshots::Digest)
            .from(FlowSnapshots::Table)
            .and_where(self.owns((FlowSnapshots::Table, FlowSnapshots::OrganizationId)))
            .and_where(Expr::col(FlowSnapshots::Digest).is_in(flows.keys().map(|digest| digest.as_slice())))
            .take();
        for DigestRow { digest } in tx.fetch_all(&select).await? {
            flows.remove(&digest);
        }
        let rows = flows.into_iter().map(|(digest, flow)| {
            vec![self.organization_id().0.into(), digest.clone().into(), packed::pack(flow.as_str()).into()]
        });
        let columns = [FlowSnapshots::OrganizationId, FlowSnapshots::Digest, FlowSnapshots::Packed];
        insert_rows(tx, FlowSnapshots::Table, &columns, rows.collect(), None).await
    }

    /// Conversations, and the channels by which they are known now. When that of one becomes known or changes, the sources
    /// of its other runs follow it.
    pub(super) async fn write_conversations(
        &self,
        tx: &mut Tx,
        runs: &[&PackedRun],
        change: i64,
        index: &mut IndexChanges,
    ) -> Result<Channels, StoreError> {
        let given: Vec<_> = runs.iter().filter_map(|run| run.conversation.as_ref()).collect();
        let ids: HashSet<Uuid> = given.iter().map(|conversation| conversation.id.0).collect();
        if ids.is_empty() {
            return Ok(Channels(HashMap::new()));
        }
        let select = Query::select()
            .columns([Conversations::Id, Conversations::Title, Conversations::Channel])
            .from(Conversations::Table)
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).is_in(ids))
            .take();
        let stored: Vec<ConversationRow> = tx.fetch_all(&select).await?;
        let stored: HashMap<Uuid, Known> =
            stored.into_iter().map(|row| (row.id, Known { title: row.title, channel: row.channel })).collect();
        let mut known: BTreeMap<Uuid, Known> = BTreeMap::new();
        for conversation in given {
            let id = conversation.id.0;
            let now = known.entry(id).or_insert_with(|| stored.get(&id).cloned().unwrap_or_default());
            now.title = conversation.title.clone().or(now.title.take());
            now.channel = conversation.channel.clone().or(now.channel.take());
        }
        let changed: Vec<_> = known.iter().filter(|(id, now)| stored.get(id) != Some(now)).collect();
        let rows = changed.iter().map(|(id, now)| {
            let (title, channel) = (now.title.clone().into(), now.channel.clone().into());
            vec![self.organization_id().0.into(), Value::from(**id), title, channel]
        });
        let columns = [Conversations::OrganizationId, Conversations::Id, Conversations::Title, Conversations::Channel];
        let replace = OnConflict::columns([Conversations::OrganizationId, Conversations::Id])
            .update_columns([Conversations::Title, Conversations::Channel])
            .to_owned();
        insert_rows(tx, Conversations::Table, &columns, rows.collect(), Some(replace)).await?;
        for (id, now) in changed {
            let before = stored.get(id).map(|before| &before.channel);
            // One that is new has no other runs.
            if let (Some(before), Some(channel)) = (before, &now.channel)
                && before.as_ref() != Some(channel)
            {
                self.follow_channel(tx, (*id, channel), runs, change, index).await?;
            }
        }
        Ok(Channels(known.into_iter().map(|(id, now)| (id, now.channel)).collect()))
    }

    /// The other runs of a conversation; those that are being written get their source by themselves.
    async fn follow_channel(
        &self,
        tx: &mut Tx,
        (conversation, channel): (Uuid, &str),
        written: &[&PackedRun],
        change: i64,
        index: &mut IndexChanges,
    ) -> Result<(), StoreError> {
        let others = Cond::all()
            .add(self.owns((Runs::Table, Runs::OrganizationId)))
            .add(Expr::col(Runs::ConversationId).eq(conversation))
            .add(Expr::col(Runs::Id).is_not_in(written.iter().map(|run| run.run_id.0)));
        let select = Query::select().columns(FACTS).from(Runs::Table).cond_where(others.clone()).take();
        for row in tx.fetch_all::<FactsRow>(&select).await? {
            let facts = row.read()?;
            index.take(&facts);
            index.add(&RunFacts { source: channel.to_owned(), ..facts });
        }
        let update = Query::update()
            .table(Runs::Table)
            .value(Runs::Source, channel)
            .value(Runs::LastChange, change)
            .cond_where(others)
            .take();
        tx.execute(&update).await.map(drop)
    }
}
