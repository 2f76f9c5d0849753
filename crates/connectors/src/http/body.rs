//! Reads an answer, but never more than the cap.

use bytes::{Bytes, BytesMut};

/// Why a body was not read to its end.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// It is larger than allowed, packed or unpacked.
    TooLarge,
    /// The connection failed, or the packing is broken.
    Transport(reqwest::Error),
}

/// The whole unpacked body. The cap counts unpacked bytes, so that a small packed answer cannot
/// fill the memory.
pub(crate) async fn read(mut response: reqwest::Response, cap: usize) -> Result<Bytes, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > cap {
        return Err(BodyError::TooLarge);
    }
    let mut body = BytesMut::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Transport)? {
        if body.len() + chunk.len() > cap {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
