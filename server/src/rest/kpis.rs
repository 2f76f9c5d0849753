//! `kpis`: the figures of a site, as TV and office show them, and the rows behind each.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use domain::document::DocumentKind;
use domain::kpi::{By, Kpi, KpiFigure, KpiFilter, KpiReport, KpiRow, Period, Scope, Unit};
use domain::page::Page;
use domain::{ShiftId, TeamId, UserId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Site. May be left out by a caller who sees only one.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// The calendar's period that holds `on`; `day` when left out. Weeks are ISO weeks.
    #[param(inline, example = "week")]
    period: Option<Period>,
    /// A day of the site; today when left out.
    #[param(example = "2026-11-20")]
    on: Option<NaiveDate>,
    /// First day, instead of a period.
    #[param(example = "2026-11-01")]
    from: Option<NaiveDate>,
    /// Last day, instead of a period. Days to come are left out; at most 1,100 days are read.
    #[param(example = "2026-11-30")]
    to: Option<NaiveDate>,
    /// Only dispatches or receipts.
    #[param(inline, example = "dispatch")]
    kind: Option<DocumentKind>,
    /// Only what people did in this shift.
    #[param(value_type = Option<i64>)]
    shift: Option<ShiftId>,
    /// Only what people of this team did.
    #[param(value_type = Option<i64>)]
    team: Option<TeamId>,
    /// Only what this person did. A worker sees no one else.
    #[param(value_type = Option<i64>)]
    worker: Option<UserId>,
    /// Broken down by this as well.
    #[param(inline, example = "day")]
    by: Option<By>,
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedRows {
    /// Behind which figure; `lines` when left out.
    #[param(inline, example = "lines")]
    kpi: Option<Kpi>,
    /// Site. May be left out by a caller who sees only one.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// The calendar's period that holds `on`; `day` when left out.
    #[param(inline, example = "day")]
    period: Option<Period>,
    /// A day of the site; today when left out.
    #[param(example = "2026-11-20")]
    on: Option<NaiveDate>,
    /// First day, instead of a period.
    from: Option<NaiveDate>,
    /// Last day, instead of a period.
    to: Option<NaiveDate>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A figure with what people need to trust it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    #[serde(flatten)]
    figure: KpiFigure,
    /// Its name.
    label: &'static str,
    /// How the value is written.
    unit: Unit,
    /// What is divided by what.
    formula: &'static str,
    /// What is left out.
    exclusions: &'static str,
}

/// The figures of one part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    /// An id, a day, an hour, a kind; `0` for what belongs to none.
    key: String,
    /// Shown to people.
    name: String,
    /// Its figures.
    figures: Vec<KpiFigure>,
}

/// Figures of a site over some days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// Site.
    warehouse_id: WarehouseId,
    /// First day, in site time.
    from: NaiveDate,
    /// Last day, never after today.
    to: NaiveDate,
    /// Everything committed before this instant is in the figures.
    as_of: DateTime<Utc>,
    /// The newest change in the days and months they were read from.
    changed_at: Option<DateTime<Utc>>,
    /// When documents were last read from the ERP.
    synced_at: Option<DateTime<Utc>>,
    /// All figures.
    figures: Vec<Explained>,
    /// The same, broken down.
    groups: Vec<Part>,
}

impl From<KpiReport> for Report {
    fn from(report: KpiReport) -> Self {
        let figures = report.figures.into_iter().map(explained).collect();
        let groups = report.groups.into_iter().map(|group| Part {
            key: group.key,
            name: group.name,
            figures: group.figures,
        });
        Self {
            warehouse_id: report.warehouse_id,
            from: report.from,
            to: report.to,
            as_of: report.as_of,
            changed_at: report.changed_at,
            synced_at: report.synced_at,
            figures,
            groups: groups.collect(),
        }
    }
}

fn explained(figure: KpiFigure) -> Explained {
    let about = figure.kpi.definition();
    Explained {
        figure,
        label: about.label,
        unit: about.unit,
        formula: about.formula,
        exclusions: about.exclusions,
    }
}

/// The figures, each with numerator, denominator and value; a ratio without a denominator has none.
#[utoipa::path(get, path = "/kpis", tag = "Figures", params(Wanted),
    responses((status = 200, description = "The figures.", body = Report)))]
pub async fn report(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Report>, Problem> {
    let filter = KpiFilter {
        warehouse: site(&caller, wanted.warehouse)?,
        period: wanted.period,
        on: wanted.on,
        from: wanted.from,
        to: wanted.to,
        scope: Scope {
            kind: wanted.kind,
            shift: wanted.shift,
            team: wanted.team,
            worker: wanted.worker,
        },
        by: wanted.by,
    };
    let now = services.clock.now();
    let report = store::kpis::report(&services.store, &caller, &filter, now).await?;
    Ok(Json(report.into()))
}

/// The rows behind a figure, newest first; together they add up to it.
#[utoipa::path(get, path = "/kpis/rows", tag = "Figures", params(WantedRows),
    responses((status = 200, description = "A page.", body = Page<KpiRow>)))]
pub async fn rows(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedRows>,
) -> Answer<KpiRow> {
    let filter = KpiFilter {
        warehouse: site(&caller, wanted.warehouse)?,
        period: wanted.period,
        on: wanted.on,
        from: wanted.from,
        to: wanted.to,
        ..KpiFilter::default()
    };
    let (kpi, after) = (
        wanted.kpi.unwrap_or(Kpi::Lines),
        cursor(wanted.after.as_deref())?,
    );
    let (rows, now) = (limit(wanted.limit)?, services.clock.now());
    let store = &services.store;
    page(store::kpis::rows(store, &caller, kpi, &filter, after.as_ref(), rows, now).await?)
}

fn site(caller: &RestCaller, asked: Option<WarehouseId>) -> Result<Option<WarehouseId>, Problem> {
    match (asked, caller.warehouses.as_slice()) {
        (None, [_, _, ..]) => Err(Problem::invalid("Say which site: ?warehouse=<id>.")),
        _ => Ok(asked),
    }
}
