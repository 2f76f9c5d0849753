//! Photos of goods that are damaged or came unexpected.

use crate::{DocumentId, OperationId, PhotoId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The largest photo, bytes: what a request may carry unless the settings say otherwise.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The most photos of one act.
pub const MOST_OF_AN_ACT: i64 = 5;

/// What photos are; handhelds send nothing else.
pub const CONTENT_TYPE: &str = "image/jpeg";

/// A photo without its picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Photo {
    /// Made by the device.
    pub id: PhotoId,
    /// The act it belongs to.
    pub operation_id: OperationId,
    /// The document worked on.
    pub document_id: DocumentId,
    /// Its number.
    pub number: String,
    /// Code of the item, where the act has a line.
    pub item_code: Option<String>,
    /// Who took it.
    pub worker: String,
    /// When the server got it.
    pub received_at: DateTime<Utc>,
}

/// Whether the bytes begin as a JPEG does, whatever the sender calls them.
pub fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff])
}

#[cfg(test)]
mod tests {
    use super::is_jpeg;

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        assert!(is_jpeg(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 0xff, 0xd9]));
        assert!(!is_jpeg(b"<html>"));
        assert!(!is_jpeg(b"\x89PNG\r\n\x1a\n"));
        assert!(!is_jpeg(&[]));
    }
}
