//! Fields of rows as a dry run names them, in the reader's language.

use crate::words::tr;
use domain::word;

/// Fields of items, partners and documents.
const FIELDS: [&str; 35] = [
    word!("Active"),
    word!("Address"),
    word!("Barcodes"),
    word!("Changed at"),
    word!("City"),
    word!("Class"),
    word!("Conflicts"),
    word!("Country"),
    word!("Description"),
    word!("Erp status"),
    word!("Is customer"),
    word!("Is supplier"),
    word!("Is warehouse"),
    word!("Lines done"),
    word!("Lines known"),
    word!("Lines short"),
    word!("Lines total"),
    word!("Lines wms"),
    word!("Name"),
    word!("Name2"),
    word!("Note"),
    word!("Partner name"),
    word!("Partner2 name"),
    word!("Phone"),
    word!("Phone2"),
    word!("Recipient name"),
    word!("Responsible"),
    word!("Sender name"),
    word!("Source"),
    word!("Status"),
    word!("Supplier"),
    word!("Supplier code"),
    word!("Tax id"),
    word!("Uom"),
    word!("Warehouse name"),
];
/// What holds rows of its own, each under a key of the upstream.
const GROUPS: [&str; 2] = [word!("Lines"), word!("Stock")];
/// Fields of those.
const INSIDE: [&str; 18] = [
    word!("conflict"),
    word!("conflict at"),
    word!("conflict kind"),
    word!("conflict was"),
    word!("done"),
    word!("exists in wms"),
    word!("item code"),
    word!("item name"),
    word!("match state"),
    word!("quantity"),
    word!("reason"),
    word!("reason text"),
    word!("removed at"),
    word!("requested"),
    word!("site"),
    word!("status"),
    word!("uom"),
    word!("wms flag"),
];

/// A field by its name; of a line or a level, with the upstream's key, which stays as it is.
pub(super) fn called(field: &str) -> String {
    if let Some(known) = FIELDS.into_iter().find(|known| *known == field) {
        return tr(known).to_owned();
    }
    let parts = field.split_once(' ');
    let found = parts.and_then(|(group, rest)| {
        let group = GROUPS.into_iter().find(|known| *known == group)?;
        Some((tr(group), rest))
    });
    let Some((group, rest)) = found else {
        return field.to_owned();
    };
    let inside = INSIDE.into_iter().find_map(|known| {
        let key = rest.strip_suffix(known)?.strip_suffix(' ')?;
        Some((key, tr(known)))
    });
    match inside {
        Some((key, inside)) => format!("{group} {key} {inside}"),
        None => format!("{group} {rest}"),
    }
}

/// A value, of which the server says yes and no in English.
pub(super) fn valued(value: String) -> String {
    match value.as_str() {
        "yes" => t!("yes").to_owned(),
        "no" => t!("no").to_owned(),
        _ => value,
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::{called, valued};
    use crate::words::Language;
    use leptos::prelude::{Owner, provide_context};

    #[test]
    fn fields_of_a_dry_run_are_read_in_the_readers_language() {
        let told = |language: Language, field: &str| {
            Owner::new().with(|| {
                provide_context(language);
                called(field)
            })
        };
        assert_eq!(told(Language::Ru, "Supplier code"), "Код поставщика");
        assert_eq!(
            told(Language::Ru, "Lines 10 requested"),
            "Строки 10 требуется"
        );
        assert_eq!(told(Language::Ru, "Lines 10"), "Строки 10");
        assert_eq!(
            told(Language::Ru, "Stock Main site quantity"),
            "Остатки Main site количество"
        );
        for field in [
            "Supplier code",
            "Lines 10 item code",
            "Stock MP_3",
            "Of a later server",
        ] {
            assert_eq!(told(Language::En, field), field);
        }
        Owner::new().with(|| {
            provide_context(Language::Es);
            assert_eq!(valued("yes".to_owned()), "sí");
            assert_eq!(valued("CUP".to_owned()), "CUP");
        });
    }
}
