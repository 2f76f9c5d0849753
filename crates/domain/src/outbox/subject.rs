//! What a message is about, as people name it.

use crate::DocumentId;
use crate::document::DocumentKind;
use crate::push::PushKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subject {
    /// Its number or code.
    pub name: String,
    /// What kind of document it is, if it is one.
    pub document_kind: Option<DocumentKind>,
    /// That document here, while it is known.
    pub document_id: Option<DocumentId>,
}

impl Subject {
    /// Reads it out of a payload, also out of one that a person broke; `result_of` is the document whose
    /// result the message carries. Nothing for a message that names nothing.
    pub fn of(event_type: &str, payload: &Value, result_of: Option<DocumentId>) -> Option<Self> {
        let field = match event_type.parse() {
            Ok(PushKind::DocumentResult) => return Self::document(payload, result_of),
            Ok(PushKind::Recipe) => "recipe_code",
            Ok(PushKind::Bom | PushKind::ProcessOrder) => "product_code",
            Ok(PushKind::Stock) => "location",
            Ok(PushKind::Product) => "code",
            // News for webhooks carry the document in them.
            Err(_) => {
                let document = &payload["document"];
                return Self::document(document, document["id"].as_i64().map(DocumentId));
            }
        };
        Some(Self {
            name: payload[field].as_str()?.to_owned(),
            document_kind: None,
            document_id: None,
        })
    }

    fn document(document: &Value, id: Option<DocumentId>) -> Option<Self> {
        let kind = document["kind"].as_str();
        Some(Self {
            name: document["number"].as_str()?.to_owned(),
            document_kind: kind.and_then(|kind| kind.parse().ok()),
            document_id: id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_names_the_document_or_the_goods_that_it_is_about() {
        let dispatch = |id| Subject {
            name: "WH/OUT/94908".to_owned(),
            document_kind: Some(DocumentKind::Dispatch),
            document_id: Some(DocumentId(id)),
        };
        let result = json!({ "kind": "dispatch", "number": "WH/OUT/94908", "lines": [] });
        let found = Subject::of("document.result", &result, Some(DocumentId(7)));
        assert_eq!(found, Some(dispatch(7)));
        let news = json!({ "document": { "id": 8, "kind": "dispatch", "number": "WH/OUT/94908" } });
        assert_eq!(
            Subject::of("document.finished", &news, None),
            Some(dispatch(8))
        );
        let bom = json!({ "product_code": "AW-0530" });
        let named = Subject::of("inventory.bom.upsert", &bom, None).map(|subject| subject.name);
        assert_eq!(named.as_deref(), Some("AW-0530"));
        for nameless in [json!({}), json!([1]), json!(null), json!({ "number": 5 })] {
            assert_eq!(Subject::of("document.result", &nameless, None), None);
            assert_eq!(Subject::of("webhook.test", &nameless, None), None);
        }
    }
}
