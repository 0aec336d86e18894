//! Where a record stands between its authors and its supervisor. A review is a row of the server,
//! pinned to the heads that were on the reviewer's screen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{ChangeHash, ItemId, PersonId, ServerTime};

/// A supervisor's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 退回: the authors should put something right.
    Returned,
    /// 通过.
    Approved,
    /// 不予认可: counts for nothing.
    Rejected,
}

/// One decision, as phones pull it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its number, ascending.
    pub id: i64,
    /// Who decided.
    pub reviewer: PersonId,
    /// Who decided, by name.
    pub reviewer_name: String,
    /// When.
    pub at: ServerTime,
    /// What.
    pub verdict: Verdict,
    /// In general.
    pub comment: String,
    /// Beside the items.
    pub item_comments: BTreeMap<ItemId, String>,
    /// The record's heads that were on the reviewer's screen.
    pub heads: Vec<ChangeHash>,
    /// The submissions the record had at those heads, by the change that made each.
    pub submissions: Vec<ChangeHash>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 填写中
    InProgress,
    /// 已提交
    Submitted,
    /// 已退回
    Returned,
    /// 再次提交
    Resubmitted,
    /// 已通过
    Approved,
    /// 不予认可
    Rejected,
    /// 已撤回
    Withdrawn,
}

/// Folds a record's submissions and reviews (in ascending order of id) into its status.
///
/// An author's withdrawal counts at once unless the record was approved before: then it only flags
/// *changed since approval*, and the record stays approved until a supervisor decides again.
pub fn status(submissions: &[ChangeHash], withdrawn: bool, reviews: &[Review]) -> Status {
    let Some(last) = reviews.last() else {
        return match (withdrawn, submissions.is_empty()) {
            (true, _) => Status::Withdrawn,
            (false, true) => Status::InProgress,
            (false, false) => Status::Submitted,
        };
    };
    match last.verdict {
        Verdict::Approved => Status::Approved,
        _ if withdrawn => Status::Withdrawn,
        Verdict::Rejected => Status::Rejected,
        Verdict::Returned if submissions.iter().all(|s| last.submissions.contains(s)) => Status::Returned,
        Verdict::Returned => Status::Resubmitted,
    }
}

/// Whether a record with these heads is no longer the one that was approved.
pub fn changed_since_approval(heads: &[ChangeHash], reviews: &[Review]) -> bool {
    reviews.last().is_some_and(|last| last.verdict == Verdict::Approved && !same_heads(&last.heads, heads))
}

/// Whether two sets of heads name the same state; order says nothing.
pub fn same_heads(a: &[ChangeHash], b: &[ChangeHash]) -> bool {
    a.len() == b.len() && a.iter().all(|head| b.contains(head))
}
