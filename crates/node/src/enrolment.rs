//! Holding a request to what was enrolled with its key at the exchange.

use countersign_venues::Reading;
use subtle::ConstantTimeEq;

use crate::keys::Key;

/// Why a request is not one of the key's. Says nothing of what was enrolled, nor of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The MAC of a passphrase is asked for, and the manifest commits to none.
    #[error("no passphrase was enrolled with the key, so no passphrase's MAC is made under it")]
    NoPassphrase,
    /// The MAC of another passphrase is asked for.
    #[error("this is not the passphrase that was enrolled with the key")]
    Passphrase,
    /// The signed text names another key of the exchange.
    #[error("the text to sign names another API key than the one enrolled")]
    ApiKey,
}

impl NotEnrolled {
    /// The check that failed, as refusals name it.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NoPassphrase | Self::Passphrase => "passphrase",
            Self::ApiKey => "api-key",
        }
    }
}

impl Key {
    /// Whether a request is for this very key at the exchange: a passphrase must be the enrolled one,
    /// and an API key in the signed text, too, if one was enrolled.
    ///
    /// The passphrase is compared by its commitment, in constant time.
    ///
    /// # Errors
    /// [`NotEnrolled`].
    pub fn hold_to_enrolment(&self, reading: &Reading) -> Result<(), NotEnrolled> {
        let manifest = self.manifest();
        if let Some(passphrase) = reading.passphrase() {
            let enrolled = manifest.passphrase.ok_or(NotEnrolled::NoPassphrase)?.0;
            if !bool::from(self.commitment(passphrase).ct_eq(&enrolled)) {
                return Err(NotEnrolled::Passphrase);
            }
        }
        match (manifest.api_key.as_deref(), reading.api_key()) {
            (Some(enrolled), Some(named)) if named != enrolled => Err(NotEnrolled::ApiKey),
            _ => Ok(()),
        }
    }
}
