//! `countersign venue replay`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::{HashAlg, KeyEncoding, SignedText, read, signed_text, without_signature};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::record::Record;
use crate::error::CliError;
use crate::output;

/// Records of one venue.
#[derive(Default)]
struct Count {
    records: usize,
    matched: usize,
}

pub(super) fn run(files: &[PathBuf]) -> Result<(), CliError> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for path in files {
        for (number, line) in BufReader::new(File::open(path).map_err(CliError::file(path))?)
            .lines()
            .enumerate()
        {
            let line = line.map_err(CliError::file(path))?;
            if line.trim().is_empty() {
                continue;
            }
            let record: Record =
                serde_json::from_str(&line).map_err(|error| CliError::RecordLine {
                    path: path.clone(),
                    line: number + 1,
                    error,
                })?;
            let mismatches = check(&record);
            let count = counts.entry(record.venue.clone()).or_default();
            count.records += 1;
            count.matched += usize::from(mismatches.is_empty());
            for mismatch in mismatches {
                output::line(format!(
                    "{} {}: {mismatch}",
                    place(path, number),
                    record.name()
                ))?;
            }
        }
    }
    if counts.is_empty() {
        return Err(CliError::NoRecords);
    }
    let mut table = output::Table::new(&["VENUE", "RECORDS", "MATCHED"]);
    for (venue, count) in &counts {
        table.row(vec![
            venue.clone(),
            count.records.to_string(),
            count.matched.to_string(),
        ]);
    }
    output::line(table.render())?;
    let wrong: usize = counts
        .values()
        .map(|count| count.records - count.matched)
        .sum();
    match wrong {
        0 => Ok(()),
        wrong => Err(CliError::Mismatches(wrong)),
    }
}

fn place(path: &Path, number: usize) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    format!("{}:{}", name.to_string_lossy(), number + 1)
}

/// How the record differs from what nodes make of the request.
fn check(record: &Record) -> Vec<String> {
    let request = match without_signature(record.as_sent()) {
        Ok(request) => request,
        Err(error) => return vec![error.to_string()],
    };
    let mut mismatches = Vec::new();
    match signed_text(&request) {
        Ok(signed) => {
            mismatches.extend(differing_bytes(record, &signed));
            mismatches.extend(differing_signature(record, &signed));
        }
        Err(error) => mismatches.push(format!("no signed text: {error}")),
    }
    if let Some(class) = &record.class {
        match read(&request) {
            Ok(reading) if reading.named().class.as_str() == class => {}
            Ok(reading) => mismatches.push(format!(
                "class is {}, expected {class}",
                reading.named().class.as_str()
            )),
            Err(error) => mismatches.push(format!("class {class} expected: {error}")),
        }
    }
    mismatches
}

fn differing_bytes(record: &Record, signed: &SignedText) -> Option<String> {
    let text = record.signed_bytes.as_ref().map(hex::encode);
    let expected = record.signed_bytes_hex.clone().or(text)?;
    let found = hex::encode(&signed.bytes);
    (!found.eq_ignore_ascii_case(&expected))
        .then(|| format!("signed bytes are {found}, expected {expected}"))
}

fn differing_signature(record: &Record, signed: &SignedText) -> Option<String> {
    let (secret, expected) = (record.secret.as_ref()?, record.signature.as_ref()?);
    let key = match signed.key_encoding {
        KeyEncoding::Utf8 => secret.as_bytes().to_vec(),
        KeyEncoding::Base64 => match STANDARD.decode(secret) {
            Ok(key) => key,
            Err(error) => return Some(format!("the secret is not base64: {error}")),
        },
    };
    let found = signed
        .digest_encoding
        .encode(&mac(signed.hash, &key, &signed.bytes));
    (found != *expected).then(|| format!("signature is {found}, expected {expected}"))
}

/// HMAC (RFC 2104) under a record's own, published key.
fn mac(hash: HashAlg, key: &[u8], bytes: &[u8]) -> Vec<u8> {
    fn with<M: Mac + KeyInit>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
        // HMAC takes keys of any length.
        let Ok(mac) = <M as KeyInit>::new_from_slice(key) else {
            return Vec::new();
        };
        mac.chain_update(bytes).finalize().into_bytes().to_vec()
    }
    match hash {
        HashAlg::Sha256 => with::<Hmac<Sha256>>(key, bytes),
        HashAlg::Sha384 => with::<Hmac<Sha384>>(key, bytes),
        HashAlg::Sha512 => with::<Hmac<Sha512>>(key, bytes),
    }
}
