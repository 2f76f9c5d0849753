//! The same figures, counted in plain words from every row.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Europe::Belgrade;
use domain::kpi::{By, Fraction, Kpi, KpiFilter, KpiReport, Scope};
use rust_decimal::Decimal;
use sqlx::{PgPool, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Something that adds to figures.
struct Fact {
    day: NaiveDate,
    hour: u32,
    kind: String,
    shift: i64,
    team: i64,
    worker: i64,
    adds: Vec<(&'static str, Decimal)>,
}

pub struct Recount {
    facts: Vec<Fact>,
    pub today: NaiveDate,
}

fn local(at: DateTime<Utc>) -> (NaiveDate, u32) {
    let there = at.with_timezone(&Belgrade);
    (there.date_naive(), there.hour())
}

fn one(yes: bool) -> Decimal {
    Decimal::from(i64::from(yes))
}

impl Recount {
    pub async fn read(admin: &PgPool, now: DateTime<Utc>) -> Self {
        let mut facts = acts(admin).await;
        facts.extend(documents(admin).await);
        Self {
            facts,
            today: local(now).0,
        }
    }

    pub fn days(&self) -> Vec<NaiveDate> {
        let days: BTreeSet<NaiveDate> = self.facts.iter().map(|fact| fact.day).collect();
        days.into_iter().filter(|day| *day <= self.today).collect()
    }

    /// Compares an answer with the rows.
    pub fn check(&self, report: &KpiReport, filter: &KpiFilter) {
        let inside = |fact: &&Fact| {
            fact.day >= report.from && fact.day <= report.to && fits(fact, &filter.scope)
        };
        let facts: Vec<&Fact> = self.facts.iter().filter(inside).collect();
        let personal = filter.scope.is_personal();
        let days = report.from.iter_days().take_while(|day| *day <= report.to);
        let days: Vec<NaiveDate> = days.collect();
        for figure in &report.figures {
            let expected = count(&facts, figure.kpi, personal, days.len());
            let found = (figure.numerator, figure.denominator.unwrap_or_default());
            let wanted = (expected.numerator, expected.denominator.unwrap_or_default());
            assert_eq!(found, wanted, "{:?} {filter:?}", figure.kpi);
        }
        let Some(by) = filter.by else { return };
        let mut parts: BTreeMap<String, Vec<&Fact>> = BTreeMap::new();
        for fact in facts {
            parts.entry(key(fact, by)).or_default().push(fact);
        }
        for group in &report.groups {
            let facts = parts.remove(&group.key).unwrap_or_default();
            let of_part = days
                .iter()
                .filter(|day| holds(by, &group.key, **day))
                .count();
            for figure in &group.figures {
                let personal = personal || by.is_personal();
                let expected = count(&facts, figure.kpi, personal, of_part);
                let found = (figure.numerator, figure.denominator.unwrap_or_default());
                let wanted = (expected.numerator, expected.denominator.unwrap_or_default());
                assert_eq!(found, wanted, "{:?} {} {filter:?}", figure.kpi, group.key);
            }
        }
        // Acts and what took them back leave nothing to show.
        let personal = personal || by.is_personal();
        parts.retain(|_, facts| {
            Kpi::ALL.iter().any(|kpi| {
                let counted = count(facts, *kpi, personal, 0);
                !counted.numerator.is_zero()
                    || counted.denominator.is_some_and(|below| !below.is_zero())
            })
        });
        assert!(parts.is_empty(), "parts are missing: {:?}", parts.keys());
    }
}

fn fits(fact: &Fact, scope: &Scope) -> bool {
    scope.worker.is_none_or(|id| id.0 == fact.worker)
        && scope.team.is_none_or(|id| id.0 == fact.team)
        && scope.shift.is_none_or(|id| id.0 == fact.shift)
        && scope.kind.is_none_or(|kind| kind.as_str() == fact.kind)
}

/// The day a part of the calendar is named by.
fn first_day(day: NaiveDate, by: By) -> NaiveDate {
    match by {
        By::Week => day - chrono::Days::new(day.weekday().num_days_from_monday().into()),
        By::Month => day.with_day(1).unwrap(),
        _ => day,
    }
}

/// Whether a day is one of the part's: every day is of a shift, a team, a person, an hour, a kind.
fn holds(by: By, key: &str, day: NaiveDate) -> bool {
    match by {
        By::Day | By::Week | By::Month => first_day(day, by).to_string() == key,
        _ => true,
    }
}

fn key(fact: &Fact, by: By) -> String {
    match by {
        By::Hour => fact.hour.to_string(),
        By::Day | By::Week | By::Month => first_day(fact.day, by).to_string(),
        By::Kind => fact.kind.clone(),
        By::Shift => fact.shift.to_string(),
        By::Team => fact.team.to_string(),
        By::Worker => fact.worker.to_string(),
    }
}

/// Numerator and denominator over facts, as the definitions say it in words.
fn count(facts: &[&Fact], kpi: Kpi, personal: bool, days: usize) -> Fraction {
    let sum = |name: &str| -> Decimal {
        let adds = facts.iter().flat_map(|fact| &fact.adds);
        let sum: Decimal = adds.filter(|(what, _)| *what == name).map(|(_, n)| n).sum();
        sum.normalize()
    };
    let lines = if personal { "worker lines" } else { "lines" };
    let (above, below) = match kpi {
        Kpi::Lines => (sum(lines), None),
        Kpi::Quantity => (sum("quantity"), None),
        Kpi::Documents => (sum("documents"), None),
        Kpi::DocumentsPerDay => (sum("documents"), Some(Decimal::from(days))),
        Kpi::PartialRatio => (sum("partial"), Some(sum("documents"))),
        Kpi::OrderFill => (sum("full"), Some(sum("documents"))),
        Kpi::LineFill => (sum("complete"), Some(sum("ordered"))),
        Kpi::UnitFill => (sum("filled"), Some(sum("asked"))),
        Kpi::OnTime => (sum("on time"), Some(sum("due"))),
        Kpi::Coverage => (sum("known"), Some(sum("erp"))),
        Kpi::TaskDuration => (sum("worked"), Some(sum("documents"))),
        Kpi::IdleTime => (sum("idle"), Some(sum("documents"))),
        Kpi::CycleTime => (sum("cycle"), Some(sum("documents"))),
        Kpi::LinesPerHour => (sum("complete"), Some(sum("worked"))),
        Kpi::DocumentsPerHour => (sum("documents"), Some(sum("worked"))),
        Kpi::LinesPerDocument => (sum("ordered"), Some(sum("documents"))),
        Kpi::QuantityPerLine => (sum("quantity"), Some(sum(lines))),
        Kpi::TakenBack => (sum("taken back"), Some(sum("picks"))),
        Kpi::Shortages => (sum("short"), None),
        Kpi::ShortNotInStock => (sum("not_in_stock"), None),
        Kpi::ShortDamaged => (sum("damaged"), None),
        Kpi::ShortNotFound => (sum("not_found"), None),
        Kpi::ShortWrongItem => (sum("wrong_item"), None),
        Kpi::ShortOther => (sum("other"), None),
        Kpi::CountAccuracy => (Decimal::ZERO, None),
    };
    Fraction {
        numerator: above,
        denominator: below,
    }
}

fn reason(text: Option<&str>) -> &'static str {
    match text {
        Some("not_in_stock") => "not_in_stock",
        Some("damaged") => "damaged",
        Some("not_found") => "not_found",
        Some("wrong_item") => "wrong_item",
        _ => "other",
    }
}

async fn acts(admin: &PgPool) -> Vec<Fact> {
    let rows = sqlx::query(
        "select o.id, o.kind, o.quantity, o.reason, o.reverses, o.line_id, o.credited_user_id, o.recorded_at,
                coalesce(o.credited_team_id, 0) as team, coalesce(o.credited_shift_id, 0) as shift, d.kind as document
         from operations o join tasks t on t.id = o.task_id join documents d on d.id = t.document_id
         where o.accepted order by o.seq",
    )
    .fetch_all(admin)
    .await
    .unwrap();
    let mut lines: HashMap<(NaiveDate, Option<i64>, Option<i64>), Decimal> = HashMap::new();
    let mut seen: HashMap<Uuid, (String, Option<String>)> = HashMap::new();
    let mut facts = Vec::new();
    for row in rows {
        let kind: String = row.get("kind");
        let why: Option<String> = row.get("reason");
        let (line, worker): (Option<i64>, i64) = (row.get("line_id"), row.get("credited_user_id"));
        let quantity: Decimal = row.get("quantity");
        let (day, hour) = local(row.get("recorded_at"));
        seen.insert(row.get("id"), (kind.clone(), why.clone()));
        let mut adds = Vec::new();
        if matches!(kind.as_str(), "pick" | "undo") {
            for (name, whose) in [("lines", None), ("worker lines", Some(worker))] {
                let net = lines.entry((day, line, whose)).or_default();
                let before = *net > Decimal::ZERO;
                *net += quantity;
                adds.push((name, one(*net > Decimal::ZERO) - one(before)));
            }
            adds.push(("quantity", quantity));
        }
        match kind.as_str() {
            "pick" => adds.push(("picks", Decimal::ONE)),
            "short" => adds.extend([
                ("short", Decimal::ONE),
                (reason(why.as_deref()), Decimal::ONE),
            ]),
            "undo" => {
                let (what, why) = &seen[&row.get::<Uuid, _>("reverses")];
                match what.as_str() {
                    "pick" => adds.push(("taken back", Decimal::ONE)),
                    _ => adds.extend([
                        ("short", Decimal::NEGATIVE_ONE),
                        (reason(why.as_deref()), Decimal::NEGATIVE_ONE),
                    ]),
                }
            }
            _ => continue,
        }
        facts.push(Fact {
            day,
            hour,
            kind: row.get("document"),
            shift: row.get("shift"),
            team: row.get("team"),
            worker,
            adds,
        });
    }
    facts
}

async fn documents(admin: &PgPool) -> Vec<Fact> {
    let rows = sqlx::query(
        "select d.*, t.started_at, t.id as task,
                (select count(*) from document_lines l where l.document_id = d.id and l.removed_at is null) as erp,
                (select count(*) from document_lines l
                 where l.document_id = d.id and l.removed_at is null and l.exists_in_wms) as known,
                (select count(*) from document_lines l where l.document_id = d.id and l.wms_flag) as ordered,
                (select count(*) from document_lines l
                 where l.document_id = d.id and l.wms_flag and l.status = 'done') as complete,
                (select coalesce(sum(l.requested), 0) from document_lines l
                 where l.document_id = d.id and l.wms_flag) as asked,
                (select coalesce(sum(least(l.done, l.requested)), 0) from document_lines l
                 where l.document_id = d.id and l.wms_flag) as filled
         from documents d left join tasks t on t.document_id = d.id
         where d.status <> 'cancelled'",
    )
    .fetch_all(admin)
    .await
    .unwrap();
    let mut facts = Vec::new();
    for row in rows {
        let count = |name: &str| Decimal::from(row.get::<i64, _>(name));
        let finished: Option<DateTime<Utc>> = row.get("finished_at");
        let dated: NaiveDate = row.get("dated_on");
        let work = count("ordered") > Decimal::ZERO;
        let in_time = finished.is_some_and(|at| local(at).0 <= dated);
        facts.push(Fact {
            day: dated,
            hour: 0,
            kind: row.get("kind"),
            shift: 0,
            team: 0,
            worker: 0,
            adds: vec![
                ("erp", count("erp")),
                ("known", count("known")),
                ("due", one(work)),
                ("on time", one(work && in_time)),
            ],
        });
        let Some(at) = finished else { continue };
        let imported: DateTime<Utc> = row.get("imported_at");
        let (worked, idle) = times(admin, row.get("task"), row.get("started_at"), at).await;
        let (day, hour) = local(at);
        let partial = row.get::<String, _>("status") == "partial";
        facts.push(Fact {
            day,
            hour,
            kind: row.get("kind"),
            shift: row.get::<Option<i64>, _>("finished_shift_id").unwrap_or(0),
            team: row.get::<Option<i64>, _>("finished_team_id").unwrap_or(0),
            worker: row.get::<Option<i64>, _>("finished_by").unwrap_or(0),
            adds: vec![
                ("documents", Decimal::ONE),
                ("partial", one(partial)),
                ("full", one(!partial)),
                ("ordered", count("ordered")),
                ("complete", count("complete")),
                ("asked", row.get("asked")),
                ("filled", row.get("filled")),
                ("worked", worked.into()),
                ("idle", idle.into()),
                ("cycle", (at - imported).num_seconds().into()),
            ],
        });
    }
    facts
}

/// Seconds of work and of longer pauses between the acts of a task.
async fn times(
    admin: &PgPool,
    task: i64,
    started: DateTime<Utc>,
    ended: DateTime<Utc>,
) -> (i64, i64) {
    let mut moments: Vec<DateTime<Utc>> = sqlx::query_scalar(
        "select recorded_at from operations where task_id = $1 and accepted and recorded_at <= $2",
    )
    .bind(task)
    .bind(ended)
    .fetch_all(admin)
    .await
    .unwrap();
    moments.extend([started, ended]);
    moments.sort();
    let gaps = moments
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).num_seconds());
    gaps.fold((0, 0), |(worked, idle), gap| {
        if gap > 900 {
            (worked, idle + gap)
        } else {
            (worked + gap, idle)
        }
    })
}
