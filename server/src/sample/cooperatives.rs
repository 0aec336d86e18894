//! The register of the sample district: names, codes, telephone numbers and places that look right and
//! are nobody's.

use std::collections::BTreeSet;

use sync_core::domain::{
    Cooperative, CooperativeId, CreditCode, Day, OperatingStatus, Position, ServerTime, TitleLevel,
};

use super::Size;
use super::draw::{Draw, Subject};
use super::people::{self, SamplePerson};
use super::places::Unit;
use crate::store::cooperatives::initials;
use crate::store::grants::Role;

/// Words of good omen, as cooperatives like them in their names.
const BRANDS: [&str; 40] = [
    "兴农", "惠民", "丰源", "鑫旺", "绿野", "瑞丰", "裕民", "聚鑫", "宏达", "金穗", "众诚", "康源", "永盛",
    "富民", "恒丰", "晋北", "春晖", "同心", "百顺", "禾佳", "顺达", "新希", "益农", "牧源", "天禾", "万家",
    "德润", "广源", "沃野", "联盛", "福地", "塞上", "农盛", "润泽", "利众", "嘉禾", "昌盛", "茂林", "祥和",
    "桑干",
];

/// What a cooperative does, as it stands in its name; what it produces; how often.
const TRADES: [(u32, (&str, &str)); 14] = [
    (20, ("种植", "玉米、谷子")),
    (9, ("杂粮种植", "谷子、黍子、莜麦")),
    (8, ("马铃薯种植", "马铃薯")),
    (8, ("蔬菜种植", "西红柿、青椒、黄瓜")),
    (4, ("中药材种植", "黄芪、柴胡")),
    (4, ("林果种植", "仁用杏、苹果")),
    (14, ("养殖", "肉羊、肉牛")),
    (6, ("奶牛养殖", "生鲜乳")),
    (7, ("生猪养殖", "生猪")),
    (5, ("蛋鸡养殖", "鸡蛋")),
    (9, ("农机服务", "耕种收作业")),
    (2, ("食用菌种植", "香菇、平菇")),
    (2, ("种养", "玉米、肉羊")),
    (2, ("农副产品购销", "杂粮、豆腐干")),
];

/// Draws the cooperatives of these units.
pub(super) fn draw(
    seed: u64,
    units: &[Unit],
    size: &Size,
    people: &[SamplePerson],
    now: ServerTime,
) -> Vec<Cooperative> {
    let mut names = BTreeSet::new();
    let mut cooperatives: Vec<Cooperative> = shares(units, size.cooperatives)
        .into_iter()
        .flat_map(|(unit, count)| (0..count).map(move |number| (unit, number)))
        .enumerate()
        .map(|(at, (unit, number))| {
            let coordinators = people::of_area(people, Role::Coordinator, &unit.area());
            let coordinator = coordinators[number as usize % coordinators.len()];
            one(&mut Draw::of(seed, Subject::Cooperative, at as u32), unit, coordinator, &mut names, now)
        })
        .collect();
    give_titles(&mut Draw::of(seed, Subject::Names, 0), &mut cooperatives, size.titles);
    cooperatives
}

/// How many of the cooperatives each unit has; the last one gets what is left by rounding.
fn shares(units: &[Unit], cooperatives: u32) -> Vec<(&Unit, u32)> {
    let weights: u32 = units.iter().map(|unit| unit.weight).sum();
    let mut left = cooperatives;
    let mut shares: Vec<(&Unit, u32)> = units
        .iter()
        .map(|unit| {
            let share = cooperatives * unit.weight / weights;
            left -= share;
            (unit, share)
        })
        .collect();
    if let Some((_, last)) = shares.last_mut() {
        *last += left;
    }
    shares
}

fn one(
    draw: &mut Draw,
    unit: &Unit,
    coordinator: &SamplePerson,
    names: &mut BTreeSet<String>,
    now: ServerTime,
) -> Cooperative {
    let (village, (north_e4, east_e4)) = draw.one(&unit.villages()).clone();
    let mut drawn = || {
        let (trade, products) = draw.weighted(&TRADES);
        let short = if draw.percent(40) { village.as_str() } else { "" };
        (format!("朔城区{short}{}{trade}专业合作社", draw.one(&BRANDS)), products)
    };
    let (mut name, mut products) = drawn();
    while !names.insert(name.clone()) {
        (name, products) = drawn();
    }
    let operating_status = draw.weighted(&[
        (86, OperatingStatus::Normal),
        (6, OperatingStatus::Shell),
        (4, OperatingStatus::Stopped),
        (2, OperatingStatus::Exiting),
        (2, OperatingStatus::Deregistered),
    ]);
    // Up to some 300 m around the village.
    let degrees_e7 = |draw: &mut Draw, spot_e4: i32, off_e4: i32| {
        (spot_e4 + off_e4) * 1_000 + draw.between(-30_000, 30_000) as i32
    };
    let position = Position {
        latitude_e7: degrees_e7(draw, unit.latitude_e4, north_e4),
        longitude_e7: degrees_e7(draw, unit.longitude_e4, east_e4),
        accuracy_m: draw.between(5, 30) as u32,
    };
    Cooperative {
        id: CooperativeId::random(draw.entropy()),
        initials: initials(&name),
        name,
        provisional: false,
        area: unit.area(),
        credit_code: Some(credit_code(draw)),
        operating_status,
        address: format!("{}{village}村", unit.name),
        village: format!("{village}村"),
        chair: people::name(draw),
        telephone: telephone(draw),
        position: (!draw.percent(4)).then_some(position),
        title: None,
        established: Some(established(draw, now)),
        products: products.to_owned(),
        coordinator: Some(coordinator.id),
        five_haves_met: None,
        newest_counted: None,
    }
}

/// A code that checks, of a kind that is never given out: organisation codes start with a digit or `MA`.
fn credit_code(draw: &mut Draw) -> CreditCode {
    let number = draw.between(0, 99_999_999);
    CreditCode::with_check(&format!("93140602X{number:08}")).expect("BUG: the start is well formed")
}

/// Eleven digits that start with 100, as no telephone number in China does.
fn telephone(draw: &mut Draw) -> String {
    format!("100{:08}", draw.between(0, 99_999_999))
}

/// Some years ago, mostly after the law of 2007; a few this year.
fn established(draw: &mut Draw, now: ServerTime) -> Day {
    let today = now.day();
    let days_ago = if draw.percent(4) {
        draw.between(20, i64::from(today.0.ordinal()).max(21))
    } else {
        draw.between(400, 18 * 365)
    };
    Day(today.0.saturating_sub(time::Duration::days(days_ago)))
}

/// Gives as many titles of each level as there are, to cooperatives that operate normally.
fn give_titles(draw: &mut Draw, cooperatives: &mut [Cooperative], titles: [u32; 4]) {
    let mut normal: Vec<&mut Cooperative> =
        cooperatives.iter_mut().filter(|one| one.operating_status == OperatingStatus::Normal).collect();
    draw.shuffle(&mut normal);
    let levels = [TitleLevel::National, TitleLevel::Provincial, TitleLevel::Municipal, TitleLevel::District];
    let given = levels.into_iter().zip(titles).flat_map(|(level, count)| (0..count).map(move |_| level));
    for (cooperative, level) in normal.into_iter().zip(given) {
        cooperative.title = Some(level);
    }
}
