//! What people and programs read.

use std::io::{self, Write};

use serde::Serialize;

use crate::error::CliError;

/// Writes a line to stdout. A reader that has gone is an error, not a panic.
pub fn line(text: impl AsRef<str>) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.as_ref())
        .and_then(|()| out.flush())
        .map_err(CliError::Output)
}

/// Writes one JSON object on one line of stdout.
pub fn json(value: &impl Serialize) -> Result<(), CliError> {
    line(serde_json::to_string(value)?)
}

/// Says on stderr what went wrong, and what to do about it where that is known.
pub fn complain(error: &CliError) {
    eprintln!("countersign: {}", printable(&error.to_string()));
    for cause in error.causes() {
        eprintln!("  {}", printable(&cause.to_string()));
    }
    if let Some(advice) = error.advice() {
        eprintln!("  {advice}");
    }
}

/// Text without what could make a terminal show something else than it says: some of it comes from
/// a coordinator, whom nobody needs to trust. Line endings stay.
fn printable(text: &str) -> String {
    let harmful = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(harmful, "\u{fffd}")
}

/// A table: columns as wide as their widest cell, two spaces apart.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self {
            rows: vec![headings.iter().map(ToString::to_string).collect()],
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        let cells = cells.iter().map(|cell| printable(cell).replace('\n', " "));
        self.rows.push(cells.collect());
    }

    /// The table as text, without a line ending after its last row.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let lines = self.rows.iter().map(|row| {
            let cells = row.iter().zip(&widths);
            let padded = cells.map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_elsewhere_steers_the_terminal() {
        let mut table = Table::new(&["TROUBLE"]);
        table.row(vec!["\u{1b}[2Jall\nis \u{202e}well".into()]);
        assert_eq!(table.render(), "TROUBLE\n\u{fffd}[2Jall is \u{fffd}well");
        assert_eq!(printable("two\nlines\r"), "two\nlines\u{fffd}");
    }

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["NODE", "STATE"]);
        table.row(vec!["a".into(), "ready".into()]);
        table.row(vec!["long-name".into(), "down".into()]);
        assert_eq!(
            table.render(),
            "NODE       STATE\na          ready\nlong-name  down"
        );
    }
}
