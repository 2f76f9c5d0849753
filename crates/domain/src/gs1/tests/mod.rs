use super::*;

mod associations;
mod links;
mod round_trips;
mod spellings;
mod values;

fn accepts(text: &str) -> ElementString {
    ElementString::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refuses(text: &str) -> Gs1Error {
    match ElementString::read(text) {
        Ok(read) => panic!("{text} was read as {read}"),
        Err(error) => error,
    }
}

fn shown(text: &str) -> String {
    accepts(text).to_string()
}
