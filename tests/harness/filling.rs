//! A full record, the way a coordinator fills one in: every item that is asked, one change an answer.

use sync_core::commands::{Answer, Command, YesNo};
use sync_core::domain::{FixId, FixSource, Item, ItemKind, Position, VisitId};

use super::phone::Phone;

/// Texts such as coordinators write, so that sizes measured with them mean something.
const TEXTS: [&str; 6] = [
    "种植玉米一百二十亩、黍子四十亩,另有蔬菜大棚六座",
    "朔玉牌小杂粮",
    "协助补办食品经营许可,说明年报网上填报的步骤",
    "建议按季度公示财务报表,账目交乡镇代理记账",
    "与城区两家超市谈好直供,下月送样品",
    "希望帮助联系冷库,葡萄采收期储存不够",
];

/// Answers everything that is asked of a visit that was held to a cooperative operating normally.
pub(crate) fn fill_in(phone: &mut Phone, visit: VisitId) {
    phone.answers(visit, "visit_outcome", Answer::Choice("held".to_owned()));
    let fix = FixId::random(phone.chance());
    let position = Position { latitude_e7: 393_812_345, longitude_e7: 1_124_223_456, accuracy_m: 12 };
    phone
        .does(visit, &[Command::Fix { fix, position, source: FixSource::Device }])
        .expect("a fix is always welcome");
    phone.answers(visit, "operating_status", Answer::Choice("normal".to_owned()));

    let open = phone.open(visit);
    let inspection = open.inspection();
    let asked: Vec<Item> = open.record().checklist().asked(&inspection).cloned().collect();
    for (number, item) in asked.iter().enumerate() {
        if inspection.answers.contains_key(&item.id) {
            continue;
        }
        if let Some(value) = likely_answer(item, number) {
            phone.answers(visit, &item.id, value);
        }
    }
    let text =
        "合作社运行正常,账目由乡镇代理记账,按季公示。牌子被风刮落,已提醒重新悬挂。建议申请区级示范社。";
    phone.does(visit, &[Command::Summary { text: text.to_owned() }]).expect("the summary is not too long");
}

/// What somebody might answer to the item that comes at `number`; none for what is no answer, such as
/// the summary.
fn likely_answer(item: &Item, number: usize) -> Option<Answer> {
    let choices = || item.choices.iter().map(|choice| choice.id.clone());
    Some(match item.kind {
        ItemKind::YesNo => Answer::YesNo(if number % 7 == 3 { YesNo::No } else { YesNo::Yes }),
        ItemKind::Choice => Answer::Choice(choices().nth(number % item.choices.len())?),
        ItemKind::Choices => {
            let mut ids: Vec<String> = choices().take(1 + number % 2).collect();
            ids.sort();
            Answer::Choices(ids)
        }
        ItemKind::Text => Answer::Text(TEXTS[number % TEXTS.len()].to_owned()),
        ItemKind::Number => Answer::Number(20 + number as i64),
        ItemKind::Percent => Answer::Percent(6_000 + 25 * number as i64),
        ItemKind::Date => Answer::Date("2026-04-15".parse().expect("a day")),
        ItemKind::Summary | ItemKind::Signature => return None,
    })
}
