//! Line icons, 24 × 24, drawn with the text's colour.

use leptos::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Overview.
    Gauge,
    /// Dispatches.
    Truck,
    /// Receipts.
    Inbox,
    /// Tasks.
    Clipboard,
    /// Items.
    Box,
    /// Partners.
    Building,
    /// Connections.
    Plug,
    /// Mappings.
    Swap,
    /// Users.
    People,
    /// Audit.
    Shield,
    /// Boards.
    Screen,
    /// Handheld.
    Scanner,
    /// Sync, retry.
    Refresh,
    /// Search.
    Search,
    /// Good.
    Check,
    /// Close, cancel.
    Cross,
    /// Attention.
    Warning,
    /// Time, history.
    Clock,
    /// Forward.
    Right,
    /// Back.
    Left,
    /// Add.
    Plus,
    /// One person.
    Person,
    /// Take back.
    Undo,
    /// Edit.
    Pencil,
    /// Light theme.
    Sun,
    /// Dark theme.
    Moon,
    /// Sign out.
    Exit,
    /// Link, flow.
    Download,
    /// Sorted upwards.
    Up,
    /// Sorted downwards.
    Down,
    /// Keys of a page.
    Keyboard,
    /// An address to send on.
    Link,
    /// A list as somebody keeps it.
    Bookmark,
    /// Waits for a person.
    Bell,
    /// Less than asked for.
    Minus,
    /// Two answers to one question.
    Fork,
    /// How the system feels.
    Pulse,
    /// A photo.
    Camera,
    /// The menu, where it is folded.
    Menu,
}

impl Icon {
    /// All of them, for the style guide.
    pub const ALL: [Self; 39] = [
        Self::Gauge,
        Self::Truck,
        Self::Inbox,
        Self::Clipboard,
        Self::Box,
        Self::Building,
        Self::Plug,
        Self::Swap,
        Self::People,
        Self::Shield,
        Self::Screen,
        Self::Scanner,
        Self::Refresh,
        Self::Search,
        Self::Check,
        Self::Cross,
        Self::Warning,
        Self::Clock,
        Self::Right,
        Self::Left,
        Self::Plus,
        Self::Person,
        Self::Undo,
        Self::Pencil,
        Self::Sun,
        Self::Moon,
        Self::Exit,
        Self::Download,
        Self::Up,
        Self::Down,
        Self::Keyboard,
        Self::Link,
        Self::Bookmark,
        Self::Bell,
        Self::Minus,
        Self::Fork,
        Self::Pulse,
        Self::Camera,
        Self::Menu,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Gauge => "M4 19a9 9 0 1 1 16 0M12 15l4-5M12 15h.01",
            Self::Truck => {
                "M2 6h12v11H2zM14 10h4l4 4v3h-8zM7 17a2 2 0 1 1 0 .01M18 17a2 2 0 1 1 0 .01"
            }
            Self::Inbox => "M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5",
            Self::Clipboard => "M9 4h6v3H9zM9 5H5v16h14V5h-4M9 12l2 2 4-4M9 18h6",
            Self::Box => "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
            Self::Building => "M4 21V4h10v17M14 9h6v12M2 21h20M8 8h2M8 12h2M8 16h2",
            Self::Plug => "M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
            Self::Swap => "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2 20c0-4 3-6 7-6s7 2 7 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2.5.7 4 2.6 4 5.5"
            }
            Self::Shield => "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4",
            Self::Screen => "M3 4h18v12H3zM9 20h6M12 16v4",
            Self::Scanner => "M7 2h10v20H7zM10 18h4M10 6v6M12 6v6M14 6v6",
            Self::Refresh => {
                "M20 5v5h-5M4 19v-5h5M5.5 9a7 7 0 0 1 12-2.5L20 10M18.5 15a7 7 0 0 1-12 2.5L4 14"
            }
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4",
            Self::Check => "M5 13l4 4L19 7",
            Self::Cross => "M6 6l12 12M18 6L6 18",
            Self::Warning => "M12 4l9 16H3zM12 10v4M12 17h.01",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2",
            Self::Right => "M9 5l7 7-7 7",
            Self::Left => "M15 5l-7 7 7 7",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4.5 3.5-6.5 8-6.5s8 2 8 6.5",
            Self::Undo => "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
            Self::Pencil => "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
            Self::Sun => {
                "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19"
            }
            Self::Moon => "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
            Self::Exit => "M10 4H4v16h6M15 8l4 4-4 4M19 12H9",
            Self::Download => "M12 4v12M7 11l5 5 5-5M4 20h16",
            Self::Up => "M12 20V5M5 12l7-7 7 7",
            Self::Down => "M12 4v15M5 12l7 7 7-7",
            Self::Keyboard => "M2 6h20v12H2zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10",
            Self::Link => {
                "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1"
            }
            Self::Bell => "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
            Self::Minus => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8 12h8",
            Self::Fork => "M12 21v-8M12 13L6 7V3M12 13l6-6V3M3 6l3-3 3 3M15 6l3-3 3 3",
            Self::Pulse => "M3 12h4l3-8 4 16 3-8h4",
            Self::Camera => "M3 7h4l2-3h6l2 3h4v13H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
            Self::Bookmark => "M6 3h12v18l-6-4-6 4z",
            Self::Menu => "M4 6h16M4 12h16M4 18h16",
        }
    }
}

/// An icon beside text; screen readers skip it.
pub fn icon(icon: Icon, class: &'static str) -> AnyView {
    view! {
        <svg
            class=class
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=icon.path()></path>
        </svg>
    }
    .into_any()
}
