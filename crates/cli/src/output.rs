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
    eprintln!("countersign: {error}");
    if let Some(advice) = error.advice() {
        eprintln!("  {advice}");
    }
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
        self.rows.push(cells);
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
