//! What a visit finds, as the commands of its coordinator, section by section.

use sync_core::commands::{Answer, Command, Severity, YesNo};
use sync_core::domain::checklist::newest;
use sync_core::domain::{
    Checklist, Cooperative, Day, FindingId, FixId, FixSource, Item, ItemKind, OperatingStatus, Position,
};
use time::Duration;

use super::draw::Draw;
use super::places;

/// How a cooperative is kept: what it has by and large stays from visit to visit, and slowly grows.
pub(super) struct Condition {
    quality: i64,
    /// For each yes-or-no item, the quality from which on it is there.
    thresholds: Vec<(&'static str, i64)>,
    members: i64,
}

impl Condition {
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let (low, high) = draw.weighted(&[(60, (85, 105)), (28, (60, 90)), (12, (30, 60))]);
        let items = checklist().sections.iter().flat_map(|section| &section.items);
        Self {
            quality: draw.between(low, high),
            thresholds: items
                .filter(|item| item.kind == ItemKind::YesNo)
                .map(|item| (item.id.as_str(), draw.between(0, 99)))
                .collect(),
            members: draw.between(5, 160),
        }
    }

    fn has(&self, item: &str, earlier_visits: u32) -> bool {
        let quality = self.quality + 6 * i64::from(earlier_visits);
        self.thresholds.iter().any(|(known, threshold)| *known == item && *threshold < quality)
    }
}

/// The checklist that the sample's visits are made with.
pub(super) fn checklist() -> &'static Checklist {
    newest("quality-2021").expect("BUG: quality-2021 is built in")
}

/// A visit's circumstances.
pub(super) struct Circumstances<'a> {
    pub(super) cooperative: &'a Cooperative,
    pub(super) condition: &'a Condition,
    pub(super) earlier_visits: u32,
    pub(super) day: Day,
    /// Every item is answered, also those that need not be.
    pub(super) thorough: bool,
}

/// What is found where somebody was met: the commands of each section that is asked, in order. The first
/// says who is there and how the visit went.
pub(super) fn found(draw: &mut Draw, of: &Circumstances<'_>) -> Vec<Vec<Command>> {
    let mut sections = vec![vec![Command::Join, outcome("held")]];
    let runs = matches!(of.cooperative.operating_status, OperatingStatus::Normal | OperatingStatus::Exiting);
    for section in &checklist().sections[1..] {
        if !runs && !matches!(section.id.as_str(), "status" | "guidance" | "closing") {
            continue;
        }
        let mut commands: Vec<Command> = Vec::new();
        for item in &section.items {
            let leaves_out = !of.thorough && !item.required && draw.percent(25);
            if item.kind == ItemKind::Summary {
                commands.push(Command::Summary { text: summary(draw, of) });
            } else if let Some(value) = answer(draw, of, item).filter(|_| !leaves_out) {
                commands.extend(finding(draw, of, item, &value));
                commands.push(Command::Answer { item: item.id.clone(), value });
            }
        }
        sections.push(commands);
    }
    sections
}

/// What is recorded where nobody was there or the place was not found.
pub(super) fn in_vain(draw: &mut Draw, what: &str) -> Vec<Command> {
    let reasons: [&str; 3] = match what {
        "nobody_there" => {
            ["大门锁着,邻居说下地去了。", "打电话没人接,等了半小时没见到人。", "负责人在外地,院里没人。"]
        }
        _ => [
            "登记地址是一处民房,问了村委会也不知道。",
            "村里说早就搬走了,新地址不清楚。",
            "按登记地址没有找到,附近没有牌子。",
        ],
    };
    let text = (*draw.one(&reasons)).to_owned();
    vec![Command::Join, outcome(what), Command::Note { item: "visit_outcome".to_owned(), text }]
}

fn outcome(id: &str) -> Command {
    Command::Answer { item: "visit_outcome".to_owned(), value: Answer::Choice(id.to_owned()) }
}

/// Why there is no position fix.
pub(super) fn no_fix() -> Command {
    Command::Note { item: "position".to_owned(), text: "手机无法定位".to_owned() }
}

/// A position fix so many metres north of the cooperative, give or take a few.
pub(super) fn fix(draw: &mut Draw, cooperative: &Cooperative, north_m: i64) -> Command {
    let place = cooperative.position.unwrap_or_else(|| places::spot_of(&cooperative.area));
    // A metre is 90 ten-millionths of a degree north, and somewhat more east.
    let near = |draw: &mut Draw| draw.between(-4_000, 4_000);
    let position = Position {
        latitude_e7: place.latitude_e7 + (near(draw) + 90 * north_m) as i32,
        longitude_e7: place.longitude_e7 + near(draw) as i32,
        accuracy_m: draw.between(4, 45) as u32,
    };
    Command::Fix { fix: FixId::random(draw.entropy()), position, source: FixSource::Device }
}

fn answer(draw: &mut Draw, of: &Circumstances<'_>, item: &Item) -> Option<Answer> {
    let days_before = |draw: &mut Draw, low, high| {
        Answer::Date(Day(of.day.0.saturating_sub(Duration::days(draw.between(low, high)))))
    };
    let has = |id: &str| of.condition.has(id, of.earlier_visits);
    let text = |draw: &mut Draw, texts: &[&str]| Some(Answer::Text((*draw.one(texts)).to_owned()));
    match item.id.as_str() {
        "operating_status" => Some(Answer::Choice(status(of.cooperative.operating_status).to_owned())),
        "shell_grounds" => {
            (of.cooperative.operating_status == OperatingStatus::Shell).then(|| some_choices(draw, item))
        }
        "main_business" => Some(Answer::Text(format!("{}。", of.cooperative.products))),
        "member_count" => Some(Answer::Number(of.condition.members + draw.between(0, 3))),
        "statements_last_published" => has("statements_published").then(|| days_before(draw, 10, 200)),
        "filed_with_township" => has("file_complete").then(|| days_before(draw, 300, 1_500)),
        "reserve_fund_rate" => Some(Answer::Percent(draw.between(10, 30) * 50)),
        "returned_by_volume_rate" => {
            let low = if has("distribution_plan_approved") { 60 } else { 45 };
            Some(Answer::Percent(draw.between(low * 2, 150) * 50))
        }
        "bookkeeper" => {
            let weights = if has("account_books") { [45, 55, 0] } else { [10, 30, 60] };
            let ids = ["own", "entrusted", "none"];
            Some(Answer::Choice(
                draw.weighted(&[(weights[0], ids[0]), (weights[1], ids[1]), (weights[2], ids[2])]).to_owned(),
            ))
        }
        "brand" => text(
            draw,
            &["没有注册商标。", "注册了商标,还没用起来。", "有绿色食品认证。", "用村里的集体商标。"],
        ),
        "guidance_registration" => {
            text(draw, &["提醒6月30日前报年报。", "讲了理事长变更要去登记。", "帮着核对了成员备案名册。"])
        }
        "guidance_operation" => text(
            draw,
            &[
                "教会计设成员账户,给了样表。",
                "讲了盈余返还不得低于60%。",
                "商量了成员大会的日期和议题。",
                "建议委托农经站代理记账。",
            ],
        ),
        "guidance_marketing" => text(
            draw,
            &["介绍了区里的电商培训。", "建议和周边合作社一起找销路。", "讲了怎么申请绿色食品认证。"],
        ),
        "requests" => text(
            draw,
            &[
                "想建一个小型冷库。",
                "缺流动资金,想问贷款贴息。",
                "希望帮着联系收购企业。",
                "想参加会计培训。",
            ],
        ),
        "met_person" => Some(Answer::Text(format!("{}(理事长)", of.cooperative.chair))),
        _ => match item.kind {
            ItemKind::YesNo if item.not_applicable && draw.percent(3) => {
                Some(Answer::YesNo(YesNo::NotApplicable))
            }
            ItemKind::YesNo if has(&item.id) => Some(Answer::YesNo(YesNo::Yes)),
            ItemKind::YesNo => Some(Answer::YesNo(YesNo::No)),
            ItemKind::Choice => Some(Answer::Choice(draw.one(&item.choices).id.clone())),
            ItemKind::Choices => Some(some_choices(draw, item)),
            _ => None,
        },
    }
}

/// One or two of an item's choices, sorted.
fn some_choices(draw: &mut Draw, item: &Item) -> Answer {
    let mut ids = vec![draw.one(&item.choices).id.clone(), draw.one(&item.choices).id.clone()];
    ids.sort();
    ids.dedup();
    Answer::Choices(ids)
}

fn status(status: OperatingStatus) -> &'static str {
    match status {
        OperatingStatus::Normal => "normal",
        OperatingStatus::Shell => "shell",
        OperatingStatus::Stopped => "stopped",
        OperatingStatus::Exiting => "exiting",
        OperatingStatus::Deregistered => "deregistered",
    }
}

/// What is raised where an item is found wanting.
const FINDINGS: [(&str, &str, Severity); 8] = [
    ("signboard", "门口没有挂牌子,或者名称和执照不一致。", Severity::Minor),
    ("rules", "财务和会议制度没有成文。", Severity::Minor),
    ("account_books", "没有设账,收支只记流水。", Severity::Major),
    ("governance_bodies", "监事会没有选出来,名单不全。", Severity::Major),
    ("members_assembly_held", "一年内没有开过成员大会。", Severity::Major),
    ("statements_published", "财务情况没有向成员公开。", Severity::Minor),
    ("member_accounts_kept", "没有设成员账户。", Severity::Major),
    ("returned_by_volume_rate", "按交易量返还不到可分配盈余的60%。", Severity::Grave),
];

fn finding(draw: &mut Draw, of: &Circumstances<'_>, item: &Item, value: &Answer) -> Option<Command> {
    let wanting = match value {
        Answer::YesNo(YesNo::No) => true,
        Answer::Percent(percent) => item.finding_under.is_some_and(|least| *percent < least),
        _ => false,
    };
    let (_, text, severity) = FINDINGS.iter().find(|(known, ..)| *known == item.id && wanting)?;
    let days = *draw.one(&[15, 30, 30, 60]);
    draw.percent(40).then(|| Command::AddFinding {
        finding: FindingId::random(draw.entropy()),
        item: Some(item.id.clone()),
        text: (*text).to_owned(),
        severity: *severity,
        due: Some(Day(of.day.0.saturating_add(Duration::days(days)))),
        responsible: of.cooperative.chair.clone(),
    })
}

fn summary(draw: &mut Draw, of: &Circumstances<'_>) -> String {
    let how = match of.cooperative.operating_status {
        OperatingStatus::Normal | OperatingStatus::Exiting => *draw.one(&[
            "生产正常,账目比上次规范。",
            "经营平稳,成员参与还不够。",
            "今年行情不好,周转有些紧。",
            "规模有扩大,管理要跟上。",
        ]),
        _ => *draw.one(&["院里没有生产的样子。", "设备闲着,近一年没有业务。", "负责人说准备注销。"]),
    };
    let next = draw.one(&[
        "下次重点看成员账户。",
        "下次看整改的几项。",
        "已约好下次来的时间。",
        "建议列入规范提升名单。",
    ]);
    format!("与{}见面,现有成员{}名左右。{how}{next}", of.cooperative.chair, of.condition.members)
}
