//! A year of visits as plans: who visits whom when, what is written, and what becomes of it. A plan is a
//! list of acts; what would lie after `now` hasn't happened yet and is left out, so records stand in all
//! states.

use std::collections::BTreeMap;

use sync_core::commands::{Answer, Command, YesNo};
use sync_core::coverage::PatrolRules;
use sync_core::domain::{
    AreaCode, Cooperative, CooperativeId, Day, Entropy, ItemId, OperatingStatus, PersonId, PhoneTime,
    ServerTime,
};
use sync_core::review::Verdict;
use sync_core::wire::Unsent;
use time::Duration;

use super::answers::{self, Circumstances, Condition};
use super::draw::{Draw, Subject};
use super::people::{self, SamplePerson};
use super::places::{self, DISTRICT};
use crate::store::grants::Role;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// One visit and what happened to its record.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleVisit {
    /// The cooperative visited.
    pub cooperative: CooperativeId,
    /// The unit where it is.
    pub area: AreaCode,
    /// Its name, where the register doesn't have it.
    pub provisional_name: Option<String>,
    /// What the visit's code is made from.
    pub entropy: Entropy,
    /// What happened, in order.
    pub acts: Vec<Act>,
}

/// Something that reached the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// When, by the server's clock.
    pub at: ServerTime,
    /// What.
    pub what: What,
}

impl Act {
    /// Whose phone sent it.
    fn sender(&self) -> Option<PersonId> {
        match self.what {
            What::Send { person, .. } | What::Settle { person, .. } => Some(person),
            What::Review { .. } => None,
        }
    }
}

/// What reached the server.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Somebody's phone sent what was written on it.
    Send {
        /// Whose phone.
        person: PersonId,
        /// Whether the phone had heard of what the server held before it was written.
        knows: bool,
        /// What was written, one change each.
        written: Vec<Written>,
    },
    /// Somebody's phone heard of values that stand against each other; one was picked for each and sent.
    Settle {
        /// Whose phone.
        person: PersonId,
        /// When, by the phone.
        at: PhoneTime,
    },
    /// A supervisor decided on the record as the server held it.
    Review {
        /// The supervisor.
        reviewer: PersonId,
        /// What was decided.
        verdict: Verdict,
        /// In general.
        comment: String,
        /// Beside items.
        item_comments: BTreeMap<ItemId, String>,
    },
}

/// One change written on a phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// When, by the phone.
    pub at: PhoneTime,
    /// What.
    pub commands: Vec<Command>,
}

/// What becomes of a record in the end, if there is time enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    InProgress,
    Submitted,
    Withdrawn,
    Rejected,
    Returned,
    Resubmitted,
    ResubmittedAndApproved,
    Approved,
    ChangedSinceApproval,
}

/// How a visit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Alone,
    /// With a second coordinator, who wrote the finance sections.
    Joint,
    /// With a second coordinator; both looked at the five haves without a network, and disagree.
    JointInConflict,
    NobodyThere,
    NotFound,
}

/// What is odd about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    None,
    NoFix,
    Far,
    /// The phone's clock is this many days off.
    Clock(i64),
}

/// How long things took, in milliseconds.
struct Pace {
    to_send: i64,
    to_review: i64,
    to_correct: i64,
    to_review_again: i64,
}

/// A visit to be planned.
struct Plan<'a> {
    circumstances: Circumstances<'a>,
    course: Course,
    oddity: Oddity,
    ending: Ending,
    author: &'a SamplePerson,
    partner: &'a SamplePerson,
    reviewer: &'a SamplePerson,
    start: ServerTime,
    pace: Pace,
    /// Every section is a change of its own. Most visits have fewer, so that a year is soon told.
    in_detail: bool,
}

/// Draws the visits of the year before `now`.
pub(super) fn draw(
    seed: u64,
    cooperatives: &[Cooperative],
    people: &[SamplePerson],
    rules: &PatrolRules,
    now: ServerTime,
) -> Vec<SampleVisit> {
    let mut visits = Vec::new();
    for (number, cooperative) in cooperatives.iter().enumerate() {
        let mut draw = Draw::of(seed, Subject::Visits, number as u32);
        visits.extend(regular(&mut draw, cooperative, people, rules, now));
    }
    visits.extend(shown(seed, cooperatives, people, now));
    let silent = silent_phone(people, now);
    for visit in &mut visits {
        // What an unheard phone holds, and all that would build on it, has not reached the server.
        let is_ahead =
            |act: &Act| act.at > now || (act.at > silent.since && act.sender() == Some(silent.person));
        let ahead = visit.acts.iter().position(is_ahead);
        visit.acts.truncate(ahead.unwrap_or(visit.acts.len()));
    }
    visits.retain(|visit| !visit.acts.is_empty());
    visits
}

/// A phone that has not been heard of for long, with work on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SilentPhone {
    /// Whose.
    pub(super) person: PersonId,
    /// When it was last heard of.
    pub(super) since: ServerTime,
    /// What it said then that it holds.
    pub(super) unsent: Unsent,
}

/// The phone of the last unit's coordinator has been silent for 38 days.
pub(super) fn silent_phone(people: &[SamplePerson], now: ServerTime) -> SilentPhone {
    let last = people.iter().rfind(|person| person.role == Role::Coordinator);
    let last = last.expect("BUG: every unit has a coordinator");
    let since = ServerTime(now.0 - 38 * DAY_MS);
    let oldest = Some(PhoneTime(since.0 - 3 * DAY_MS));
    SilentPhone { person: last.id, since, unsent: Unsent { records: 2, changes: 23, oldest } }
}

/// The regular visits to one cooperative: in every period of its rule one, if the unit gets round to it.
fn regular(
    draw: &mut Draw,
    cooperative: &Cooperative,
    people: &[SamplePerson],
    rules: &PatrolRules,
    now: ServerTime,
) -> Vec<SampleVisit> {
    let condition = Condition::draw(draw);
    let today = now.day();
    let first = Day(today.0.saturating_sub(Duration::days(364)));
    let first = cooperative.established.map_or(first, |established| first.max(established));
    let Some((_, length)) = rules.strictest(cooperative, today) else {
        return Vec::new();
    };
    let mut visits = Vec::new();
    let mut period = length.of(first);
    while period.first() <= today {
        let begins = period.first().max(first);
        let ends = period.last().min(today);
        let share = share_of_hundred(begins, ends, period.last());
        if draw.percent(places::diligence_of(&cooperative.area) * share / 100) {
            let mut start = working_hour(draw, begins, ends);
            let mut course = draw.weighted(&[
                (80, Course::Alone),
                (7, Course::Joint),
                (5, Course::JointInConflict),
                (5, Course::NobodyThere),
                (3, Course::NotFound),
            ]);
            loop {
                let earlier_visits = visits.len() as u32;
                let visit = ordinary(draw, cooperative, &condition, earlier_visits, people, course, start);
                let next = match (course, rectification_due(&visit)) {
                    (Course::NobodyThere, _) => {
                        draw.percent(60).then(|| days_after(start.day(), draw.between(2, 12)))
                    }
                    (_, Some(due)) => draw.percent(80).then(|| days_after(due, draw.between(0, 7))),
                    _ => None,
                };
                visits.push(visit);
                let Some(next) = next.filter(|day| *day <= today) else { break };
                start = working_hour(draw, next, next);
                course = Course::Alone;
            }
        }
        period = period.next();
    }
    visits
}

/// The first day by which a finding of the visit is to be put right.
fn rectification_due(visit: &SampleVisit) -> Option<Day> {
    let sent = visit.acts.iter().filter_map(|act| match &act.what {
        What::Send { written, .. } => Some(written),
        _ => None,
    });
    let commands = sent.flatten().flat_map(|change| &change.commands);
    let dues = commands.filter_map(|command| match command {
        Command::AddFinding { due, .. } => *due,
        _ => None,
    });
    dues.min()
}

/// How much of the time from `begins` to `last` has passed by `ends`, in a hundred.
fn share_of_hundred(begins: Day, ends: Day, last: Day) -> u32 {
    let days = |from: Day, to: Day| (to.0 - from.0).whole_days() + 1;
    u32::try_from(100 * days(begins, ends) / days(begins, last)).unwrap_or(0)
}

fn days_after(day: Day, days: i64) -> Day {
    Day(day.0.saturating_add(Duration::days(days)))
}

/// A moment between half past eight and half past four in China on a day from `first` to `last`.
fn working_hour(draw: &mut Draw, first: Day, last: Day) -> ServerTime {
    let day = days_after(first, draw.between(0, (last.0 - first.0).whole_days()));
    let midnight_ms = (day.0.midnight().assume_utc().unix_timestamp() - 8 * 3_600) * 1_000;
    ServerTime(midnight_ms + draw.between(8 * 60 + 30, 16 * 60 + 30) * MINUTE_MS)
}

fn ordinary(
    draw: &mut Draw,
    cooperative: &Cooperative,
    condition: &Condition,
    earlier_visits: u32,
    people: &[SamplePerson],
    course: Course,
    start: ServerTime,
) -> SampleVisit {
    let oddity = draw.weighted(&[
        (94, Oddity::None),
        (2, Oddity::NoFix),
        (2, Oddity::Far),
        (1, Oddity::Clock(-400)),
        (1, Oddity::Clock(3)),
    ]);
    let ending = draw.weighted(&[
        (81, Ending::Approved),
        (11, Ending::ResubmittedAndApproved),
        (2, Ending::Rejected),
        (2, Ending::Returned),
        (1, Ending::Withdrawn),
        (1, Ending::InProgress),
        (2, Ending::ChangedSinceApproval),
    ]);
    let to_send = draw.weighted(&[(70, (1, 90)), (25, (180, 840)), (5, (1_440, 5_760))]);
    // Where visits come late, reviews do, too.
    let to_review_hours_max = 200 + 8 * i64::from(100 - places::diligence_of(&cooperative.area));
    let pace = Pace {
        to_send: draw.between(to_send.0, to_send.1) * MINUTE_MS,
        to_review: draw.between(20, to_review_hours_max) * HOUR_MS,
        to_correct: draw.between(12, 5 * 24) * HOUR_MS,
        to_review_again: draw.between(12, 4 * 24) * HOUR_MS,
    };
    let author = people
        .iter()
        .find(|person| Some(person.id) == cooperative.coordinator)
        .expect("BUG: every sample cooperative has a coordinator");
    let partners = people::of_area(people, Role::Coordinator, &district());
    let plan = Plan {
        circumstances: Circumstances {
            cooperative,
            condition,
            earlier_visits,
            day: start.day(),
            thorough: false,
        },
        course,
        oddity: if is_in_vain(course) && oddity == Oddity::NoFix { Oddity::None } else { oddity },
        ending,
        author,
        partner: draw.one::<&SamplePerson>(&partners),
        reviewer: reviewer_of(people, &cooperative.area),
        start,
        pace,
        in_detail: false,
    };
    visit(draw, &plan)
}

fn district() -> AreaCode {
    DISTRICT.parse().expect("BUG: a known code is well formed")
}

fn reviewer_of<'a>(people: &'a [SamplePerson], area: &AreaCode) -> &'a SamplePerson {
    people::of_area(people, Role::Supervisor, area).first().expect("BUG: every unit has a supervisor")
}

const fn is_in_vain(course: Course) -> bool {
    matches!(course, Course::NobodyThere | Course::NotFound)
}

/// Visits of the last days that show every state and oddity, in the first unit.
fn shown(
    seed: u64,
    cooperatives: &[Cooperative],
    people: &[SamplePerson],
    now: ServerTime,
) -> Vec<SampleVisit> {
    use Course::{Alone, Joint, JointInConflict, NobodyThere, NotFound};
    use Ending::{
        Approved, ChangedSinceApproval, InProgress, Rejected, Resubmitted, Returned, Submitted, Withdrawn,
    };
    // Hours before now, so that each has time for just its ending.
    let cases = [
        (5, Alone, Oddity::None, InProgress),
        (8, JointInConflict, Oddity::None, Submitted),
        (16, Alone, Oddity::None, Submitted),
        (20, Joint, Oddity::None, Submitted),
        (30, NobodyThere, Oddity::None, Submitted),
        (33, NotFound, Oddity::None, Submitted),
        (36, Alone, Oddity::NoFix, Submitted),
        (40, Alone, Oddity::Far, Submitted),
        (44, Alone, Oddity::Clock(-400), Submitted),
        (72, Alone, Oddity::None, Returned),
        (96, Alone, Oddity::None, Resubmitted),
        (100, Alone, Oddity::None, Approved),
        (130, Joint, Oddity::None, ChangedSinceApproval),
        (140, Alone, Oddity::None, Rejected),
        (150, Alone, Oddity::None, Withdrawn),
    ];
    let first_area = &cooperatives[0].area;
    let suitable: Vec<&Cooperative> = cooperatives
        .iter()
        .filter(|one| one.area == *first_area && one.operating_status == OperatingStatus::Normal)
        .collect();
    let mut visits: Vec<SampleVisit> = Vec::new();
    for (number, (hours_ago, course, oddity, ending)) in cases.into_iter().enumerate() {
        let mut draw = Draw::of(seed, Subject::ShownVisits, number as u32);
        let condition = Condition::draw(&mut draw);
        let start = ServerTime(now.0 - hours_ago * HOUR_MS);
        let cooperative = suitable[number % suitable.len()];
        let coordinators = people::of_area(people, Role::Coordinator, first_area);
        let plan = Plan {
            circumstances: Circumstances {
                cooperative,
                condition: &condition,
                earlier_visits: 0,
                day: start.day(),
                thorough: false,
            },
            course,
            oddity,
            ending,
            author: coordinators[0],
            partner: coordinators[1],
            reviewer: reviewer_of(people, first_area),
            start,
            pace: Pace {
                to_send: HOUR_MS,
                to_review: 20 * HOUR_MS,
                to_correct: 24 * HOUR_MS,
                to_review_again: 24 * HOUR_MS,
            },
            in_detail: true,
        };
        visits.push(visit(&mut draw, &plan));
    }
    visits.push(of_an_unknown_cooperative(&visits[2], &mut Draw::of(seed, Subject::ShownVisits, 100)));
    visits.extend(out_of_bounds(cooperatives, &visits[2], &mut Draw::of(seed, Subject::ShownVisits, 101)));
    visits
}

/// The same visit, but to a cooperative that isn't in the register.
fn of_an_unknown_cooperative(like: &SampleVisit, draw: &mut Draw) -> SampleVisit {
    SampleVisit {
        cooperative: CooperativeId::random(draw.entropy()),
        provisional_name: Some("马邑古城杂粮合作社(待核)".to_owned()),
        entropy: draw.entropy(),
        ..like.clone()
    }
}

/// The same visit, but to a cooperative in an area its author was never granted: it ends in quarantine.
fn out_of_bounds(cooperatives: &[Cooperative], like: &SampleVisit, draw: &mut Draw) -> Option<SampleVisit> {
    let elsewhere = cooperatives.iter().find(|one| one.area != like.area)?;
    let mut acts = like.acts.clone();
    if let Some(Act { what: What::Send { written, .. }, .. }) = acts.first_mut() {
        written.truncate(1);
    }
    Some(SampleVisit {
        acts,
        cooperative: elsewhere.id,
        area: elsewhere.area.clone(),
        entropy: draw.entropy(),
        ..like.clone()
    })
}

/// Makes a plan's acts.
fn visit(draw: &mut Draw, plan: &Plan<'_>) -> SampleVisit {
    let cooperative = plan.circumstances.cooperative;
    let entropy = draw.entropy();
    let mut sections = match plan.course {
        Course::NobodyThere => vec![answers::in_vain(draw, "nobody_there")],
        Course::NotFound => vec![answers::in_vain(draw, "not_found")],
        Course::Alone | Course::Joint | Course::JointInConflict => {
            let sections = answers::found(draw, &plan.circumstances);
            if plan.in_detail { sections } else { in_pairs(sections) }
        }
    };
    match plan.oddity {
        Oddity::NoFix => sections[0].push(answers::no_fix()),
        Oddity::Far => sections[0].push(answers::fix(draw, cooperative, 4_200)),
        Oddity::None | Oddity::Clock(_) => sections[0].push(answers::fix(draw, cooperative, 0)),
    }
    let mut acts = Acts::new(plan);
    match plan.course {
        Course::Joint => {
            // The partner takes the finance sections, and the author hears of them before submitting.
            let theirs: Vec<Vec<Command>> =
                sections.extract_if(.., |section| is_about_finance(section)).collect();
            acts.partner_writes(draw, theirs);
            acts.author_writes(draw, sections);
        }
        Course::JointInConflict => {
            let theirs = disagreement(&sections);
            acts.author_writes(draw, sections);
            acts.partner_writes(draw, theirs);
        }
        _ => acts.author_writes(draw, sections),
    }
    acts.end(plan.ending);
    SampleVisit {
        cooperative: cooperative.id,
        area: cooperative.area.clone(),
        provisional_name: None,
        entropy,
        acts: acts.acts,
    }
}

/// The first section, and then two at a time.
fn in_pairs(sections: Vec<Vec<Command>>) -> Vec<Vec<Command>> {
    let (first, rest) = sections.split_at(1);
    first.iter().cloned().chain(rest.chunks(2).map(<[_]>::concat)).collect()
}

fn is_about_finance(section: &[Command]) -> bool {
    section.iter().any(|command| {
        let marks = ["accounting_rules_followed", "charter_adopted", "distribution_plan_approved"];
        matches!(command, Command::Answer { item, .. } if marks.contains(&item.as_str()))
    })
}

/// What a partner writes who finds the opposite of two of the first yes-or-no answers.
fn disagreement(sections: &[Vec<Command>]) -> Vec<Vec<Command>> {
    let opposite = |command: &Command| match command {
        Command::Answer { item, value: Answer::YesNo(value) } => {
            let value = if *value == YesNo::Yes { YesNo::No } else { YesNo::Yes };
            Some(Command::Answer { item: item.clone(), value: Answer::YesNo(value) })
        }
        _ => None,
    };
    let answers = sections.iter().flatten().filter_map(opposite);
    let note = Command::Note {
        item: "operating_status".to_owned(),
        text: "账本在会计家里,没看到原件。".to_owned(),
    };
    vec![answers.step_by(3).take(2).chain([note]).collect()]
}

/// The acts of one plan, as they come about.
struct Acts<'a> {
    plan: &'a Plan<'a>,
    acts: Vec<Act>,
    /// How far the visit itself has come, by a right clock.
    written_until: ServerTime,
    /// When the last of the visit's own changes reached the server.
    sent_at: ServerTime,
}

impl<'a> Acts<'a> {
    fn new(plan: &'a Plan<'a>) -> Self {
        Self { plan, acts: Vec::new(), written_until: plan.start, sent_at: plan.start }
    }

    fn phone_time(&self, at: ServerTime) -> PhoneTime {
        let off_days = match self.plan.oddity {
            Oddity::Clock(days) => days,
            _ => 0,
        };
        PhoneTime(at.0 + off_days * DAY_MS)
    }

    fn add(&mut self, at: i64, what: What) {
        self.acts.push(Act { at: ServerTime(at), what });
    }

    fn send(&mut self, at: i64, person: PersonId, knows: bool, written: Vec<Written>) {
        self.add(at, What::Send { person, knows, written });
    }

    /// A few minutes for each section.
    fn at_the_visit(&mut self, draw: &mut Draw, sections: Vec<Vec<Command>>) -> Vec<Written> {
        sections
            .into_iter()
            .filter(|commands| !commands.is_empty())
            .map(|commands| {
                self.written_until.0 += draw.between(60, 260) * 1_000;
                Written { at: self.phone_time(self.written_until), commands }
            })
            .collect()
    }

    fn author_writes(&mut self, draw: &mut Draw, sections: Vec<Vec<Command>>) {
        let mut written = self.at_the_visit(draw, sections);
        if self.plan.ending != Ending::InProgress {
            self.written_until.0 += draw.between(4, 20) * MINUTE_MS;
            written
                .push(Written { at: self.phone_time(self.written_until), commands: vec![Command::Submit] });
        }
        self.sent_at = ServerTime(self.written_until.0 + self.plan.pace.to_send);
        self.send(self.sent_at.0, self.plan.author.id, true, written);
    }

    /// The partner is there as well; in a joint visit without a conflict, sends first.
    fn partner_writes(&mut self, draw: &mut Draw, mut sections: Vec<Vec<Command>>) {
        sections.insert(0, vec![Command::Join]);
        let written = self.at_the_visit(draw, sections);
        self.sent_at = ServerTime(self.sent_at.0.max(self.written_until.0) + 20 * MINUTE_MS);
        self.written_until = self.written_until.max(self.sent_at);
        self.send(self.sent_at.0, self.plan.partner.id, false, written);
    }

    fn review(&mut self, at: i64, verdict: Verdict, comment: &str, item_comments: &[(&str, &str)]) {
        let item_comments =
            item_comments.iter().map(|(item, text)| ((*item).to_owned(), (*text).to_owned())).collect();
        let reviewer = self.plan.reviewer.id;
        self.add(at, What::Review { reviewer, verdict, comment: comment.to_owned(), item_comments });
    }

    /// The author puts right what was asked for and submits again.
    fn resubmit(&mut self, at: i64) {
        let phone = |before_ms: i64| self.phone_time(ServerTime(at - before_ms));
        let note = Command::Note {
            item: "visit_outcome".to_owned(),
            text: "已按审核意见核对、补充。".to_owned(),
        };
        let written = vec![
            Written { at: phone(20 * MINUTE_MS), commands: vec![note] },
            Written { at: phone(15 * MINUTE_MS), commands: vec![Command::Submit] },
        ];
        self.send(at, self.plan.author.id, true, written);
    }

    fn end(&mut self, ending: Ending) {
        let pace = &self.plan.pace;
        let reviewed_at = self.sent_at.0 + pace.to_review;
        let corrected_at = reviewed_at + pace.to_correct;
        let again_at = corrected_at + pace.to_review_again;
        // Nobody approves values that stand against each other, so they are settled before.
        let is_reviewed = !matches!(ending, Ending::InProgress | Ending::Submitted | Ending::Withdrawn);
        if self.plan.course == Course::JointInConflict && is_reviewed {
            let at = self.sent_at.0 + pace.to_review / 2;
            let phone = self.phone_time(ServerTime(at - 5 * MINUTE_MS));
            self.add(at, What::Settle { person: self.plan.author.id, at: phone });
        }
        match ending {
            Ending::InProgress | Ending::Submitted => {}
            Ending::Withdrawn => {
                let at = self.sent_at.0 + HOUR_MS;
                let commands =
                    vec![Command::Withdraw { reason: "走错了,不是这家合作社。".to_owned() }];
                let written = vec![Written { at: self.phone_time(ServerTime(at - MINUTE_MS)), commands }];
                self.send(at, self.plan.author.id, true, written);
            }
            Ending::Rejected => {
                self.review(reviewed_at, Verdict::Rejected, "与电话核实的情况不符,不予认可。", &[]);
            }
            Ending::Returned | Ending::Resubmitted | Ending::ResubmittedAndApproved => {
                let item_comments = [("visit_outcome", "请补充当天的情况。")];
                self.review(reviewed_at, Verdict::Returned, "请核对后再提交。", &item_comments);
                if ending != Ending::Returned {
                    self.resubmit(corrected_at);
                }
                if ending == Ending::ResubmittedAndApproved {
                    self.review(again_at, Verdict::Approved, "", &[]);
                }
            }
            Ending::Approved | Ending::ChangedSinceApproval => {
                self.review(reviewed_at, Verdict::Approved, "", &[]);
                if ending == Ending::ChangedSinceApproval {
                    let text = "补记:第二天理事长来电话,更正了情况。".to_owned();
                    let commands = vec![Command::Note { item: "visit_outcome".to_owned(), text }];
                    let at = reviewed_at + pace.to_correct;
                    let written = vec![Written { at: self.phone_time(ServerTime(at - MINUTE_MS)), commands }];
                    self.send(at, self.plan.author.id, true, written);
                }
            }
        }
    }
}
