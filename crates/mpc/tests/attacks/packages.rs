//! Share packages from a hostile hand: refused or read, never a panic.

use countersign_mpc::Malformed;
use countersign_mpc::dealing::{QuorumShare, SharePackage};
use rand_core::Rng;

use crate::plot::*;
use crate::support::spec::Package;
use crate::support::*;

/// Reads `bytes`; what is accepted must be written back the same and must be usable without a panic.
fn read(bytes: &[u8]) -> Result<(), Malformed> {
    let package = SharePackage::decode(bytes)?;
    assert_eq!(*package.encode(), bytes, "one package, one encoding");
    for t in 2..=4 {
        for quorum in quorums(t, 4) {
            let fits = QuorumShare::new(&package, &quorum).is_ok();
            assert!(!fits || (quorum.contains(package.party()) && package.threshold() == t));
        }
    }
    package.inner_digest(b"anything");
    Ok(())
}

fn package() -> Vec<u8> {
    dealt(HASH, 2, 3, &KEY, 3).packages[0].encode().to_vec()
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let bytes = package();
    assert_eq!(read(&bytes), Ok(()));
    let ends = (0..300)
        .chain((300..bytes.len()).step_by(97))
        .chain([bytes.len() - 1]);
    for end in ends {
        assert_eq!(read(&bytes[..end]), Err(Malformed), "{end} bytes");
    }
    for more in [1, 16, Package::PEER_BYTES] {
        assert_eq!(read(&[&bytes[..], &vec![0; more]].concat()), Err(Malformed));
    }
}

#[test]
fn impossible_headers_are_refused() {
    const HASH_AT: usize = 8;
    const THRESHOLD: usize = 9;
    const PARTY: usize = 10;
    const PEERS: usize = 11;
    let second_peer = Package::PEERS_AT + Package::PEER_BYTES;
    let hostile: [(usize, &[u8]); 7] = [
        (0, &[0, b'c', 0xff]),
        (HASH_AT, &[0, 2, 3, 4, 255]),
        (THRESHOLD, &[0, 1, 4, 255]),
        // 2 and 3 are its peers.
        (PARTY, &[0, 2, 3, 17, 255]),
        (PEERS, &[0, 1, 3, 15, 16, 255]),
        (Package::PEERS_AT, &[0, 1, 3, 4, 17, 255]),
        (second_peer, &[0, 1, 2, 17, 255]),
    ];
    for (at, values) in hostile {
        for &value in values {
            let mut bytes = package();
            bytes[at] = value;
            assert_eq!(read(&bytes), Err(Malformed), "byte {at} = {value}");
        }
    }
}

#[test]
fn random_mutations_never_panic() {
    let bytes = package();
    let mut rng = rng(1, party(16));
    let mut accepted = 0;
    for _ in 0..2_000 {
        let mut mutated = bytes.clone();
        for _ in 0..1 + rng.next_u32() % 4 {
            // Half of the time in the header, where structure is.
            let within = if rng.next_u32().is_multiple_of(2) {
                140
            } else {
                mutated.len()
            };
            let at = rng.next_u64() as usize % within;
            mutated[at] = rng.next_u32() as u8;
        }
        accepted += u32::from(read(&mutated).is_ok());
    }
    assert!(accepted > 100, "the corpus reaches past the header");
    for len in [0, 1, 12, 100, 5_000] {
        let mut noise = vec![0; len];
        rng.fill_bytes(&mut noise);
        assert_eq!(read(&noise), Err(Malformed));
    }
}
