//! The district's units and villages. The units' names are public and their nine-digit codes are
//! invented; villages and their places are invented, too, within reach of a spot in the unit.

use sync_core::domain::{AreaCode, Position};

/// The district, as GB/T 2260 numbers it.
pub const DISTRICT: &str = "140602";

/// A township-level unit.
#[derive(Debug, PartialEq)]
pub(super) struct Unit {
    /// Invented: the plan doesn't give it.
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// Its name in account names.
    pub(super) account: &'static str,
    /// A spot in it, WGS-84, in ten-thousandths of a degree.
    pub(super) latitude_e4: i32,
    pub(super) longitude_e4: i32,
    /// How many cooperatives it has, compared with the others.
    pub(super) weight: u32,
    /// Of a hundred regular visits, how many are made in time.
    pub(super) diligence: u32,
    /// The second syllable of its villages' names, which makes them the unit's own.
    pub(super) village_mark: &'static str,
}

const fn unit(
    code: &'static str,
    name: &'static str,
    account: &'static str,
    (latitude_e4, longitude_e4): (i32, i32),
    weight: u32,
    diligence: u32,
    village_mark: &'static str,
) -> Unit {
    Unit { code, name, account, latitude_e4, longitude_e4, weight, diligence, village_mark }
}

/// The units; a small district is the first two.
pub(super) const UNITS: [Unit; 14] = [
    unit("140602100", "神头镇", "shentou", (39_3800, 112_5300), 78, 88, "泉"),
    unit("140602101", "利民镇", "limin", (39_2950, 112_0900), 46, 74, "岭"),
    unit("140602001", "北城街道", "beicheng", (39_3400, 112_4300), 22, 92, "关"),
    unit("140602002", "南城街道", "nancheng", (39_3100, 112_4350), 20, 90, "桥"),
    unit("140602003", "神头街道", "shentou-jiedao", (39_4000, 112_5800), 18, 85, "电"),
    unit("140602004", "北旺庄街道", "beiwangzhuang", (39_3500, 112_4000), 34, 81, "旺"),
    unit("140602200", "下团堡乡", "xiatuanbao", (39_2700, 112_3200), 66, 79, "团"),
    unit("140602201", "小平易乡", "xiaopingyi", (39_4150, 112_4700), 70, 68, "平"),
    unit("140602202", "滋润乡", "zirun", (39_4300, 112_6000), 84, 83, "润"),
    unit("140602203", "南榆林乡", "nanyulin", (39_2900, 112_5800), 72, 71, "榆"),
    unit("140602204", "贾庄乡", "jiazhuang", (39_2650, 112_5200), 88, 86, "贾"),
    unit("140602205", "沙塄河乡", "shalenghe", (39_2200, 112_4700), 82, 77, "河"),
    unit("140602206", "窑子头乡", "yaozitou", (39_3500, 112_2800), 68, 62, "窑"),
    unit("140602207", "张蔡庄乡", "zhangcaizhuang", (39_2800, 112_1900), 58, 55, "蔡"),
];

/// What villages' names begin and end with.
const VILLAGE_STARTS: [&str; 6] = ["东", "西", "上", "下", "新", "大"];
const VILLAGE_ENDS: [&str; 2] = ["庄", "寨"];

impl Unit {
    pub(super) fn area(&self) -> AreaCode {
        self.code.parse().expect("BUG: an invented code is well formed")
    }

    /// Its villages, without 村, and how far each lies from the unit's spot, in ten-thousandths of a
    /// degree north and east.
    pub(super) fn villages(&self) -> Vec<(String, (i32, i32))> {
        const AROUND: [(i32, i32); 6] =
            [(210, 0), (100, 230), (-100, 230), (-210, 0), (-100, -230), (100, -230)];
        let name = |start: &str, end: &str| format!("{start}{}{end}", self.village_mark);
        let near = VILLAGE_STARTS.iter().zip(AROUND).map(|(start, off)| (name(start, VILLAGE_ENDS[0]), off));
        let far = VILLAGE_STARTS
            .iter()
            .zip(AROUND)
            .map(|(start, (north, east))| (name(start, VILLAGE_ENDS[1]), (north / 2 + 40, east / 2 - 60)));
        near.chain(far).collect()
    }
}

/// A node of the administrative tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: &'static str,
    /// Its code is made up.
    pub invented_code: bool,
}

/// The tree from the province down to these units.
pub(super) fn areas(units: &[Unit]) -> Vec<SampleArea> {
    let known = [("14", "山西省"), ("1406", "朔州市"), (DISTRICT, "朔城区")].map(|(code, name)| SampleArea {
        code: code.parse().expect("BUG: a known code is well formed"),
        name,
        invented_code: false,
    });
    let of_unit = |unit: &Unit| SampleArea { code: unit.area(), name: unit.name, invented_code: true };
    known.into_iter().chain(units.iter().map(of_unit)).collect()
}

/// A spot in the unit with this code.
pub(super) fn spot_of(area: &AreaCode) -> Position {
    let unit = UNITS.iter().find(|unit| unit.code == area.as_str()).expect("BUG: a sample unit");
    Position { latitude_e7: unit.latitude_e4 * 1_000, longitude_e7: unit.longitude_e4 * 1_000, accuracy_m: 0 }
}

/// Of a hundred regular visits in the unit with this code, how many are made in time.
pub(super) fn diligence_of(area: &AreaCode) -> u32 {
    UNITS.iter().find(|unit| unit.code == area.as_str()).expect("BUG: a sample unit").diligence
}
