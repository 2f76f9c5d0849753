//! Holding tasks back in waves, and releasing them.

use super::desk::{Desk, counted};
use crate::AppError;
use crate::api;
use domain::wave::{Wave, WaveChoice};
use domain::{CutOffId, WaveId};

impl Desk {
    /// Makes a wave of the touched tasks and of those that wait for a cut-off.
    pub fn make_wave(self, name: String, cut_off: Option<CutOffId>) {
        let choice = WaveChoice {
            tasks: self.tasks(),
            cut_off,
        };
        self.held(async move { api::waves::make(name, choice).await });
    }

    /// Puts the touched tasks into a wave.
    pub fn add_to_wave(self, id: WaveId) {
        let choice = WaveChoice {
            tasks: self.tasks(),
            cut_off: None,
        };
        self.held(async move { api::waves::add(id, choice).await });
    }

    fn held(self, call: impl Future<Output = Result<Wave, AppError>> + 'static) {
        self.act.run(call, "", move |wave| {
            let (number, tasks) = (wave.number, counted(wave.held.len()));
            self.toasts
                .good(t!("Wave {number} holds back {tasks}.", number, tasks));
            self.ended();
        });
    }

    /// Gives the touched tasks back to the floor.
    pub fn take_out_of_wave(self) {
        let tasks = self.tasks();
        let call = async move { api::waves::take_out(tasks).await };
        let done = t!("Taken out. The floor sees them again.");
        self.act.run(call, done, move |_| self.ended());
    }

    /// Asks whether the floor gets a wave.
    pub fn ask_release(self, id: WaveId, number: i32, tasks: usize) {
        let text = tn!(
            "{count} task comes to the floor at once, to whom it is given.",
            "{count} tasks come to the floor at once, to whom they are given.",
            count = tasks
        );
        let title = t!("Release wave {number}?", number);
        self.confirm.ask(title, text, t!("Release"), move || {
            let call = async move { api::waves::release(id).await };
            self.act.run(call, t!("Released."), |_| ());
        });
    }

    /// Gives up an empty wave.
    pub fn close_wave(self, id: WaveId) {
        let call = async move { api::waves::close(id).await };
        self.act.run(call, t!("Closed."), |_| ());
    }
}
