//! The product services: reads, one or several in a batch.

use axum::http::{Method, header};

use super::super::batch::{self, Answers, Inner, Part};
use super::super::products::{Read, Version};
use super::super::query::{Options, Target};
use super::super::reply::Reply;
use super::{Came, malformed_batch};

impl Came<'_> {
    pub(super) fn products(&self, version: Version, rest: &str) -> Reply {
        if rest.trim_matches('/') == "$batch" {
            return self.batch(|inner| self.product(version, &inner.path, &inner.query));
        }
        if *self.method != Method::GET {
            return Reply::refusal(405, "/IWBEP/CM_MGW_RT/105", "Method not allowed");
        }
        self.product(version, rest, self.query)
    }

    fn product(&self, version: Version, path: &str, query: &str) -> Reply {
        let Some(target) = Target::parse(path) else {
            return Reply::absent();
        };
        let host = self.header(header::HOST.as_str()).unwrap_or("localhost");
        let read = Read {
            version,
            target: &target,
            options: &Options::parse(query),
            origin: &format!("http://{host}"),
            page_cap: self.handle.config().page_cap,
        };
        read.answer(&self.handle.world())
    }

    /// A batch of reads.
    fn batch(&self, one: impl Fn(&Inner) -> Reply) -> Reply {
        let Some(parts) = self.parts() else {
            return malformed_batch();
        };
        let answers: Vec<Answers> = parts
            .iter()
            .map(|part| match part {
                Part::One(inner) if inner.method == "GET" => Answers::One(one(inner)),
                _ => Answers::One(Reply::refusal(
                    405,
                    "/IWBEP/CM_MGW_RT/105",
                    "Method not allowed",
                )),
            })
            .collect();
        batch::answer(&answers)
    }
}
