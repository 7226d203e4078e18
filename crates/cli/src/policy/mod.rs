//! `countersign policy`: policies before they are in force.

mod check;
mod diff;
mod explain;
mod requests;
mod test;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use countersign_policy::Bundle;

use crate::error::CliError;

/// Check, try and compare policies before they are in force
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Explain(explain::Args),
    Test(test::Args),
    Diff(diff::Args),
}

/// Runs `countersign policy`.
pub fn run(args: &Args) -> Result<(), CliError> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Test(args) => test::run(args),
        Command::Diff(args) => diff::run(args),
    }
}

/// The bundle of these files, or of all `.cedar` files in directories.
fn bundle(paths: &[PathBuf]) -> Result<Bundle, CliError> {
    let mut sources = Vec::new();
    for path in paths {
        for file in cedar_files(path)? {
            let text = std::fs::read_to_string(&file).map_err(CliError::file(&file))?;
            let name = file.file_name().unwrap_or(file.as_os_str());
            sources.push((name.to_string_lossy().into_owned(), text));
        }
    }
    Ok(Bundle::from_sources(sources)?)
}

fn cedar_files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(CliError::file(path))? {
        let file = entry.map_err(CliError::file(path))?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "cedar")
        {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
