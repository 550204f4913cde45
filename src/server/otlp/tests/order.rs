//! Whatever the order in which spans and accounts of them come, what is made of them is the same.

use super::{clients, *};
use crate::server::otlp::span::Event;
use proptest::{prelude::*, sample::Index};

/// Puts values in an order of its own for every list of numbers.
fn shuffled<T: Clone>(values: &[T], order: &[Index]) -> Vec<T> {
    let mut left = values.to_vec();
    order.iter().cycle().map_while(|next| (!left.is_empty()).then(|| left.remove(next.index(left.len())))).collect()
}

fn merged(accounts: &[Span]) -> Span {
    let mut accounts = accounts.iter().cloned();
    let mut span = accounts.next().unwrap();
    for account in accounts {
        span.merge(account);
    }
    span
}

/// Accounts of one span that differ in all that can differ.
fn accounts() -> impl Strategy<Value = Vec<Span>> {
    let attributes = prop::collection::btree_map("[ab]", 0..3_i64, 0..3);
    let account = (prop::option::of(0..3_i64), 0..3_i64, any::<bool>(), attributes, 0..3_i64);
    let account = account.prop_map(|(end, receipt, is_whole, attributes, event)| {
        let mut data = data(1, None, (0, 0), json!(attributes));
        data.ended_at = end.map(|end| start().plus(TimeDelta::seconds(end)));
        data.name = format!("span {event}");
        let at = start().plus(TimeDelta::seconds(event));
        data.events = vec![Event { at, number: 0, name: "said".to_owned(), attributes: Attributes::new() }];
        Span::received(data, is_whole, start().plus(TimeDelta::seconds(receipt)))
    });
    prop::collection::vec(account, 1..6)
}

proptest! {
    #[test]
    fn accounts_of_a_span_come_to_the_same(accounts in accounts(), order: Vec<Index>, split: Index) {
        let order = if order.is_empty() { vec![split] } else { order };
        let whole = merged(&accounts);
        let other = shuffled(&accounts, &order);
        prop_assert_eq!(&merged(&other), &whole);
        // Also when some were brought together before, and when some come again.
        let (first, second) = other.split_at(split.index(other.len()));
        let parts: Vec<Span> = [first, second].into_iter().filter(|part| !part.is_empty()).map(merged).collect();
        prop_assert_eq!(&merged(&parts), &whole);
        prop_assert_eq!(&merged(&[other.as_slice(), &accounts].concat()), &whole);
        let mut again = whole.clone();
        prop_assert!(!again.merge(accounts[0].clone()));
        let stored = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(serde_json::from_str::<Span>(&stored).unwrap(), whole);
    }

    #[test]
    fn spans_of_a_run_come_to_the_same(order in prop::collection::vec(any::<Index>(), 1..20)) {
        for spans in clients::all() {
            let run = map(&spans, false).unwrap();
            let other = map(&shuffled(&spans, &order), false).unwrap();
            prop_assert_eq!(run.write.document, other.write.document);
        }
    }
}

#[test]
fn what_is_believed_is_the_end_then_the_later_one_and_nothing_is_lost() {
    let account = |end: Option<i64>, receipt: i64, is_whole: bool, attributes: Value| {
        let mut data = data(1, None, (0, 0), attributes);
        data.ended_at = end.map(|end| start().plus(TimeDelta::seconds(end)));
        data.name = format!("{end:?} {receipt} {is_whole}");
        Span::received(data, is_whole, start().plus(TimeDelta::seconds(receipt)))
    };
    for (lesser, greater) in [
        ((Some(9), 9, false), (None, 0, true)),
        ((None, 9, true), (Some(1), 0, true)),
        ((Some(1), 9, true), (Some(2), 0, true)),
        ((Some(1), 1, true), (Some(1), 2, true)),
    ] {
        let lesser = account(lesser.0, lesser.1, lesser.2, json!({ "a": 1, "b": 1 }));
        let greater = account(greater.0, greater.1, greater.2, json!({ "b": 2, "c": 2 }));
        let mut span = lesser.clone();
        assert!(span.merge(greater.clone()));
        assert_eq!(span.data.name, greater.data.name);
        assert_eq!(json!(span.data.attributes), json!({ "a": 1, "b": 2, "c": 2 }));
    }
}

#[test]
fn the_same_again_is_nothing_new() {
    let mut span = span(1, None, (0, 1), json!({ "a": 1 }));
    let again = Span::received(span.data.clone(), true, start().plus(TimeDelta::minutes(20)));
    assert!(!span.merge(again));
    assert_eq!(span.received_at(), start().plus(TimeDelta::minutes(20)));
}
