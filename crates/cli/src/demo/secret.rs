//! Random texts for the demo, made by a process that does nothing else, so that the process that
//! asks for signatures never has them.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rand_core::{Rng, UnwrapErr};
use zeroize::Zeroizing;

use crate::error::CliError;

/// What exchanges make secrets of.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH: usize = 64;

/// Write 64 random letters and digits to a new file
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Runs `countersign demo-secret`.
pub fn run(args: &Args) -> Result<(), CliError> {
    let text = random_text(&mut UnwrapErr(getrandom::SysRng));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&args.out)
        .and_then(|mut file| file.write_all(text.as_slice()))
        .map_err(CliError::file(&args.out))
}

fn random_text(randomness: &mut impl Rng) -> Zeroizing<[u8; LENGTH]> {
    let mut text = Zeroizing::new([0; LENGTH]);
    let mut byte = Zeroizing::new([0; 1]);
    for slot in text.iter_mut() {
        // Bytes beyond the last whole alphabet would make some characters likelier than others.
        *slot = loop {
            randomness.fill_bytes(&mut *byte);
            let value = usize::from(byte[0]);
            match ALPHABET.get(value % ALPHABET.len()) {
                Some(character) if value < 256 / ALPHABET.len() * ALPHABET.len() => {
                    break *character;
                }
                _ => {}
            }
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_letters_and_digits_and_differ() {
        let mut randomness = UnwrapErr(getrandom::SysRng);
        let (one, other) = (random_text(&mut randomness), random_text(&mut randomness));
        assert!(one.iter().all(u8::is_ascii_alphanumeric));
        assert_ne!(one, other);
    }
}
