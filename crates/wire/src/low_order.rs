//! Public keys of small order on Curve25519, which make agreement or verification meaningless.
//!
//! A roster filled with placeholder zeros, or a peer who wants an outcome it can compute, would
//! send one of these. The lists follow from the curve: cofactor 8, and the encodings of each
//! coordinate below and above the prime.

/// y-coordinates of the Ed25519 points of order 1, 2, 4 and 8, and their non-canonical encodings;
/// the sign bit is ignored.
const ED25519: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// u-coordinates of the X25519 points of small order on the curve and its twist; the top bit is
/// ignored (RFC 7748 section 5).
const X25519: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Whether an Ed25519 public key has small order.
pub(crate) fn ed25519(key: &[u8; 32]) -> bool {
    listed(&ED25519, key)
}

/// Whether an X25519 public key has small order.
pub(crate) fn x25519(key: &[u8; 32]) -> bool {
    listed(&X25519, key)
}

fn listed(list: &[&str], key: &[u8; 32]) -> bool {
    let mut key = *key;
    if let Some(last) = key.last_mut() {
        *last &= 0x7f;
    }
    let text = hex::encode(key);
    list.contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::agreement;
    use aws_lc_rs::error::Unspecified;
    use aws_lc_rs::signature::{self, UnparsedPublicKey};

    fn bytes(text: &str) -> [u8; 32] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn agreement_with_each_listed_x25519_key_fails_in_the_library_too() {
        for text in X25519 {
            let private = agreement::PrivateKey::generate(&agreement::X25519).unwrap();
            let public = agreement::UnparsedPublicKey::new(&agreement::X25519, bytes(text));
            let agreed = agreement::agree(&private, public, Unspecified, |_| Ok(()));
            assert_eq!(agreed, Err(Unspecified), "{text}");
        }
    }

    #[test]
    fn anybody_can_sign_under_each_listed_ed25519_key() {
        // Verification computes R = [s]B - [h]A. With s = 0 and A of order 8 or less that is the
        // identity for at least one message in eight, whoever chose them.
        let mut forged = [0u8; 64];
        forged[0] = 1;
        // The two encodings beyond the prime are refused by AWS-LC, though not by every library.
        for text in &ED25519[..5] {
            let key = UnparsedPublicKey::new(&signature::ED25519, bytes(text));
            let found = (0..400u16).any(|n| key.verify(&n.to_be_bytes(), &forged).is_ok());
            assert!(found, "{text}");
        }
    }

    #[test]
    fn the_sign_bit_does_not_hide_a_listed_key() {
        for text in ED25519 {
            let mut key = bytes(text);
            key[31] |= 0x80;
            assert!(ed25519(&key));
        }
        for text in X25519 {
            let mut key = bytes(text);
            key[31] |= 0x80;
            assert!(x25519(&key));
        }
    }

    #[test]
    fn base_points_are_not_listed() {
        let mut u = [0u8; 32];
        u[0] = 9;
        assert!(!x25519(&u));
        let mut y = [0x66u8; 32];
        y[0] = 0x58;
        assert!(!ed25519(&y));
    }
}
