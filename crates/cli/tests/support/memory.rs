//! Searching the memory of another process.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use super::encodings::Pattern;

const CHUNK: usize = 256 << 10;

/// A search for many patterns at once.
pub struct Scanner {
    searches: Vec<Search>,
    longest: usize,
}

struct Search {
    names: Vec<String>,
    automaton: AhoCorasick,
}

/// What a scan found, and how much it looked at.
#[derive(Debug, Default)]
pub struct Findings {
    /// Names of the patterns found.
    pub found: BTreeSet<String>,
    /// Bytes read.
    pub bytes: u64,
}

impl Scanner {
    /// A search for these patterns.
    pub fn new(patterns: &[Pattern]) -> Self {
        let all_zero = |pattern: &Pattern| pattern.bytes.iter().all(|byte| *byte == 0);
        assert!(!patterns.iter().any(all_zero), "it would be found anywhere");
        // Apart, since an automaton is the smaller and faster the fewer bytes it tells apart.
        let (bits, others): (Vec<&Pattern>, Vec<&Pattern>) = patterns.iter().partition(|pattern| {
            pattern
                .bytes
                .iter()
                .all(|byte| matches!(byte, 0 | 1 | 0xff))
        });
        Self {
            searches: vec![Search::new(&bits), Search::new(&others)],
            longest: patterns
                .iter()
                .map(|pattern| pattern.bytes.len())
                .max()
                .unwrap(),
        }
    }

    /// Reads all readable memory of a process, which should be stopped.
    pub fn scan(&self, pid: u32) -> Findings {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
        let memory = File::open(format!("/proc/{pid}/mem")).expect(
            "reading another process's memory takes its user, its parent, or ptrace rights",
        );
        let mut findings = Findings::default();
        let mut buffer = vec![0; CHUNK + self.longest];
        for (start, end) in maps.lines().filter_map(region) {
            self.scan_region(&memory, start, end, &mut buffer, &mut findings);
        }
        assert!(findings.bytes > 0, "nothing of process {pid} could be read");
        findings
    }

    fn scan_region(
        &self,
        memory: &File,
        start: u64,
        end: u64,
        buffer: &mut [u8],
        findings: &mut Findings,
    ) {
        let mut at = start;
        while at < end {
            let want = usize::try_from(end - at)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let read = match memory.read_at(&mut buffer[..want], at) {
                Ok(read) if read > 0 => read,
                Ok(_) => return,
                // Beyond the end of a mapped file, and the kernel's own pages.
                Err(error) if error.raw_os_error() == Some(5) => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => panic!("memory at {at:#x}: {error}"),
            };
            findings.bytes += read as u64;
            // Most memory is zero, and no pattern is.
            let read_bytes = &buffer[..read];
            if read_bytes.iter().any(|byte| *byte != 0) {
                for search in &self.searches {
                    search.find(read_bytes, &mut findings.found);
                }
            }
            // The end of one piece is searched again with the next, for what lies across.
            let step = if read == want && at + (read as u64) < end {
                read.saturating_sub(self.longest).max(1)
            } else {
                read
            };
            at += step as u64;
        }
    }
}

impl Search {
    fn new(patterns: &[&Pattern]) -> Self {
        let automaton = AhoCorasickBuilder::new()
            .kind(Some(AhoCorasickKind::DFA))
            .build(patterns.iter().map(|pattern| &pattern.bytes));
        Self {
            names: patterns
                .iter()
                .map(|pattern| pattern.name.clone())
                .collect(),
            automaton: automaton.unwrap(),
        }
    }

    fn find(&self, bytes: &[u8], found: &mut BTreeSet<String>) {
        let hits = self.automaton.find_overlapping_iter(bytes);
        found.extend(hits.map(|hit| self.names[hit.pattern().as_usize()].clone()));
    }
}

/// Start and end of a region that can be read: "7f00-7f10 rw-p 0 00:00 0 name".
fn region(line: &str) -> Option<(u64, u64)> {
    let mut fields = line.split_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    if !fields.next()?.starts_with('r') || line.ends_with("[vvar]") {
        return None;
    }
    let address = |text| u64::from_str_radix(text, 16).ok();
    Some((address(start)?, address(end)?))
}
