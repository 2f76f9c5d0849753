//! Processor time of PostgreSQL, all its processes together.

use crate::Failure;
use crate::postgres::Database;

/// The server, by its first process.
pub(super) struct Postgres {
    parent: String,
}

impl Postgres {
    /// The one that serves this database; it runs on this machine.
    pub(super) async fn find(database: &Database) -> Result<Self, Failure> {
        let mut admin = database.admin().await?;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut admin)
            .await?;
        let parent = fields(&backend.to_string())?.parent;
        Ok(Self { parent })
    }

    /// Seconds so far: its own, its children's, and those of children that ended.
    pub(super) fn seconds(&self) -> Result<f64, Failure> {
        let parent = fields(&self.parent)?;
        let mut ticks = parent.own + parent.ended;
        for entry in std::fs::read_dir("/proc")? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            // Processes end while the list is read.
            if let Ok(process) = fields(&name)
                && process.parent == self.parent
            {
                ticks += process.own + process.ended;
            }
        }
        Ok(ticks / 100.0)
    }
}

/// Of `/proc/<pid>/stat`; the kernel counts in hundredths of a second.
struct Fields {
    parent: String,
    own: f64,
    ended: f64,
}

fn fields(process: &str) -> Result<Fields, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold blanks.
    let (_, rest) = text.rsplit_once(')').ok_or("unreadable process figures")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |place: usize| fields.get(place).ok_or("unreadable process figures");
    let ticks = |place: usize| -> Result<f64, Failure> { Ok(field(place)?.parse()?) };
    Ok(Fields {
        parent: (*field(1)?).to_owned(),
        own: ticks(11)? + ticks(12)?,
        ended: ticks(13)? + ticks(14)?,
    })
}
