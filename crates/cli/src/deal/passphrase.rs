//! The passphrase whose MAC the exchange wants beside each signature. The dealer makes that MAC, since it
//! sees the secret anyway: nodes then need never make one.

use std::path::Path;

use countersign_mpc::dealing::{Dealt, Secret};
use countersign_venues::PassphraseMac;
use countersign_wire::manifest::PassphraseCommitment;
use zeroize::Zeroizing;

use super::plan::Plan;
use super::secret::{self, SecretError};

/// A passphrase that the venue can have given the key.
pub struct Passphrase {
    text: Zeroizing<Vec<u8>>,
    mac: PassphraseMac,
}

impl Passphrase {
    /// Reads it from `path`, if the venue wants one and it is given.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be read or is none of the venue's.
    pub fn read(plan: &Plan, path: Option<&Path>) -> Result<Option<Self>, SecretError> {
        let (Some(path), Some(mac)) = (path, plan.passphrase) else {
            return Ok(None);
        };
        let text = secret::read_passphrase(path, &mac)?;
        Ok(Some(Self { text, mac }))
    }

    /// The line of a request's headers that it makes with this secret.
    pub fn header(&self, plan: &Plan, secret: &Secret) -> String {
        let tag = secret.tag(plan.parameters.hash, &self.text);
        let (name, value) = (self.mac.header, plan.digest_encoding.encode(&tag));
        format!("{name}: {value}\n")
    }

    /// What nodes compare passphrases with.
    pub fn commitment(&self, dealt: &Dealt) -> Option<PassphraseCommitment> {
        let package = dealt.packages.first()?;
        Some(PassphraseCommitment(package.commitment(&self.text)))
    }
}
