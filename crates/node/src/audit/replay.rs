//! Reading past records back, from which counters and replay caches are rebuilt.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use super::log::AuditError;
use super::record::{Chain, Record};
use super::verify::{Lines, Summary};

/// Records between two places from which reading can start.
const STRIDE: u64 = 1024;

/// The verified records of a log as they were when it was opened.
#[derive(Debug)]
pub struct Replay {
    path: PathBuf,
    bytes: u64,
    summary: Summary,
    sections: Vec<Section>,
}

/// Up to [`STRIDE`] consecutive records.
#[derive(Debug)]
struct Section {
    offset: u64,
    before: Chain,
    latest_ms: u64,
}

impl Replay {
    /// Verifies the log at `path`, all of it, and notes where it can be read from.
    pub(super) fn scan(path: &Path, file: &File) -> Result<(Self, Chain), AuditError> {
        let mut lines = Lines::new(BufReader::new(file), Chain::default());
        let mut sections: Vec<Section> = Vec::new();
        loop {
            let (before, offset) = (lines.chain(), lines.valid_bytes());
            let Some(record) = lines.next_record()? else {
                break;
            };
            match sections.last_mut() {
                Some(section) if !before.seq.is_multiple_of(STRIDE) => {
                    section.latest_ms = section.latest_ms.max(record.at_ms);
                }
                _ => sections.push(Section {
                    offset,
                    before,
                    latest_ms: record.at_ms,
                }),
            }
        }
        let (bytes, summary) = (lines.valid_bytes(), lines.summary());
        Ok((
            Self {
                path: path.to_owned(),
                bytes,
                summary,
                sections,
            },
            lines.chain(),
        ))
    }

    /// How many records there are, and the hash that fixes them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Length of all complete lines.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The records made at `since_ms` (Unix milliseconds, by this node's clock) or later, in the
    /// order of the log, whatever the clock did in between. Each is verified again when read.
    ///
    /// # Errors
    /// [`AuditError::Disk`] if the log cannot be opened again; the iterator ends after an error.
    pub fn since(
        &self,
        since_ms: u64,
    ) -> Result<impl Iterator<Item = Result<Record, AuditError>> + use<>, AuditError> {
        let mut records = match self.sections.iter().find(|s| s.latest_ms >= since_ms) {
            Some(section) => Some(self.records_from(section)?),
            None => None,
        };
        let records = std::iter::from_fn(move || {
            let next = records.as_mut()?.next_record().transpose();
            if !matches!(next, Some(Ok(_))) {
                records = None;
            }
            next
        });
        Ok(records.filter(move |record| !matches!(record, Ok(r) if r.at_ms < since_ms)))
    }

    fn records_from(&self, section: &Section) -> Result<Lines<BufReader<Take<File>>>, AuditError> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(section.offset))?;
        let rest = file.take(self.bytes.saturating_sub(section.offset));
        Ok(Lines::new(BufReader::new(rest), section.before))
    }
}
