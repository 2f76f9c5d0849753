//! Everything the simulated server knows.

use std::collections::HashMap;
use std::io;

use chrono::NaiveDateTime;

use super::catalogue::{self, Catalogue};
use super::config::{Config, DocumentSource, ItemSource};
use super::documents::{self, Documents, Names};
use super::filter::Filter;
use super::partners;
use super::records::{Document, DocumentKind, Item, Partner};
use super::shelf::{Page, Record, Shelf};
use super::stock::{Moves, OnHand};
use super::wire::Method;

pub(crate) struct World {
    pub items: Shelf<Item>,
    /// Found by code only.
    pub delisted: Shelf<Item>,
    pub partners: Shelf<Partner>,
    pub dispatches: Shelf<Document>,
    pub receipts: Shelf<Document>,
    /// What moved on the shelves since the start.
    pub moves: Moves,
    /// Whether stock rows carry their change time.
    stock_shows_change: bool,
    /// Rows a test wrote by hand; they come first and pass every filter.
    pub raw: Vec<(Method, String)>,
}

impl World {
    pub fn build(config: &Config, now: NaiveDateTime) -> io::Result<Self> {
        let mut catalogue = match config.items {
            ItemSource::Demo => catalogue::demo(now)?,
            ItemSource::Synthetic(count) => catalogue::synthetic(count, now),
        };
        if config.shared_barcode
            && let [first, second, ..] = catalogue.listed.as_mut_slice()
        {
            second.barcodes.extend(first.barcodes.first().cloned());
        }
        let partners = partners::all(now, config.partner_change_time)?;
        let documents = documents(config, now, &catalogue, &partners)?;
        Ok(Self {
            items: Shelf::new(catalogue.listed),
            delisted: Shelf::new(catalogue.delisted),
            partners: Shelf::new(partners),
            dispatches: Shelf::new(documents.dispatches),
            receipts: Shelf::new(documents.receipts),
            moves: Moves::default(),
            stock_shows_change: config.stock_change_time,
            raw: Vec::new(),
        })
    }

    pub fn documents(&self, kind: DocumentKind) -> &Shelf<Document> {
        match kind {
            DocumentKind::Dispatch => &self.dispatches,
            DocumentKind::Receipt => &self.receipts,
        }
    }

    pub fn documents_mut(&mut self, kind: DocumentKind) -> &mut Shelf<Document> {
        match kind {
            DocumentKind::Dispatch => &mut self.dispatches,
            DocumentKind::Receipt => &mut self.receipts,
        }
    }

    /// The rows of a method that pass the filter: their number and the JSON array.
    pub fn page(
        &self,
        method: Method,
        filter: &Filter,
        offset: usize,
        limit: usize,
    ) -> (usize, Vec<u8>) {
        let mut page = Page::new(offset, limit);
        for (of, row) in &self.raw {
            if *of == method {
                page.offer(|out| out.extend_from_slice(row.as_bytes()));
            }
        }
        match method {
            Method::Items => {
                self.items.fill(&mut page, filter);
                if filter.names_codes() {
                    self.delisted.fill(&mut page, filter);
                }
            }
            Method::Partners => self.partners.fill(&mut page, filter),
            Method::Dispatches => self.dispatches.fill(&mut page, filter),
            Method::Receipts => self.receipts.fill(&mut page, filter),
            Method::Stock => {
                for item in self.items.iter() {
                    let stock = OnHand::of(item, &self.moves, self.stock_shows_change);
                    if filter.passes(&stock) {
                        page.offer(|out| stock.write(out));
                    }
                    if page.is_full() {
                        break;
                    }
                }
            }
        }
        page.finish()
    }
}

fn documents(
    config: &Config,
    now: NaiveDateTime,
    catalogue: &Catalogue,
    partners: &[Partner],
) -> io::Result<Documents> {
    let items: HashMap<&str, &Item> = catalogue
        .listed
        .iter()
        .chain(&catalogue.delisted)
        .map(|item| (&*item.code, item))
        .collect();
    let names = Names {
        items,
        listed: &catalogue.listed,
        delisted: &catalogue.delisted,
        partners: partners
            .iter()
            .map(|partner| (partner.id, partner))
            .collect(),
        main_warehouse: &config.main_warehouse,
        today: now.date(),
    };
    match &config.documents {
        DocumentSource::None => Ok(Documents::default()),
        DocumentSource::Demo => documents::demo(&names),
        DocumentSource::FullYear(path) => documents::full_year(path, &names),
    }
}
