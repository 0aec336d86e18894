//! Who signs in at the sample district. Accounts and the one password are fixed and written in the
//! README; names are invented.

use sync_core::domain::{Actor, AreaCode, DeviceId, PersonId};

use super::draw::{Draw, Subject};
use super::places::{DISTRICT, Unit};
use crate::store::grants::Role;

/// The password of every account of the sample district.
pub const PASSWORD: &str = "xunfang-sample";

/// Somebody of the sample district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePerson {
    /// The person's id.
    pub id: PersonId,
    /// What the person types to sign in.
    pub account: String,
    /// The name others see.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// Where.
    pub area: AreaCode,
    /// The person's phone, or the computer at the office.
    pub device: DeviceId,
    /// What the person's phone writes as.
    pub actor: Actor,
}

const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "贾", "郭", "霍", "边", "石", "蔚", "尹", "麻", "白", "徐",
    "高", "孟", "丰",
];
const GIVEN: [&str; 30] = [
    "建国", "志强", "秀英", "海龙", "丽萍", "文斌", "玉梅", "永刚", "春生", "晓东", "桂花", "学军", "雪峰",
    "美玲", "俊杰", "喜旺", "月娥", "存良", "二虎", "银柱", "素珍", "天佑", "改琴", "福全", "润生", "巧云",
    "宏伟", "翠莲", "守义", "贵宝",
];

/// An invented name.
pub(super) fn name(draw: &mut Draw) -> String {
    format!("{}{}", draw.one(&SURNAMES), draw.one(&GIVEN))
}

/// Draws the people of these units and of the district.
pub(super) fn draw(seed: u64, units: &[Unit], district_coordinators: u32) -> Vec<SamplePerson> {
    let district: AreaCode = DISTRICT.parse().expect("BUG: a known code is well formed");
    let mut posts = Vec::new();
    for number in 1..=district_coordinators {
        posts.push((format!("coordinator-district-{number}"), Role::Coordinator, district.clone()));
    }
    for (at, unit) in units.iter().enumerate() {
        posts.push((format!("coordinator-{}", unit.account), Role::Coordinator, unit.area()));
        if at == 0 {
            posts.push((format!("coordinator-{}-2", unit.account), Role::Coordinator, unit.area()));
        }
        posts.push((format!("supervisor-{}", unit.account), Role::Supervisor, unit.area()));
    }
    posts.push(("office".to_owned(), Role::DistrictOffice, district.clone()));
    posts.push(("department".to_owned(), Role::Department, district.clone()));
    posts.push(("admin".to_owned(), Role::Administrator, district));

    let mut names = Vec::new();
    let person = |(number, (account, role, area)): (usize, (String, Role, AreaCode))| {
        let mut draw = Draw::of(seed, Subject::Person, number as u32);
        let mut name = name(&mut draw);
        while names.contains(&name) {
            name = self::name(&mut draw);
        }
        names.push(name.clone());
        SamplePerson {
            id: PersonId::random(draw.entropy()),
            account,
            name,
            role,
            area,
            device: DeviceId::random(draw.entropy()),
            actor: Actor(draw.entropy()),
        }
    };
    posts.into_iter().enumerate().map(person).collect()
}

/// Those with this role whose area this is, in the order of their accounts' numbers.
pub(super) fn of_area<'a>(people: &'a [SamplePerson], role: Role, area: &AreaCode) -> Vec<&'a SamplePerson> {
    people.iter().filter(|person| person.role == role && person.area == *area).collect()
}
