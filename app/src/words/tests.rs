//! The catalogues hold every text that people read, and no page says one that is in none. The texts
//! are found by reading the sources, as a person would: `t!`, `tn!`, `word!` and `Message::plain`
//! mark them; sentences of `operations` and errors that the handheld shows are known by themselves.

mod reading;
mod said;

use super::Language;
use reading::{literals, root, sources};
use said::{Said, ends_with_call, gaps, own, said, within};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Pages whose every text has to be marked.
const PAGES: [&str; 8] = [
    "app/src/floor/",
    "app/src/boards/",
    "app/src/admin/",
    "app/src/ui/",
    "app/src/sign_in.rs",
    "app/src/password.rs",
    "app/src/home.rs",
    "app/src/scan.rs",
];
/// Names, keys and words for machines.
const NOT_WORDS: [&str; 10] = [
    "Crossdock",
    "Excel",
    "Europe/Belgrade",
    "Ctrl+{name}",
    "Enter",
    "Tab",
    "Esc",
    "Escape",
    "too often",
    "a, button",
];

fn catalogue(language: Language) -> BTreeMap<String, (bool, Value)> {
    let path = root().join(format!("app/src/words/{}.json", language.as_str()));
    let sheets: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut all = BTreeMap::new();
    for (sheet, entries) in sheets {
        for (key, value) in entries {
            let twice = all.insert(key.clone(), (sheet == "floor", value));
            assert!(
                twice.is_none(),
                "{}: {key:?} stands twice",
                language.as_str()
            );
        }
    }
    all
}

/// What is wrong with a translation.
fn wrong(language: Language, key: &str, said: &Said, value: &Value) -> Option<String> {
    let forms: Vec<(&str, Option<&Value>)> = match &said.other {
        None => vec![("", Some(value))],
        Some(_) => {
            let forms = language.forms().iter().map(|form| form.as_str());
            forms.map(|form| (form, value.get(form))).collect()
        }
    };
    forms.into_iter().find_map(|(form, value)| {
        let Some(words) = value.and_then(Value::as_str) else {
            return Some(format!("{key:?} lacks its text {form}"));
        };
        let differs = gaps(words) != gaps(key);
        let empty = words.trim().is_empty();
        (differs || empty).then(|| format!("{key:?} {form} has other gaps: {words:?}"))
    })
}

#[test]
fn every_text_is_in_every_catalogue_with_its_gaps_and_forms() {
    let said = said();
    assert!(said.len() > 1_000, "only {} texts were found", said.len());
    let mut problems = Vec::new();
    for language in Language::ALL
        .into_iter()
        .filter(|language| *language != Language::En)
    {
        let known = catalogue(language);
        let name = language.as_str();
        for (key, said) in &said {
            match known.get(key) {
                None => problems.push(format!("{name}: {key:?} is missing ({:?})", said.at)),
                Some((on_floor, _)) if *on_floor != said.on_floor => {
                    let sheet = if said.on_floor { "floor" } else { "office" };
                    problems.push(format!("{name}: {key:?} belongs to \"{sheet}\""));
                }
                Some((_, value)) => problems.extend(
                    wrong(language, key, said, value).map(|wrong| format!("{name}: {wrong}")),
                ),
            }
        }
        let unused = known.keys().filter(|key| !said.contains_key(*key));
        problems.extend(unused.map(|key| format!("{name}: nobody says {key:?}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_two_texts_of_a_count_have_the_same_gaps() {
    for (key, said) in said() {
        if let Some(other) = said.other {
            assert_eq!(gaps(&key), gaps(&other), "{key:?}");
        }
    }
}

/// Whether a literal looks like English that people read: a word with a capital, or words in a row.
fn reads(text: &str) -> bool {
    let own = own(text);
    let own = own.trim();
    let mut letters = own.chars();
    let first = letters
        .by_ref()
        .next()
        .is_some_and(|letter| letter.is_ascii_uppercase());
    let rest: String = letters.collect();
    let small = rest.chars().take_while(char::is_ascii_lowercase).count();
    let stops = rest
        .chars()
        .nth(small)
        .is_none_or(|next| !next.is_ascii_alphanumeric() && next != '-');
    let words: Vec<&str> = own.split(' ').collect();
    let is_word = |word: &&str| {
        word.chars()
            .all(|c| c.is_ascii_alphabetic() || ",;'’.".contains(c))
            && word.chars().any(char::is_alphabetic)
    };
    (first && small > 0 && stops) || (words.len() > 1 && words.iter().all(is_word))
}

#[test]
fn no_page_says_a_text_that_is_not_marked() {
    let mut bare = Vec::new();
    for (name, source) in sources() {
        if !within(&name, &PAGES) {
            continue;
        }
        let mut counted = false;
        for literal in literals(&source) {
            let before = literal.before;
            let second = std::mem::replace(&mut counted, ends_with_call(before, "tn!("));
            let marked = counted
                || second
                || ends_with_call(before, "t!(")
                || ends_with_call(before, "word!(")
                || ["reason =", "class=", "class("]
                    .iter()
                    .any(|call| before.trim_end().ends_with(call));
            if !marked && reads(&literal.text) && !NOT_WORDS.contains(&literal.text.as_str()) {
                bare.push(format!("{name}:{}: {:?}", literal.line, literal.text));
            }
        }
    }
    assert!(bare.is_empty(), "wrap these in t!(…):\n{}", bare.join("\n"));
}

#[test]
fn sentences_that_no_macro_marks_stand_where_they_are_said_to() {
    for (file, texts) in super::RECORDED {
        let source = fs::read_to_string(root().join(file)).unwrap();
        for text in texts {
            let own = own(text);
            let words = own.split(|letter: char| !letter.is_ascii_alphabetic());
            for word in words.filter(|word| word.len() > 2) {
                assert!(source.contains(word), "{file} does not say {text:?}");
            }
        }
    }
}

#[cfg(feature = "ssr")]
#[test]
fn every_field_of_a_command_has_a_meaning_that_is_translated() {
    use domain::push::{PushKind, help};
    let recorded: Vec<&str> = super::RECORDED
        .iter()
        .flat_map(|(_, texts)| texts.iter().copied())
        .collect();
    let mut seen = 0;
    for kind in PushKind::ALL {
        for field in help::fields(*kind) {
            let meaning = field.meaning.as_str();
            assert!(
                recorded.contains(&meaning),
                "{kind:?} {}: {meaning:?}",
                field.path
            );
            seen += 1;
        }
    }
    let result = help::fields(PushKind::DocumentResult);
    let holds = |path: &str| {
        let field = result.iter().find(|field| field.path == path);
        field.map(|field| (field.kind, field.required))
    };
    use help::FieldKind::{Date, List, Number, Text};
    assert_eq!(holds("lines"), Some((List, true)));
    assert_eq!(holds("lines[].done"), Some((Number, true)));
    assert_eq!(holds("lines[].reason"), Some((Text, false)));
    assert_eq!(holds("lines[].lots[].expires_on"), Some((Date, false)));
    assert!(seen > 40, "{seen}");
}

/// What is said to a reader of a language.
#[cfg(feature = "ssr")]
fn told<T>(language: Language, say: impl FnOnce() -> T) -> T {
    let owner = leptos::prelude::Owner::new();
    owner.with(|| {
        leptos::prelude::provide_context(language);
        say()
    })
}

#[cfg(feature = "ssr")]
#[test]
fn what_a_connector_said_is_told_in_the_readers_language() {
    let failed = "Odoo answered with a server error (500). If this lasts, ask whoever runs it.";
    assert_eq!(
        told(Language::Ru, || super::tell(failed)),
        "Odoo ответил ошибкой сервера (500). Если это не пройдёт, спросите того, кто его обслуживает."
    );
    assert_eq!(told(Language::En, || super::tell(failed)), failed);
    let piled = "Messages to other systems";
    assert_eq!(
        told(Language::Pl, || super::tell(piled)),
        "Komunikaty do innych systemów"
    );
}

#[cfg(feature = "ssr")]
#[test]
fn what_there_is_none_of_and_milliseconds_are_told_in_the_readers_language() {
    for (what, russian) in [
        ("warehouse", "Не найдено: склад."),
        ("sync run", "Не найдено: запуск синхронизации."),
        ("task", "Не найдено: задание."),
    ] {
        let error = crate::AppError::not_found(what);
        assert_eq!(told(Language::Ru, || super::tell(&error.message)), russian);
    }
    let took = told(Language::Ru, || crate::ui::number::milliseconds(1_775));
    assert_eq!(took, "1\u{a0}775 мс");
}

#[cfg(feature = "ssr")]
#[test]
fn why_a_row_is_missing_is_told_in_the_readers_language() {
    use domain::mapping::MappingKind;
    use domain::why::{Facts, MappingFact, PartnerFact, RejectedFact, explain};
    let facts = Facts {
        partners: vec![PartnerFact {
            code: "K7".to_owned(),
            name: "Kafana".to_owned(),
            active: true,
            connection: "Pantheon".to_owned(),
            synced_at: Default::default(),
        }],
        mappings: vec![MappingFact {
            kind: MappingKind::Item,
            external: "K7".to_owned(),
            ignored: false,
            first_seen_at: Default::default(),
        }],
        rejected: vec![RejectedFact {
            run: domain::SyncRunId(7),
            dry: false,
            entity: domain::sync::Entity::Items,
            connection: "Pantheon".to_owned(),
            reason: "QUOTED".to_owned(),
            at: Default::default(),
        }],
        ..Facts::default()
    };
    let findings = explain("K7", &facts);
    let texts = || -> Vec<String> {
        let texts = findings.iter().map(|finding| super::tell(&finding.text));
        texts.collect()
    };
    assert_eq!(
        told(Language::Ru, texts),
        [
            "Контрагент K7 (Kafana): есть здесь, из Pantheon.",
            "Ждёт ответа в «Сопоставлениях»: код товара «K7».",
            "Справочник (Pantheon): синхронизация не приняла: QUOTED",
        ]
    );
}

#[cfg(feature = "ssr")]
#[test]
fn words_that_english_uses_twice_have_a_text_of_their_own() {
    use crate::t;
    let russian = [
        (t!("Show"), "Показать"),
        (t!("Open"), "Открыто"),
        (t!("Goes to"), "Куда"),
        (t!("To"), "По"),
        (t!("Up next"), "Следующая"),
        (t!("Next"), "Далее"),
    ];
    for (english, russian) in russian {
        assert_eq!(told(Language::Ru, || super::tr(english)), russian);
    }
}
