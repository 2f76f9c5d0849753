//! What a worker feels without looking closely: a sound, a vibration and a colour for ok, wrong and
//! attention.

use leptos::prelude::*;
use std::time::Duration;

/// How long the colour stays.
const FLASH: Duration = Duration::from_millis(320);

/// What to tell the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// Done; go on.
    Ok,
    /// Not accepted.
    Wrong,
    /// A question, or something to look at.
    Attention,
}

impl Cue {
    /// Tones as (frequency Hz, start s, length s).
    #[cfg(feature = "hydrate")]
    fn tones(self) -> &'static [(f32, f64, f64)] {
        match self {
            Self::Ok => &[(1_320.0, 0.0, 0.09)],
            Self::Wrong => &[(196.0, 0.0, 0.22), (147.0, 0.26, 0.34)],
            Self::Attention => &[(740.0, 0.0, 0.12), (740.0, 0.2, 0.12)],
        }
    }

    /// Vibration and pauses in turn, ms.
    #[cfg(feature = "hydrate")]
    fn vibration(self) -> &'static [u32] {
        match self {
            Self::Ok => &[40],
            Self::Wrong => &[300, 100, 300],
            Self::Attention => &[120, 80, 120],
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Ok => "bg-emerald-500",
            Self::Wrong => "bg-red-600",
            Self::Attention => "bg-amber-400",
        }
    }
}

/// Gives cues; one per page.
#[derive(Debug, Clone, Copy)]
pub struct Feedback {
    flash: RwSignal<Option<(Cue, u32)>>,
    muted: RwSignal<bool>,
}

/// Shares one [`Feedback`] with everything below.
pub fn provide_feedback() -> Feedback {
    let feedback = Feedback {
        flash: RwSignal::new(None),
        muted: RwSignal::new(false),
    };
    provide_context(feedback);
    #[cfg(feature = "hydrate")]
    crate::floor::varying::whenever(move || feedback.muted.set(browser::stored_mute()));
    feedback
}

impl Feedback {
    /// Sound (unless muted), vibration and colour at once.
    pub fn give(self, cue: Cue) {
        let turn = self
            .flash
            .get_untracked()
            .map_or(0, |(_, turn)| turn.wrapping_add(1));
        self.flash.set(Some((cue, turn)));
        set_timeout(
            move || {
                self.flash.try_update(|shown| {
                    if shown.is_some_and(|(_, shown)| shown == turn) {
                        *shown = None;
                    }
                });
            },
            FLASH,
        );
        #[cfg(feature = "hydrate")]
        {
            browser::vibrate(cue);
            if !self.muted.get_untracked() {
                browser::play(cue);
            }
        }
    }

    /// Whether sounds are off on this device.
    pub fn muted(self) -> Signal<bool> {
        self.muted.into()
    }

    /// Turns sounds off or on; kept on this device.
    pub fn toggle_mute(self) {
        self.muted.update(|muted| *muted = !*muted);
        #[cfg(feature = "hydrate")]
        browser::store_mute(self.muted.get_untracked());
    }
}

/// The colour over the whole screen while a cue lasts.
#[component]
pub fn Flash(
    /// Whose cues.
    feedback: Feedback,
) -> impl IntoView {
    let class = move || match feedback.flash.get() {
        Some((cue, _)) => format!(
            "fixed inset-0 z-50 pointer-events-none opacity-70 {}",
            cue.colour()
        ),
        None => "hidden".to_owned(),
    };
    view! { <div class=class data-testid="flash" aria-hidden="true"></div> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Cue;
    use leptos::prelude::window;
    use std::cell::RefCell;
    use wasm_bindgen::JsValue;
    use web_sys::{AudioContext, OscillatorType, Storage};

    const MUTE_KEY: &str = "crossdock.muted";

    thread_local! {
        // One for the page: browsers allow only a few.
        static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
    }

    pub(super) fn play(cue: Cue) {
        AUDIO.with_borrow_mut(|audio| {
            if audio.is_none() {
                *audio = AudioContext::new().ok();
            }
            // Silence is not worth an error: the colour and the vibration are there.
            let _ = audio.as_ref().map(|audio| sound(audio, cue));
        });
    }

    fn sound(audio: &AudioContext, cue: Cue) -> Result<(), JsValue> {
        // Browsers start it suspended until the first touch.
        let _ = audio.resume()?;
        let now = audio.current_time();
        for (frequency, from, length) in cue.tones() {
            let (tone, volume) = (audio.create_oscillator()?, audio.create_gain()?);
            tone.set_type(OscillatorType::Square);
            tone.frequency().set_value(*frequency);
            volume.gain().set_value(0.25);
            tone.connect_with_audio_node(&volume)?;
            volume.connect_with_audio_node(&audio.destination())?;
            tone.start_with_when(now + from)?;
            tone.stop_with_when(now + from + length)?;
        }
        Ok(())
    }

    pub(super) fn vibrate(cue: Cue) {
        let pattern: js_sys::Array = cue
            .vibration()
            .iter()
            .map(|length| JsValue::from(*length))
            .collect();
        window().navigator().vibrate_with_pattern(&pattern);
    }

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    pub(super) fn stored_mute() -> bool {
        storage().is_some_and(|storage| matches!(storage.get_item(MUTE_KEY), Ok(Some(_))))
    }

    pub(super) fn store_mute(muted: bool) {
        if let Some(storage) = storage() {
            let _ = if muted {
                storage.set_item(MUTE_KEY, "1")
            } else {
                storage.remove_item(MUTE_KEY)
            };
        }
    }
}
