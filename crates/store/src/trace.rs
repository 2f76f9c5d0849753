//! The id of the request being answered. Transactions begun within it say so to the database, where
//! runs, messages and timeline entries take it as their correlation id.

use std::sync::Arc;

/// Longest id that is taken over from outside.
const LONGEST: usize = 64;

tokio::task_local! {
    static REQUEST: Arc<str>;
}

/// Does the work as part of a request. An id that is not made of letters, digits and `-_.` is not
/// taken over.
pub async fn traced<F: Future>(id: &str, work: F) -> F::Output {
    if can_trace(id) {
        REQUEST.scope(id.into(), work).await
    } else {
        work.await
    }
}

/// Whether an id can be carried by all that a request causes: at most 64 letters, digits and `-_.`.
pub fn can_trace(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(plain)
}

pub(crate) fn current() -> Option<Arc<str>> {
    REQUEST.try_with(Arc::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_id_that_could_end_the_statement_is_not_taken_over() {
        for bad in ["", "a'; drop table items; --", "a b", &"x".repeat(65)] {
            assert!(traced(bad, async { current() }).await.is_none(), "{bad}");
        }
        let taken = traced("3f2-A.b_c", async { current() }).await;
        assert_eq!(taken.as_deref(), Some("3f2-A.b_c"));
        assert!(current().is_none());
    }
}
