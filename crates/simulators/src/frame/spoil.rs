//! Bodies that do not come as they should.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};

/// How many pieces a slow body comes in.
const PIECES: u32 = 10;

/// Sends this much, then breaks the connection.
pub(crate) fn breaking(sent: Bytes) -> Body {
    let broken = io::Error::new(io::ErrorKind::ConnectionReset, "cut on request");
    let pieces = stream::iter([Ok(sent), Err(broken)]).then(|piece| async {
        // Lets the first piece leave before the break, so that the client sees both.
        tokio::time::sleep(Duration::from_millis(5)).await;
        piece
    });
    Body::from_stream(pieces)
}

/// The whole body in pieces, over the given time.
pub(crate) fn slow(body: &[u8], lasting: Duration) -> Body {
    let size = body.len().div_ceil(PIECES as usize).max(1);
    let pieces: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    let pause = lasting / PIECES;
    let pieces = stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(piece)
    });
    Body::from_stream(pieces)
}
