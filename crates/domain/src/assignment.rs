//! Who should get a task: loads, and the suggestion that follows from them.

use crate::{TaskId, TeamId, UserId, WarehouseId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What one open task weighs beside a unit of quantity.
const TASK_WEIGHT: i64 = 5;

/// What a worker has to do at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerLoad {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// What is typed at the sign-in.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// Team of the worker.
    pub team_name: Option<String>,
    /// Open and claimed tasks given to the worker.
    pub tasks: i64,
    /// Their lines that are still to be handled.
    pub lines: i64,
    /// What is left on those lines, over all units.
    pub quantity: Decimal,
    /// The shift the worker is at now, breaks included; none off duty.
    pub on_shift: Option<String>,
}

impl WorkerLoad {
    /// Remaining quantity and five for each open task; lower is freer.
    pub fn score(&self) -> Decimal {
        self.quantity + Decimal::from(TASK_WEIGHT * self.tasks)
    }
}

/// What a team has to do together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamLoad {
    /// Which.
    pub team_id: TeamId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Shown to people.
    pub name: String,
    /// Enabled members.
    pub members: i64,
    /// Open and claimed tasks given to the team as a whole.
    pub tasks: i64,
    /// Their lines that are still to be handled.
    pub lines: i64,
    /// What is left on those lines.
    pub quantity: Decimal,
}

/// A task somebody is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unassigned {
    /// Which.
    pub task_id: TaskId,
    /// The ERP's number.
    pub number: String,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// What is left on it.
    pub quantity: Decimal,
    /// Who has it now; that load is not counted twice.
    pub worker_id: Option<UserId>,
}

/// Who should get a task, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The task.
    pub task_id: TaskId,
    /// The ERP's number.
    pub number: String,
    /// The worker.
    pub worker_id: UserId,
    /// The worker's name.
    pub name: String,
    /// One sentence.
    pub reason: String,
}

/// A worker for each task: the lowest score among those on shift, else among all of the site. Each
/// suggestion counts as given for the next, so that many tasks are spread. Tasks of a site without
/// workers get none.
pub fn suggest(mut loads: Vec<WorkerLoad>, tasks: &[Unassigned]) -> Vec<Suggestion> {
    for load in &mut loads {
        for task in tasks {
            if held(load, task) {
                load.tasks -= 1;
                load.quantity -= task.quantity;
            }
        }
    }
    tasks
        .iter()
        .filter_map(|task| suggest_one(&mut loads, task))
        .collect()
}

fn held(load: &WorkerLoad, task: &Unassigned) -> bool {
    task.worker_id == Some(load.user_id) && task.warehouse_id == load.warehouse_id
}

fn suggest_one(loads: &mut [WorkerLoad], task: &Unassigned) -> Option<Suggestion> {
    let here = |load: &&mut WorkerLoad| load.warehouse_id == task.warehouse_id;
    let mut candidates: Vec<_> = loads.iter_mut().filter(here).collect();
    let anybody_on_shift = candidates.iter().any(|load| load.on_shift.is_some());
    if anybody_on_shift {
        candidates.retain(|load| load.on_shift.is_some());
    }
    candidates.sort_by(|one, other| {
        let order = one.score().cmp(&other.score());
        order.then_with(|| one.user_id.cmp(&other.user_id))
    });
    let mut candidates = candidates.into_iter();
    let best = candidates.next()?;
    let reason = reason(best, candidates.next().as_deref());
    best.tasks += 1;
    best.quantity += task.quantity;
    Some(Suggestion {
        task_id: task.task_id,
        number: task.number.clone(),
        worker_id: best.user_id,
        name: best.name.clone(),
        reason,
    })
}

fn reason(best: &WorkerLoad, next: Option<&WorkerLoad>) -> String {
    let duty = match &best.on_shift {
        Some(shift) => format!("on shift {shift}"),
        None => "nobody is on shift".to_owned(),
    };
    let beside = next.map_or_else(String::new, |next| {
        format!("; {} has {}", next.name, next.score().normalize())
    });
    format!(
        "Lowest load, {duty}: {} left, tasks {}, score {}{beside}.",
        best.quantity.normalize(),
        best.tasks,
        best.score().normalize()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(id: i64, name: &str, tasks: i64, quantity: i64, on_shift: bool) -> WorkerLoad {
        WorkerLoad {
            user_id: UserId(id),
            warehouse_id: WarehouseId(1),
            login: name.to_lowercase(),
            name: name.to_owned(),
            team_name: None,
            tasks,
            lines: tasks,
            quantity: quantity.into(),
            on_shift: on_shift.then(|| "A".to_owned()),
        }
    }

    fn task(id: i64, quantity: i64) -> Unassigned {
        Unassigned {
            task_id: TaskId(id),
            number: format!("26-{id}"),
            warehouse_id: WarehouseId(1),
            quantity: quantity.into(),
            worker_id: None,
        }
    }

    #[test]
    fn the_lowest_remaining_plus_five_per_task_is_suggested_with_its_reason() {
        let loads = vec![load(1, "Marko", 1, 20, true), load(2, "Jelena", 4, 4, true)];
        let suggestions = suggest(loads, &[task(7, 3)]);
        assert_eq!(suggestions[0].worker_id, UserId(2));
        assert_eq!(
            suggestions[0].reason,
            "Lowest load, on shift A: 4 left, tasks 4, score 24; Marko has 25."
        );
    }

    #[test]
    fn somebody_on_shift_goes_before_somebody_freer_at_home() {
        let loads = vec![
            load(1, "Marko", 9, 90, true),
            load(2, "Jelena", 0, 0, false),
        ];
        assert_eq!(suggest(loads, &[task(7, 3)])[0].worker_id, UserId(1));
        let nobody = vec![
            load(1, "Marko", 9, 90, false),
            load(2, "Jelena", 0, 0, false),
        ];
        let suggestion = suggest(nobody, &[task(7, 3)]).remove(0);
        assert_eq!(suggestion.worker_id, UserId(2));
        assert!(suggestion.reason.contains("nobody is on shift"));
    }

    #[test]
    fn many_tasks_are_spread() {
        let loads = vec![load(1, "Marko", 0, 0, true), load(2, "Jelena", 0, 0, true)];
        let tasks = [task(1, 10), task(2, 10), task(3, 10), task(4, 10)];
        let given: Vec<_> = suggest(loads, &tasks)
            .into_iter()
            .map(|one| one.worker_id.0)
            .collect();
        assert_eq!(given, [1, 2, 1, 2]);
    }
}
