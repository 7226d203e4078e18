//! Sealing of single records: XChaCha20-Poly1305, each bound to the place where it lies.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::storage_key::StorageKey;

const DOMAIN: &[u8] = b"countersign/store/v1\0";
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Seals and opens records. Nonces are 192 random bits, so that the key may seal as many records as
/// ever will be.
pub(super) struct RecordCipher(XChaCha20Poly1305);

impl RecordCipher {
    pub(super) fn new(key: &StorageKey) -> Self {
        Self(XChaCha20Poly1305::new(key.bytes().into()))
    }

    /// `version | nonce | ciphertext`, which opens only at the same `tree` and `key`.
    pub(super) fn seal(
        &self,
        tree: &str,
        key: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CipherError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| CipherError::Randomness)?;
        // Sized ahead: a growing buffer would leave copies of the plaintext behind.
        let mut body = Zeroizing::new(Vec::with_capacity(plaintext.len() + 16));
        body.extend_from_slice(plaintext);
        self.0
            .encrypt_in_place(&XNonce::from(nonce), &place(tree, key), &mut *body)
            .map_err(|_| CipherError::DoesNotOpen)?;
        Ok([&[VERSION], &nonce[..], &body[..]].concat())
    }

    /// Opens what [`RecordCipher::seal`] made.
    pub(super) fn open(
        &self,
        tree: &str,
        key: &[u8],
        record: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let (nonce, body) = record
            .strip_prefix(&[VERSION])
            .and_then(|rest| rest.split_first_chunk::<NONCE_BYTES>())
            .ok_or(CipherError::DoesNotOpen)?;
        let mut body = Zeroizing::new(body.to_vec());
        self.0
            .decrypt_in_place(&XNonce::from(*nonce), &place(tree, key), &mut *body)
            .map_err(|_| CipherError::DoesNotOpen)?;
        Ok(body)
    }
}

/// Associated data of a record: no two places encode alike.
fn place(tree: &str, key: &[u8]) -> Vec<u8> {
    let mut place = DOMAIN.to_vec();
    place.extend_from_slice(&(tree.len() as u64).to_be_bytes());
    place.extend_from_slice(tree.as_bytes());
    place.extend_from_slice(key);
    place
}

/// Why a record was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CipherError {
    /// Altered, moved, or under another key.
    DoesNotOpen,
    /// No randomness for a nonce.
    Randomness,
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use super::*;

    #[test]
    fn record__should_open_only_where_it_lies_and_unaltered() {
        let cipher = RecordCipher::new(&StorageKey::for_tests(1));
        let record = cipher.seal("tree", b"key", b"value").unwrap();
        assert_eq!(
            cipher.open("tree", b"key", &record).unwrap().as_slice(),
            b"value"
        );
        assert!(cipher.open("tre", b"ekey", &record).is_err());
        assert!(cipher.open("tree", b"kez", &record).is_err());
        let stranger = RecordCipher::new(&StorageKey::for_tests(2));
        assert!(stranger.open("tree", b"key", &record).is_err());
        for at in 0..record.len() {
            let mut bad = record.clone();
            bad[at] ^= 1;
            assert!(cipher.open("tree", b"key", &bad).is_err());
            assert!(cipher.open("tree", b"key", &record[..at]).is_err());
        }
    }

    #[test]
    fn record__should_differ_at_each_sealing_and_hide_its_value() {
        let cipher = RecordCipher::new(&StorageKey::for_tests(1));
        let value = [0x5a; 64];
        let (a, b) = (
            cipher.seal("tree", b"key", &value).unwrap(),
            cipher.seal("tree", b"key", &value).unwrap(),
        );
        assert_ne!(a, b);
        assert!(!a.windows(4).any(|window| window == [0x5a; 4]));
    }
}
