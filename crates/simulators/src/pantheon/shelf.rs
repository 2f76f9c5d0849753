//! Rows kept sorted and already written as JSON: a page is a concatenation.

use super::filter::{Column, Filter, Value};

/// Something a method can list.
pub(crate) trait Record {
    /// What rows are ordered and replaced by.
    type Key: Ord;
    fn key(&self) -> Self::Key;
    fn write(&self, out: &mut Vec<u8>);
    fn value(&self, column: Column) -> Value<'_>;
}

struct Stored<T> {
    record: T,
    json: Box<[u8]>,
}

/// All rows of one kind.
pub(crate) struct Shelf<T> {
    rows: Vec<Stored<T>>,
}

/// A page under construction: skips `offset` rows, takes `limit`.
pub(crate) struct Page {
    skip: usize,
    left: usize,
    rows: usize,
    json: Vec<u8>,
}

impl Page {
    pub fn new(offset: usize, limit: usize) -> Self {
        Self {
            skip: offset,
            left: limit,
            rows: 0,
            json: vec![b'['],
        }
    }

    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Takes one matching row, written by the caller when it falls inside the page.
    pub fn offer(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.left > 0 {
            if self.rows > 0 {
                self.json.push(b',');
            }
            write(&mut self.json);
            self.left -= 1;
            self.rows += 1;
        }
    }

    /// The number of rows and the array.
    pub fn finish(mut self) -> (usize, Vec<u8>) {
        self.json.push(b']');
        (self.rows, self.json)
    }
}

impl<T: Record> Shelf<T> {
    pub fn new(mut records: Vec<T>) -> Self {
        records.sort_by_key(Record::key);
        Self {
            rows: records.into_iter().map(stored).collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|row| &row.record)
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        self.rows.get(index).map(|row| &row.record)
    }

    pub fn find(&self, key: &T::Key) -> Option<&T> {
        self.position(key).ok().and_then(|index| self.get(index))
    }

    /// Adds the record, or replaces the one with the same key.
    pub fn put(&mut self, record: T) {
        match self.position(&record.key()) {
            Ok(index) => self.rows[index] = stored(record),
            Err(index) => self.rows.insert(index, stored(record)),
        }
    }

    pub fn remove(&mut self, key: &T::Key) -> Option<T> {
        let index = self.position(key).ok()?;
        Some(self.rows.remove(index).record)
    }

    /// Changes the record at the index in place; its key must stay.
    pub fn change(&mut self, index: usize, change: impl FnOnce(&mut T)) {
        if let Some(row) = self.rows.get_mut(index) {
            change(&mut row.record);
            row.json = json(&row.record);
        }
    }

    /// Offers every row that passes the filter to the page.
    pub fn fill(&self, page: &mut Page, filter: &Filter) {
        let mut rows = self.rows.as_slice();
        if filter.is_empty() {
            let jump = page.skip.min(rows.len());
            page.skip -= jump;
            rows = &rows[jump..];
        }
        for row in rows {
            if page.is_full() {
                return;
            }
            if filter.passes(&row.record) {
                page.offer(|out| out.extend_from_slice(&row.json));
            }
        }
    }

    fn position(&self, key: &T::Key) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| row.record.key().cmp(key))
    }
}

fn stored<T: Record>(record: T) -> Stored<T> {
    let json = json(&record);
    Stored { record, json }
}

fn json<T: Record>(record: &T) -> Box<[u8]> {
    let mut out = Vec::with_capacity(256);
    record.write(&mut out);
    out.into_boxed_slice()
}
