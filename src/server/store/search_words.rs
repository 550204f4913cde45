//! The words of runs, and how they are asked for: FTS5 in SQLite, lexemes and a GIN index in PostgreSQL. Besides `engine`
//! the only file that knows which database it is. Each word is kept under the number of its organization, so that nothing
//! of another one is even walked by.

use super::{
    engine::Tx,
    error::StoreError,
    org_db::{OrgDb, Snapshot},
    runs::count,
    schema::{SearchDocs, SearchWords},
    search_docs::between,
    search_index::Indexed,
};
use crate::{
    domain::filter::RunFilter,
    server::search::{
        options::options_asked,
        query::{Phrase, SearchQuery, Term},
    },
};
use sea_query::{
    Alias, CommonTableExpression, Cond, Expr, ExprTrait, IntoIden, Order, Query, SelectStatement, SimpleExpr,
};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Words that one beginning stands for, one by one. They are found from the newest run on, while FTS5 would first gather
/// all runs of a beginning; beyond so many it does.
const MAX_ENDINGS: usize = 32;
/// How many of the newest runs PostgreSQL looks into first for what is common, how many more for each that is wanted, and how
/// many times as many next.
const NEWEST: u64 = 1_000;
const NEWEST_EACH: u64 = 20;
const FURTHER: u64 = 8;
/// Rows of one statement.
const ROWS_AT_ONCE: usize = 500;
/// In place of a word, where no phrase goes on. No question has it.
const GAP: &str = "_";

/// Under which number the words of an organization are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(pub i64);

/// A question in the language of the database, and between which documents it looks.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    question: String,
    between: (i64, i64),
}

#[derive(FromRow)]
struct TermRow {
    term: String,
}

impl Mark {
    fn token(self, word: &str) -> String {
        format!("{}_{word}", self.0)
    }

    /// What each term may be found as, and each option of a menu that a filter asks for.
    fn phrases(self, query: &SearchQuery, filter: &RunFilter) -> Vec<Vec<Phrase>> {
        let marked = |phrase: Phrase| Phrase {
            words: phrase.words.iter().map(|word| self.token(word)).collect(),
            is_prefix: phrase.is_prefix,
        };
        let options = options_asked(filter).map(|option| vec![Phrase { words: vec![option], is_prefix: false }]);
        let all = query.terms().iter().map(Term::phrases).chain(options);
        all.map(|phrases| phrases.into_iter().map(marked).collect()).collect()
    }

    /// Words in their places, as FTS5 takes them apart again. Writers wait while this is made of many, so it is one text
    /// from the start.
    fn spaced(self, words: &[Option<String>]) -> String {
        let mark = self.token("");
        let bytes = words.iter().flatten().map(String::len).sum::<usize>() + words.len() * (mark.len() + 1);
        let mut text = String::with_capacity(bytes);
        for word in words {
            match word {
                Some(word) => text.extend([mark.as_str(), word, " "]),
                None => text.extend([GAP, " "]),
            }
        }
        text
    }

    /// Each word with its places, as PostgreSQL writes lexemes.
    fn lexemes(self, words: &[Option<String>]) -> String {
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (place, word) in (1..).zip(words) {
            if let Some(word) = word {
                places.entry(word).or_default().push(i32::to_string(&place));
            }
        }
        let lexemes = places.into_iter().map(|(word, places)| format!("'{}':{}", self.token(word), places.join(",")));
        lexemes.collect::<Vec<_>>().join(" ")
    }
}

fn in_sqlite(phrase: &Phrase) -> String {
    format!("\"{}\"{}", phrase.words.join(" "), if phrase.is_prefix { " *" } else { "" })
}

fn in_postgres(phrase: &Phrase) -> String {
    let star = if phrase.is_prefix { ":*" } else { "" };
    format!("('{}'{star})", phrase.words.join("' <-> '"))
}

/// All terms, each as any of what it may be found as.
fn all_of(terms: impl Iterator<Item = Vec<String>>, and: &str, or: &str) -> String {
    terms.map(|phrases| format!("({})", phrases.join(or))).collect::<Vec<_>>().join(and)
}

impl Matching {
    /// The same question to some documents only.
    pub(super) fn between(&self, from: i64, to: i64) -> Self {
        Self { between: (from, to), ..self.clone() }
    }

    fn range(&self, document: &SimpleExpr) -> Cond {
        let (from, to) = self.between;
        Cond::all()
            .add_option((from > i64::MIN).then(|| document.clone().gte(from)))
            .add_option((to < i64::MAX).then(|| document.clone().lte(to)))
    }
}

impl OrgDb {
    /// Keeps the words of documents.
    pub(super) async fn insert_words(
        &self,
        tx: &mut Tx,
        mark: Mark,
        documents: &[(i64, &[Option<String>])],
    ) -> Result<(), StoreError> {
        for documents in documents.chunks(ROWS_AT_ONCE) {
            let mut insert = Query::insert().into_table(SearchWords::Table).take();
            match tx {
                Tx::Sqlite(_) => {
                    insert.columns([rowid(), SearchWords::Words.into_iden()]);
                    for (document, words) in documents {
                        insert.values_panic([(*document).into(), mark.spaced(words).into()]);
                    }
                }
                Tx::Postgres(_) => {
                    insert.columns([SearchWords::OrganizationId, SearchWords::Document, SearchWords::Words]);
                    for (document, words) in documents {
                        let lexemes = Expr::val(mark.lexemes(words)).cast_as(Alias::new("tsvector"));
                        insert.values_panic([self.organization_id().0.into(), (*document).into(), lexemes]);
                    }
                }
            }
            tx.execute(&insert).await?;
        }
        Ok(())
    }

    /// Forgets the words of documents.
    pub(super) async fn delete_words(&self, tx: &mut Tx, documents: &[i64]) -> Result<(), StoreError> {
        if documents.is_empty() {
            return Ok(());
        }
        let mut delete = Query::delete().from_table(SearchWords::Table).take();
        match tx {
            Tx::Sqlite(_) => delete.and_where(Expr::col(rowid()).is_in(documents.iter().copied())),
            Tx::Postgres(_) => delete
                .and_where(self.owns((SearchWords::Table, SearchWords::OrganizationId)))
                .and_where(Expr::col(SearchWords::Document).is_in(documents.iter().copied())),
        };
        tx.execute(&delete).await.map(drop)
    }
}

impl Snapshot {
    /// A question, as it is asked of the words of this organization. Of a filter it has what menus offer; the rest is for the
    /// runs that are found to be held to.
    pub(super) async fn matching(
        &mut self,
        Indexed { mark, has_options, .. }: Indexed,
        query: &SearchQuery,
        filter: &RunFilter,
    ) -> Result<Matching, StoreError> {
        let between = between(filter.started);
        let nothing = RunFilter::default();
        let terms = mark.phrases(query, if has_options { filter } else { &nothing });
        if matches!(self.tx, Tx::Postgres(_)) {
            let terms = terms.iter().map(|phrases| phrases.iter().map(in_postgres).collect());
            return Ok(Matching { question: all_of(terms, " & ", " | "), between });
        }
        let mut all = Vec::new();
        for phrases in terms {
            let mut any = Vec::new();
            for phrase in phrases {
                any.extend(self.endings(phrase).await?.iter().map(in_sqlite));
            }
            all.push(any);
        }
        Ok(Matching { question: all_of(all.into_iter(), " AND ", " OR "), between })
    }

    /// A phrase with each of the words that there are for its last one, if those are few.
    async fn endings(&mut self, phrase: Phrase) -> Result<Vec<Phrase>, StoreError> {
        let Some((beginning, before)) = phrase.words.split_last().filter(|_| phrase.is_prefix) else {
            return Ok(vec![phrase]);
        };
        let (mut endings, mut from) = (Vec::new(), beginning.clone());
        loop {
            // One at a time: to list them, FTS5 would go through every place of each.
            let next = Query::select()
                .column(Alias::new("term"))
                .from(Alias::new("search_words_vocabulary"))
                .and_where(Expr::col(Alias::new("term")).gte(from))
                .limit(1)
                .take();
            let next: Option<TermRow> = self.tx.fetch_optional(&next).await?;
            let Some(TermRow { term }) = next.filter(|row| row.term.starts_with(beginning.as_str())) else { break };
            if endings.len() == MAX_ENDINGS {
                return Ok(vec![phrase]);
            }
            // The next one, for no word has a character before a digit.
            from = format!("{term}!");
            let words = before.iter().cloned().chain([term]).collect();
            endings.push(Phrase { words, is_prefix: false });
        }
        Ok(if endings.is_empty() { vec![phrase] } else { endings })
    }

    /// The documents that match, in no order.
    pub(super) fn documents(&self, matching: &Matching) -> SelectStatement {
        let mut select = Query::select().from(SearchWords::Table).take();
        let question = [matching.question.as_str()];
        let document: SimpleExpr = match self.tx {
            Tx::Sqlite(_) => {
                select.and_where(Expr::cust_with_values("search_words MATCH ?", question));
                Expr::col(rowid())
            }
            Tx::Postgres(_) => {
                select.and_where(self.owns((SearchWords::Table, SearchWords::OrganizationId)));
                select.and_where(Expr::cust_with_values("words @@ CAST($1 AS tsquery)", question));
                Expr::col(SearchWords::Document)
            }
        };
        select.cond_where(matching.range(&document)).expr_as(document, SearchWords::Document).take()
    }

    /// At most so many of them, whichever are found first.
    pub(super) fn some_documents(&self, matching: &Matching, count: u64) -> SelectStatement {
        let mut some = match self.tx {
            Tx::Sqlite(_) => self.documents(matching),
            Tx::Postgres(_) => self.all_documents(matching),
        };
        some.limit(count).take()
    }

    /// The newest of them, newest first. Of many, only the first `wanted` rows are sure to be all that there are; how many are
    /// read is for the caller to limit.
    pub(super) async fn newest_documents(
        &mut self,
        matching: &Matching,
        are_many: bool,
        wanted: u64,
    ) -> Result<SelectStatement, StoreError> {
        if matches!(self.tx, Tx::Sqlite(_)) {
            return Ok(self.documents(matching).order_by(rowid(), Order::Desc).take());
        }
        let stretch = if are_many { self.newest_stretch(matching, wanted).await? } else { None };
        let mut newest = match stretch {
            Some(stretch) => self.documents(&stretch),
            None => self.all_documents(matching),
        };
        Ok(newest.order_by(SearchWords::Document, Order::Desc).take())
    }

    /// The question to as many of the newest runs as have what is wanted; `None` where it takes less to find all that match.
    /// So what is common is found by going back from the newest run, and what is common in old runs only is not.
    async fn newest_stretch(&mut self, matching: &Matching, wanted: u64) -> Result<Option<Matching>, StoreError> {
        let mut runs = NEWEST + NEWEST_EACH * wanted;
        loop {
            let stretch = self.newest_runs(matching, runs).await?;
            if self.has(self.documents(&stretch), wanted).await? {
                return Ok(Some(stretch));
            }
            runs *= FURTHER;
            if !self.has(self.all_documents(matching), runs).await? {
                return Ok(None);
            }
        }
    }

    async fn has(&mut self, mut documents: SelectStatement, count_of: u64) -> Result<bool, StoreError> {
        let counted = self.tx.fetch_count(&count(documents.limit(count_of).take())).await?;
        Ok(counted == count_of)
    }

    /// The question to so many of the newest runs, or all.
    async fn newest_runs(&mut self, matching: &Matching, runs: u64) -> Result<Matching, StoreError> {
        let last = Query::select()
            .column(SearchDocs::Document)
            .from(SearchDocs::Table)
            .and_where(self.owns((SearchDocs::Table, SearchDocs::OrganizationId)))
            .cond_where(matching.range(&Expr::col(SearchDocs::Document)))
            .order_by(SearchDocs::Document, Order::Desc)
            .offset(runs)
            .limit(1)
            .take();
        let last: Option<(i64,)> = self.tx.fetch_optional(&last).await?;
        let (from, to) = matching.between;
        Ok(matching.between(last.map_or(from, |(last,)| last), to))
    }

    /// PostgreSQL does not know how rare the words are that a beginning stands for: to have some of many soon, it would look
    /// into the words of one run after the other. So this is planned as if all were asked for, and yet goes on only as far
    /// as it is read.
    fn all_documents(&self, matching: &Matching) -> SelectStatement {
        let name = Alias::new("matching");
        let all = CommonTableExpression::new()
            .query(self.documents(matching))
            .table_name(name.clone())
            .materialized(true)
            .to_owned();
        Query::select().column(SearchWords::Document).from(name).with_cte(all).take()
    }
}

/// The number of a document of FTS5.
fn rowid() -> sea_query::DynIden {
    Alias::new("rowid").into_iden()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_places_under_the_number_of_their_organization() {
        let words = [Some("parcel".to_owned()), None, Some("ärger".to_owned()), Some("parcel".to_owned())];
        assert_eq!(Mark(12).spaced(&words), "12_parcel _ 12_ärger 12_parcel ");
        assert_eq!(Mark(12).lexemes(&words), "'12_parcel':1,4 '12_ärger':3");
        assert_eq!(Mark(12).spaced(&[]), "");
    }
}
