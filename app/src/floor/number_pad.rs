//! Keys for gloves.

#[cfg(feature = "hydrate")]
use super::varying::press;
#[cfg(feature = "hydrate")]
use leptos::prelude::*;

/// What was entered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// As shown.
    pub text: String,
    /// Still the proposal: the first key replaces it.
    pub proposed: bool,
}

/// Longest whole part; one digit more than a believable quantity has.
const DIGITS: usize = 10;

impl Entry {
    /// A proposal that the first key replaces.
    pub fn proposing(text: String) -> Self {
        Self {
            text,
            proposed: true,
        }
    }

    /// Presses a key: a digit, `.` (only where the unit has decimals) or `<` to delete.
    pub fn press(&mut self, key: char, decimals: u8) {
        if std::mem::take(&mut self.proposed) && key != '<' {
            self.text.clear();
        }
        match key {
            '<' => {
                self.text.pop();
            }
            '.' if decimals > 0 && !self.text.contains('.') => {
                if self.text.is_empty() {
                    self.text.push('0');
                }
                self.text.push('.');
            }
            '0'..='9' if self.has_room(decimals) => {
                if self.text == "0" {
                    self.text.clear();
                }
                self.text.push(key);
            }
            _ => {}
        }
    }

    fn has_room(&self, decimals: u8) -> bool {
        match self.text.split_once('.') {
            Some((_, fraction)) => fraction.len() < usize::from(decimals),
            None => self.text.len() < DIGITS,
        }
    }
}

/// The keys; `0`–`9`, the decimal point where the unit has decimals, delete.
#[cfg(feature = "hydrate")]
#[component]
pub(super) fn NumberPad(decimals: u8, on_key: Callback<char>) -> impl IntoView {
    let digit = move |key: char| {
        view! { <Key key label=key.to_string() name=format!("key-{key}") on_key /> }.into_any()
    };
    let rows: Vec<AnyView> = "123456789".chars().map(digit).collect();
    view! {
        <div class="grid grid-cols-3 gap-2">
            {rows}
            {if decimals > 0 {
                view! { <Key key='.' label=".".to_owned() name="key-decimal".to_owned() on_key /> }.into_any()
            } else {
                view! { <span></span> }.into_any()
            }}
            {digit('0')}
            <Key key='<' label=t!("Delete").to_owned() name="key-delete".to_owned() on_key />
        </div>
    }
}

#[cfg(feature = "hydrate")]
#[component]
fn Key(key: char, label: String, name: String, on_key: Callback<char>) -> impl IntoView {
    let size = if label.len() > 1 {
        "text-xl"
    } else {
        "text-4xl"
    };
    view! {
        <button
            type="button"
            class=format!("btn h-16 font-bold {size}")
            data-testid=name
            on:click=press(move || on_key.run(key))
        >
            {label}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(start: &str, keys: &str, decimals: u8) -> String {
        let mut entry = Entry::proposing(start.to_owned());
        for key in keys.chars() {
            entry.press(key, decimals);
        }
        entry.text
    }

    #[test]
    fn the_first_key_replaces_the_proposal() {
        assert_eq!(typed("12", "5", 0), "5");
        assert_eq!(typed("12", "", 0), "12");
        assert_eq!(typed("12", "<", 0), "1");
    }

    #[test]
    fn pieces_have_no_decimal_point() {
        assert_eq!(typed("", "2.5", 0), "25");
        assert_eq!(typed("", "2.5", 3), "2.5");
        assert_eq!(typed("", ".25", 3), "0.25");
        assert_eq!(typed("", "1.23456", 3), "1.234");
        assert_eq!(typed("", "1..2", 3), "1.2");
    }

    #[test]
    fn a_leading_zero_goes_away() {
        assert_eq!(typed("", "07", 0), "7");
    }
}
