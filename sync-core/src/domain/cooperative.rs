//! A cooperative of the register: a plain row, written online and pulled read-only by phones.

use serde::{Deserialize, Serialize};

use super::{AreaCode, CooperativeId, CreditCode, Day, PersonId, Position};

/// A farmers' cooperative as the register knows it. The core on a phone reads of it only what decides whether a
/// visit is due, because reading more would be more to load; what the phone shows, it shows from the row itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooperative {
    /// Its opaque id, which no correction of other data changes.
    pub id: CooperativeId,
    /// Its name.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub name: String,
    /// The first letters of the name's syllables in pinyin, `a` to `z`, for searching.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub initials: String,
    /// Met in the field and not yet linked to the register.
    pub provisional: bool,
    /// The township-level unit it belongs to.
    pub area: AreaCode,
    /// Its credit code, where it has one.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub credit_code: Option<CreditCode>,
    /// How it runs.
    pub operating_status: OperatingStatus,
    /// Its address.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub address: String,
    /// The village where it is.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub village: String,
    /// Its chair (理事长), who is its legal representative.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub chair: String,
    /// The chair's telephone number.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub telephone: String,
    /// Where it is, in WGS-84, where known.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub position: Option<Position>,
    /// The highest title it holds as a demonstration cooperative.
    pub title: Option<TitleLevel>,
    /// The day of establishment on its licence.
    pub established: Option<Day>,
    /// What it produces, separated by `、`.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub products: String,
    /// Its responsible coordinator; none where it is its unit's.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub coordinator: Option<PersonId>,
    /// Whether it meets the five haves, by its approved visits; none where that can't be said yet.
    pub five_haves_met: Option<bool>,
    /// The day of its newest visit that counts for coverage.
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub newest_counted: Option<Day>,
}

/// How a cooperative runs (after 中农发〔2019〕3号).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatingStatus {
    /// 正常运行
    Normal,
    /// 空壳
    Shell,
    /// 停业
    Stopped,
    /// 退出中
    Exiting,
    /// 已注销
    Deregistered,
}

impl OperatingStatus {
    /// The status with this name in JSON and checklists.
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "normal" => Self::Normal,
            "shell" => Self::Shell,
            "stopped" => Self::Stopped,
            "exiting" => Self::Exiting,
            "deregistered" => Self::Deregistered,
            _ => return None,
        })
    }
}

/// The level of a demonstration cooperative's title, from the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleLevel {
    /// 国家级
    National,
    /// 省级
    Provincial,
    /// 市级
    Municipal,
    /// 区级
    District,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_phones_pull_is_read_and_written_the_same() {
        let row = serde_json::json!({
            "id": "0190b6a0-0000-7000-8000-000000000001", "name": "朔城区神头镇马邑兴农种植专业合作社",
            "initials": "scqstzmyxnzzzyhzs", "provisional": false, "area": "140602100",
            "credit_code": "91350100M000100Y43", "operating_status": "normal", "address": "神头镇马邑村",
            "village": "马邑村", "chair": "张三", "telephone": "",
            "position": {"latitude_e7": 393180000, "longitude_e7": 1124250000, "accuracy_m": 0},
            "title": "provincial", "established": "2015-03-02", "products": "玉米、黍子",
            "coordinator": null, "five_haves_met": null, "newest_counted": "2026-05-02",
        });
        let cooperative: Cooperative = serde_json::from_value(row.clone()).expect("a cooperative");
        assert_eq!(cooperative.title, Some(TitleLevel::Provincial));
        assert_eq!(serde_json::to_value(&cooperative).expect("JSON"), row);
    }
}
