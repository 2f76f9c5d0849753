//! Reading from the server: one kind of resource for every answer.
//!
//! A typed resource per answer would be compiled anew for each type, a third of what the browser
//! downloads. Here the answer is erased behind one type and taken out again where it is shown.

use crate::AppError;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a server function answered, read again whenever its source changes. What shows it is drawn anew
/// only when the answer is another one: pages read again at every live event, and what somebody is
/// typing or has chosen in a row would be lost each time.
pub struct Loader<T> {
    answer: Resource<Answer, codee::string::FromToStringCodec>,
    given: Given,
    /// Gone with the part of the page that reads.
    alive: StoredValue<()>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loader<T> {}

/// Reads `fetch(source())` on the server for the first render, and in the browser whenever
/// `source` changes. An answer that equals the one that is shown is as good as none.
pub fn load<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Loader<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let given = Given::nothing();
    // A page that was left can still be told that its source changed; its signals are gone then.
    let alive = StoredValue::new(());
    let key = move || {
        if alive.is_disposed() {
            Key::nothing()
        } else {
            Key::new(source())
        }
    };
    let fetch = move |key: Key| -> Boxed<Answer> {
        match key.value::<S>() {
            Some(source) => {
                let call = fetch(source);
                Box::pin(async move {
                    let answer = Answer::of(call.await);
                    given.compare(&answer, Answer::equals::<T>);
                    answer
                })
            }
            None => Box::pin(std::future::pending()),
        }
    };
    Loader {
        answer: erased(Box::new(key), Box::new(fetch)),
        given,
        alive,
        of: PhantomData,
    }
}

/// A number that grows every minute: what a page shows may grow older while nothing happens.
pub fn use_minutes() -> RwSignal<u32> {
    let minutes = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let tick = move || {
            let _ = minutes.try_update(|minutes| *minutes += 1);
        };
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(60)) {
            on_cleanup(move || handle.clear());
        }
    });
    minutes
}

type Source = Box<dyn Fn() -> Key + Send + Sync>;
type Fetch = Box<dyn Fn(Key) -> Boxed<Answer> + Send + Sync>;

fn erased(source: Source, fetch: Fetch) -> Resource<Answer, codee::string::FromToStringCodec> {
    Resource::new_str(source, fetch)
}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Loader<T> {
    /// Waits for the answer.
    pub async fn read(self) -> Result<T, AppError> {
        self.erased().await.take()
    }

    /// Waits for the answer without taking it out of its erasure; whoever waits is drawn anew when there
    /// is another. A part of a page that is drawn anew around it may be gone before it is first waited
    /// for; then there is nobody to answer to.
    pub(crate) fn erased(self) -> Boxed<Answer> {
        if self.alive.is_disposed() {
            return Box::pin(std::future::pending());
        }
        self.given.others.track();
        // The resource itself tells of every answer, also of the same.
        let answer = ScopedFuture::new_untracked(self.answer.into_future());
        Box::pin(async move {
            let answer = answer.await;
            let _ = self.given.last.try_set_value(Some(answer.clone()));
            answer
        })
    }
}

/// What was given out to be shown.
#[derive(Clone, Copy)]
struct Given {
    last: StoredValue<Option<Answer>>,
    /// Grows when another answer came than the last that was given out.
    others: RwSignal<u32>,
}

type Equals = fn(&Answer, &Answer) -> bool;

impl Given {
    fn nothing() -> Self {
        Self {
            last: StoredValue::new(None),
            others: RwSignal::new(0),
        }
    }

    /// Tells those who show the last answer when the one that came is another. Before the first was given
    /// out there is nobody to tell: who waits for it gets the newest. A page that was left shows nothing.
    fn compare(self, came: &Answer, equals: Equals) {
        let other = self
            .last
            .try_with_value(|last| last.as_ref().is_some_and(|last| !equals(last, came)));
        if other == Some(true) {
            let _ = self.others.try_update(|others| *others += 1);
        }
    }
}

/// An answer of any type.
#[derive(Clone)]
pub(crate) enum Answer {
    /// As the server rendered it into the page.
    Text(Arc<str>),
    /// As the browser fetched it.
    #[cfg_attr(
        feature = "ssr",
        expect(dead_code, reason = "only the browser fetches")
    )]
    Value(Arc<dyn Any + Send + Sync>),
    /// It failed.
    Error(AppError),
}

impl Answer {
    #[cfg(feature = "ssr")]
    fn of<T: Serialize>(answer: Result<T, AppError>) -> Self {
        match answer.map(|value| serde_json::to_string(&value)) {
            Ok(Ok(text)) => Self::Text(text.into()),
            Ok(Err(_)) => Self::Error(AppError::internal()),
            Err(error) => Self::Error(error),
        }
    }

    #[cfg(not(feature = "ssr"))]
    fn of<T: Send + Sync + 'static>(answer: Result<T, AppError>) -> Self {
        match answer {
            Ok(value) => Self::Value(Arc::new(value)),
            Err(error) => Self::Error(error),
        }
    }

    /// Whether both say the same of a type, be it as the page carried it or as it was fetched.
    fn equals<T: DeserializeOwned + PartialEq + 'static>(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Text(text), Self::Value(value)) | (Self::Value(value), Self::Text(text)) => {
                let read = serde_json::from_str::<T>(text).ok();
                read.as_ref() == value.downcast_ref::<T>()
            }
            (Self::Value(one), Self::Value(other)) => {
                one.downcast_ref::<T>() == other.downcast_ref::<T>()
            }
            (Self::Error(one), Self::Error(other)) => one == other,
            _ => false,
        }
    }

    /// The answer with its type.
    pub(crate) fn take<T: DeserializeOwned + Clone + 'static>(self) -> Result<T, AppError> {
        match self {
            Self::Text(text) => serde_json::from_str(&text).map_err(|_| AppError::internal()),
            Self::Value(value) => value
                .downcast_ref::<T>()
                .cloned()
                .ok_or_else(AppError::internal),
            Self::Error(error) => Err(error),
        }
    }
}

/// How the page carries it: a sign for success or failure, then JSON.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "+{text}"),
            Self::Value(_) => Ok(()),
            Self::Error(error) => {
                let text = serde_json::to_string(error).map_err(|_| fmt::Error)?;
                write!(f, "-{text}")
            }
        }
    }
}

/// The page carried something else.
#[derive(Debug, thiserror::Error)]
#[error("the page carries an answer that cannot be read")]
pub(crate) struct Unreadable;

impl FromStr for Answer {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        if let Some(value) = text.strip_prefix('+') {
            return Ok(Self::Text(value.into()));
        }
        let error = text.strip_prefix('-').ok_or(Unreadable)?;
        serde_json::from_str(error)
            .map(Self::Error)
            .map_err(|_| Unreadable)
    }
}

/// A source's value of any type that can still be compared.
#[derive(Clone)]
struct Key {
    value: Arc<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl Key {
    /// No source any more: nothing is fetched.
    fn nothing() -> Self {
        struct Nothing;
        Self {
            value: Arc::new(Nothing),
            same: |_, other| other.is::<Nothing>(),
        }
    }

    fn new<S: PartialEq + Send + Sync + 'static>(value: S) -> Self {
        Self {
            value: Arc::new(value),
            same: |one, other| match (one.downcast_ref::<S>(), other.downcast_ref::<S>()) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            },
        }
    }

    fn value<S: Clone + 'static>(&self) -> Option<S> {
        self.value.downcast_ref::<S>().cloned()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}
