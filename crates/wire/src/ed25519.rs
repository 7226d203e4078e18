//! Ed25519 keys (RFC 8032) that can sign for one purpose only.

use std::fmt;
use std::marker::PhantomData;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

use crate::keyfile::{self, Algorithm, KeyFileError};
use crate::low_order;

/// What a key signs. A signature covers [`Purpose::DOMAIN`] in front of the message, and keys of
/// different purposes are different types, so no signature can be taken for one of another kind.
pub trait Purpose: Send + Sync + 'static {
    /// Put in front of every message; ends with a zero byte so that none is another's prefix.
    const DOMAIN: &'static [u8];
}

/// Signatures of clients over envelopes.
pub enum ForEnvelopes {}

impl Purpose for ForEnvelopes {
    const DOMAIN: &'static [u8] = b"countersign/envelope/v1\0";
}

/// Signatures of nodes over receipts.
pub enum ForReceipts {}

impl Purpose for ForReceipts {
    const DOMAIN: &'static [u8] = b"countersign/receipt/v1\0";
}

/// A client's key: signs envelopes.
pub type EnvelopeKey = SigningKey<ForEnvelopes>;
/// The public half of an [`EnvelopeKey`].
pub type EnvelopePublicKey = VerifyingKey<ForEnvelopes>;
/// A node's key: signs receipts.
pub type ReceiptKey = SigningKey<ForReceipts>;
/// The public half of a [`ReceiptKey`].
pub type ReceiptPublicKey = VerifyingKey<ForReceipts>;

/// A private key, wiped when dropped: the seed here, the expanded key by AWS-LC.
pub struct SigningKey<P> {
    // Kept because the library hands a seed out only in buffers it does not wipe.
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
    purpose: PhantomData<P>,
}

impl<P: Purpose> SigningKey<P> {
    /// Draws a key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] if the system has none to give.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::fill(seed.as_mut_slice()).map_err(|_| KeyError::Randomness)?;
        Self::from_seed(seed)
    }

    /// Reads a PKCS#8 PEM key (RFC 8410).
    ///
    /// # Errors
    /// [`KeyFileError`] if the text is anything but one Ed25519 private key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFileError> {
        let seed = keyfile::decode(Algorithm::Ed25519, pem)?;
        Self::from_seed(seed).map_err(|_| KeyFileError::Malformed)
    }

    fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, KeyError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError::Library)?;
        Ok(Self {
            seed,
            pair,
            purpose: PhantomData,
        })
    }

    /// The key as PKCS#8 PEM (RFC 8410), for a file only its owner may read.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        keyfile::encode(Algorithm::Ed25519, &self.seed)
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey<P> {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        VerifyingKey {
            bytes,
            purpose: PhantomData,
        }
    }

    /// Signs the domain followed by the parts, in order. Callers see to it that the parts cannot
    /// be split differently.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(&message::<P>(parts)).as_ref());
        signature
    }
}

impl<P> fmt::Debug for SigningKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(<redacted>)")
    }
}

/// A public key for one purpose.
pub struct VerifyingKey<P> {
    bytes: [u8; 32],
    purpose: PhantomData<P>,
}

impl<P: Purpose> VerifyingKey<P> {
    /// Takes the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::WeakPublicKey`] for points of small order, under which anybody can sign.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        if low_order::ed25519(&bytes) {
            return Err(KeyError::WeakPublicKey);
        }
        Ok(Self {
            bytes,
            purpose: PhantomData,
        })
    }

    /// Verifies a signature over the domain followed by the parts.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(&ED25519, &self.bytes)
            .verify(&message::<P>(parts), signature)
            .map_err(|_| BadSignature)
    }
}

impl<P> VerifyingKey<P> {
    /// The 32 bytes of RFC 8032.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

// Written by hand: derived impls would ask `P` for the same traits.
impl<P> Clone for VerifyingKey<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for VerifyingKey<P> {}

impl<P> PartialEq for VerifyingKey<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<P> Eq for VerifyingKey<P> {}

impl<P> fmt::Debug for VerifyingKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", hex::encode(self.bytes))
    }
}

fn message<P: Purpose>(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = P::DOMAIN.to_vec();
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

/// A signature that does not verify under the key it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// A key that cannot be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system's random generator failed. Nothing was made; try again.
    #[error("the system's random generator failed")]
    Randomness,
    /// The cryptographic library refused an operation that cannot fail on sound input.
    #[error("the cryptographic library refused")]
    Library,
    /// The public key is a point of small order, such as all zeros. Replace it.
    #[error("the public key is a point of small order")]
    WeakPublicKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip_through_pem() {
        let key = EnvelopeKey::generate().unwrap();
        let pem = key.to_pem();
        let again = EnvelopeKey::from_pem(&pem).unwrap();
        assert_eq!(again.verifying_key(), key.verifying_key());
        assert_eq!(again.sign(&[b"m"]), key.sign(&[b"m"]));
    }

    #[test]
    fn signatures_verify_only_over_the_same_message() {
        let key = EnvelopeKey::generate().unwrap();
        let signature = key.sign(&[b"ab", b"c"]);
        let public = key.verifying_key();
        assert_eq!(public.verify(&[b"abc"], &signature), Ok(()));
        assert_eq!(public.verify(&[b"abd"], &signature), Err(BadSignature));
        assert_eq!(
            public.verify(&[b"abc"], &signature[..63]),
            Err(BadSignature)
        );
        assert_eq!(public.verify(&[b"abc"], b""), Err(BadSignature));
    }

    #[test]
    fn a_signature_does_not_cross_purposes() {
        let key = EnvelopeKey::generate().unwrap();
        let signature = key.sign(&[b"m"]);
        let same_point = ReceiptPublicKey::from_bytes(*key.verifying_key().as_bytes()).unwrap();
        assert_eq!(same_point.verify(&[b"m"], &signature), Err(BadSignature));
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = EnvelopeKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey(<redacted>)");
    }
}
