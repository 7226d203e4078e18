//! Sealing to a public key: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256),
//! HKDF-SHA256, ChaCha20Poly1305.
//!
//! Tags are sealed to clients ([`TAG_INFO`]) and share packages to nodes ([`PACKAGE_INFO`]).

use std::fmt;

use aws_lc_rs::agreement::{self, PrivateKey};
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_CHACHA20_POLY1305 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey};
use zeroize::Zeroizing;

use crate::ed25519::KeyError;
use crate::keyfile::{self, Algorithm, KeyFileError};
use crate::{low_order, v1};

/// `info` of a tag sealed to a client; its `aad` is the request digest.
pub const TAG_INFO: &[u8] = b"countersign/tag/v1";
/// `info` of a share package sealed to a node.
pub const PACKAGE_INFO: &[u8] = b"countersign/package/v1";

/// Something sealed. Only the holder of the [`SealingKey`], who knows `info` and `aad`, opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// 32 bytes, fresh for each sealing.
    pub encapsulated_key: Vec<u8>,
    /// 16 bytes longer than the plaintext.
    pub ciphertext: Vec<u8>,
}

/// Seals `plaintext`.
///
/// # Errors
/// [`SealError`] if the library refuses, which it does for no key a [`SealingPublicKey`] holds.
pub fn seal(
    to: &SealingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, SealError> {
    let key = HpkePublicKey(to.0.to_vec());
    let (encapsulated, ciphertext) = SUITE
        .seal(info, aad, plaintext, &key)
        .map_err(|_| SealError)?;
    Ok(Sealed {
        encapsulated_key: encapsulated.0,
        ciphertext,
    })
}

/// An X25519 private key that opens what was sealed to its public half. Wiped when dropped.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Draws a key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] if the system has none to give.
    pub fn generate() -> Result<Self, KeyError> {
        let (_, private) = SUITE
            .generate_key_pair()
            .map_err(|_| KeyError::Randomness)?;
        let mut bytes = Zeroizing::new([0; 32]);
        if private.secret_bytes().len() != bytes.len() {
            return Err(KeyError::Library);
        }
        bytes.copy_from_slice(private.secret_bytes());
        Ok(Self(bytes))
    }

    /// Reads a PKCS#8 PEM key (RFC 8410).
    ///
    /// # Errors
    /// [`KeyFileError`] if the text is anything but one X25519 private key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFileError> {
        keyfile::decode(Algorithm::X25519, pem).map(Self)
    }

    /// The key as PKCS#8 PEM (RFC 8410), for a file only its owner may read.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        keyfile::encode(Algorithm::X25519, &self.0)
    }

    /// The public half.
    ///
    /// # Errors
    /// [`KeyError::Library`] if AWS-LC refuses the key, which it does for none of 32 bytes.
    pub fn public(&self) -> Result<SealingPublicKey, KeyError> {
        let public = PrivateKey::from_private_key(&agreement::X25519, self.0.as_slice())
            .map_err(|_| KeyError::Library)?
            .compute_public_key()
            .map_err(|_| KeyError::Library)?;
        let bytes = public.as_ref().try_into().map_err(|_| KeyError::Library)?;
        SealingPublicKey::from_bytes(bytes)
    }

    /// Opens what [`seal`] made with the same `info` and `aad`.
    ///
    /// # Errors
    /// [`SealError`] if anything differs or was altered.
    pub fn open(
        &self,
        info: &[u8],
        aad: &[u8],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let encapsulated = EncapsulatedSecret(sealed.encapsulated_key.clone());
        let key = HpkePrivateKey::from(self.0.to_vec());
        SUITE
            .open(&encapsulated, info, aad, &sealed.ciphertext, &key)
            .map(Zeroizing::new)
            .map_err(|_| SealError)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(<redacted>)")
    }
}

/// An X25519 public key, not of small order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealingPublicKey([u8; 32]);

impl SealingPublicKey {
    /// Takes the 32 bytes of RFC 7748.
    ///
    /// # Errors
    /// [`KeyError::WeakPublicKey`] for points of small order, to which nothing can be sealed.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        if low_order::x25519(&bytes) {
            return Err(KeyError::WeakPublicKey);
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes of RFC 7748.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPublicKey({})", hex::encode(self.0))
    }
}

impl From<Sealed> for v1::SealedTag {
    fn from(sealed: Sealed) -> Self {
        Self {
            encapsulated_key: sealed.encapsulated_key,
            ciphertext: sealed.ciphertext,
        }
    }
}

impl From<v1::SealedTag> for Sealed {
    fn from(tag: v1::SealedTag) -> Self {
        Self {
            encapsulated_key: tag.encapsulated_key,
            ciphertext: tag.ciphertext,
        }
    }
}

/// Sealing or opening failed. Nothing more is said, so that nothing can be learnt from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open")]
pub struct SealError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_once_more() {
        let key = SealingKey::generate().unwrap();
        let sealed = seal(&key.public().unwrap(), TAG_INFO, b"aad", b"tag").unwrap();
        assert_eq!(sealed.ciphertext.len(), 3 + 16);
        assert_eq!(
            key.open(TAG_INFO, b"aad", &sealed).unwrap().as_slice(),
            b"tag"
        );

        let again = SealingKey::from_pem(&key.to_pem()).unwrap();
        assert!(again.open(TAG_INFO, b"aad", &sealed).is_ok());
    }

    /// RFC 9180 appendix A.2.1, sequence number 0.
    #[test]
    fn the_vector_of_rfc_9180_opens() {
        let unhex = |text: &str| hex::decode(text).unwrap();
        let key = SealingKey(Zeroizing::new(
            unhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
                .try_into()
                .unwrap(),
        ));
        assert_eq!(
            hex::encode(key.public().unwrap().as_bytes()),
            "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"
        );
        let sealed = Sealed {
            encapsulated_key: unhex(
                "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
            ),
            ciphertext: unhex(
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db\
                 21993c62ce81883d2dd1b51a28",
            ),
        };
        let info = unhex("4f6465206f6e2061204772656369616e2055726e");
        let plaintext = key.open(&info, b"Count-0", &sealed).unwrap();
        assert_eq!(plaintext.as_slice(), b"Beauty is truth, truth beauty");
    }

    #[test]
    fn any_alteration_keeps_it_shut() {
        let key = SealingKey::generate().unwrap();
        let public = key.public().unwrap();
        let sealed = seal(&public, TAG_INFO, b"aad", b"tag").unwrap();
        for byte in 0..sealed.ciphertext.len() {
            let mut bad = sealed.clone();
            bad.ciphertext[byte] ^= 1;
            assert_eq!(key.open(TAG_INFO, b"aad", &bad), Err(SealError));
        }
        for byte in 0..32 {
            let mut bad = sealed.clone();
            bad.encapsulated_key[byte] ^= 1;
            assert_eq!(key.open(TAG_INFO, b"aad", &bad), Err(SealError));
        }
        for length in [0, 31, 33] {
            let mut bad = sealed.clone();
            bad.encapsulated_key.resize(length, 0);
            assert_eq!(key.open(TAG_INFO, b"aad", &bad), Err(SealError));
        }
        for length in 0..sealed.ciphertext.len() {
            let mut bad = sealed.clone();
            bad.ciphertext.truncate(length);
            assert_eq!(key.open(TAG_INFO, b"aad", &bad), Err(SealError));
        }
        assert_eq!(key.open(PACKAGE_INFO, b"aad", &sealed), Err(SealError));
        assert_eq!(key.open(TAG_INFO, b"other", &sealed), Err(SealError));
        let stranger = SealingKey::generate().unwrap();
        assert_eq!(stranger.open(TAG_INFO, b"aad", &sealed), Err(SealError));
    }

    #[test]
    fn placeholder_keys_are_refused() {
        assert_eq!(
            SealingPublicKey::from_bytes([0; 32]),
            Err(KeyError::WeakPublicKey)
        );
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = SealingKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "SealingKey(<redacted>)");
    }
}
