use super::*;
use crate::connecting::LABELS;
use connectors::registry;

fn of(kind: &str) -> ConnectionForm {
    let mut kinds = registry::kinds().iter();
    form(kinds.find(|known| known.kind == kind).unwrap(), None)
}

fn field_of<'a>(form: &'a ConnectionForm, name: &str) -> &'a FormField {
    form.fields.iter().find(|field| field.name == name).unwrap()
}

fn entered(kind: &str, values: &[(&str, &str)]) -> Result<Map<String, Value>, Misfit> {
    let values = values.iter();
    let values = values.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    settings(&of(kind), &values.collect())
}

#[test]
fn every_title_and_description_of_a_setting_is_in_the_catalogues() {
    let own = [
        "Name",
        "As colleagues read it.",
        "API key",
        "Password",
        SEALED,
    ];
    for kind in registry::kinds() {
        for field in form(kind, None).fields {
            let mut texts = vec![field.label, field.help];
            if let FieldKind::Choice(choices) = field.kind {
                let raw = choices.iter().find(|choice| choice.label == choice.word);
                assert_eq!(
                    raw, None,
                    "{}: describe it where it is declared",
                    field.name
                );
                texts.extend(choices.into_iter().map(|choice| choice.label));
            }
            for text in texts {
                let known = LABELS.contains(&text.as_str()) || own.contains(&text.as_str());
                let says = text.contains(char::is_alphabetic);
                assert!(known || !says, "add to the labels: {text:?}");
            }
        }
    }
}

#[test]
fn fields_are_what_the_schema_says_of_them() {
    let odoo = of("odoo");
    let names: Vec<&str> = odoo
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names[..4], ["name", "base_url", "database", "api_key"]);
    assert!(odoo.fields[..4].iter().all(|field| field.required));
    assert!(odoo.fields[4..].iter().all(|field| !field.required));
    let protocol = field_of(&odoo, "protocol");
    let FieldKind::Choice(protocols) = &protocol.kind else {
        panic!("{protocol:?}")
    };
    let words: Vec<&str> = protocols.iter().map(|choice| &*choice.word).collect();
    assert_eq!(words, ["auto", "json2", "jsonrpc", "jsonrpc+ssl"]);
    assert_eq!(protocols[0].label, "By its version");
    assert_eq!(protocol.default.as_deref(), Some("auto"));
    let rows = field_of(&odoo, "page_size");
    let (least, most) = (Some("1".to_owned()), Some("1000".to_owned()));
    assert_eq!(rows.kind, FieldKind::Number { least, most });
    assert_eq!(rows.default.as_deref(), Some("200"));
    assert_eq!(rows.label, "Rows per page");
    assert_eq!(
        field_of(&odoo, "api_key").kind,
        FieldKind::Secret { set: false }
    );
    assert_eq!(field_of(&odoo, "documents_from").kind, FieldKind::Day);
    let sap = of("sap");
    assert_eq!(field_of(&sap, "trace").kind, FieldKind::Boolean);
    let formats = &field_of(&sap, "date_format").kind;
    assert!(
        matches!(formats, FieldKind::Choice(all) if all.len() == 6 && all[0].label == "31.12.2026")
    );
}

#[test]
fn what_was_entered_becomes_settings_of_their_types() {
    let read = entered(
        "sap",
        &[
            ("name", " SAP "),
            ("base_url", "https://sap.example.invalid"),
            ("client", "100"),
            ("user", "CROSSDOCK"),
            ("passwd", " begins with a space"),
            ("trace", "true"),
            ("mode", "soap_rfc"),
            ("rate_per_second", "0.5"),
            ("page_size", "20"),
            ("plant", " "),
        ],
    );
    let wanted = serde_json::json!({
        "name": "SAP", "base_url": "https://sap.example.invalid", "client": "100", "user": "CROSSDOCK",
        "passwd": " begins with a space", "trace": true, "mode": "soap_rfc", "rate_per_second": 0.5,
        "page_size": 20,
    });
    assert_eq!(Value::Object(read.unwrap()), wanted);
}

#[test]
fn what_cannot_be_read_is_told_at_its_field() {
    let good = [
        ("name", "Odoo"),
        ("base_url", "http://odoo.example.invalid"),
        ("database", "demo"),
        ("api_key", "x"),
    ];
    assert!(entered("odoo", &good).is_ok());
    for (name, text, sentence) in [
        ("database", " ", "This is needed."),
        ("api_key", "", "This is needed."),
        ("page_size", "many", "Enter a number."),
        ("page_size", "1001", "Allowed is 1 to 1000."),
        ("page_size", "NaN", "Enter a number."),
        ("company_id", "0", "Allowed is 1 or more."),
        ("protocol", "soap", "Choose one."),
        ("unheard_of", "x", "There is no such setting."),
    ] {
        let mut values = good.to_vec();
        values.retain(|(known, _)| *known != name);
        values.push((name, text));
        let refused = entered("odoo", &values).unwrap_err();
        assert_eq!(refused, Misfit::at(name, sentence));
    }
}
