//! Verification of a whole log, in bounded memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::log::AuditError;
use super::record::{Chain, MAX_LINE_BYTES, Record};

/// What a verified log amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Number of records, and of the last line.
    pub records: u64,
    /// Hash of the last line: with it the whole log is fixed. Zeros if there is none.
    pub head: [u8; 32],
    /// Bytes of an unfinished last line, which the node cuts off when it next starts.
    pub torn_bytes: u64,
}

/// Verifies every line of a log that may be in use.
///
/// # Errors
/// [`AuditError::Damaged`] with the first line that is not as it was written, or
/// [`AuditError::Disk`].
pub fn verify_file(path: &Path) -> Result<Summary, AuditError> {
    let mut lines = Lines::new(BufReader::new(File::open(path)?), Chain::default());
    while lines.next_record()?.is_some() {}
    Ok(lines.summary())
}

/// Reads records one by one and checks each against the chain.
pub(super) struct Lines<R> {
    reader: R,
    chain: Chain,
    /// Bytes of complete lines read.
    valid_bytes: u64,
    torn_bytes: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads what continues `chain`.
    pub(super) fn new(reader: R, chain: Chain) -> Self {
        Self {
            reader,
            chain,
            valid_bytes: 0,
            torn_bytes: 0,
            line: Vec::new(),
        }
    }

    /// The next record, or none at the end, be there an unfinished line or not.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, AuditError> {
        self.line.clear();
        let limit = MAX_LINE_BYTES as u64 + 1;
        self.reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.line)?;
        match self.line.split_last() {
            None => Ok(None),
            Some((b'\n', content)) => {
                let read = self.chain.next(content);
                let record = read.map_err(|what| self.damaged(what))?;
                self.valid_bytes += self.line.len() as u64;
                Ok(Some(record))
            }
            Some((_, but_one)) => {
                if self.line.len() > MAX_LINE_BYTES {
                    return Err(self.damaged("longer than any record"));
                }
                // A write that was cut short never puts anything but a line feed after a record.
                if { self.chain }.next(but_one).is_ok() {
                    return Err(self.damaged("its line feed was altered"));
                }
                self.torn_bytes = self.line.len() as u64;
                Ok(None)
            }
        }
    }

    pub(super) fn chain(&self) -> Chain {
        self.chain
    }

    pub(super) fn valid_bytes(&self) -> u64 {
        self.valid_bytes
    }

    pub(super) fn summary(&self) -> Summary {
        Summary {
            records: self.chain.seq,
            head: self.chain.hash,
            torn_bytes: self.torn_bytes,
        }
    }

    fn damaged(&self, what: &'static str) -> AuditError {
        AuditError::Damaged {
            line: self.chain.seq.saturating_add(1),
            what,
        }
    }
}

impl From<io::Error> for AuditError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}
