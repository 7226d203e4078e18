//! The prototype computes the right function, and one corrupt garbler is caught.

use hmac::{Hmac, KeyInit, Mac};
use rand_core::SeedableRng;
use sha2::Digest;
use sha2::block_api::compress256;

use super::evaluator::AssistedPresignature;
use super::messages::{Ahead, Fixed, Release};
use super::*;
use crate::assisted::last_compression;

const KEY: &[u8] = b"an API secret of thirty-one byte";

/// The three nodes before anything was sent.
struct Nodes {
    naming: Naming,
    state: [u8; 32],
    pieces: ReplicatedState,
    nonces: Nonces,
}

impl Nodes {
    fn new() -> Self {
        let mut rng = rand_chacha::ChaCha20Rng::from_seed([3; 32]);
        let state = state_after(KEY, 0x5c);
        Self {
            naming: Naming {
                id: [7; 16],
                roles: [1, 2, 3],
            },
            state,
            pieces: ReplicatedState::split(&state, &mut rng),
            nonces: Nonces {
                releaser: [11; 32].into(),
                absent: [12; 32].into(),
            },
        }
    }

    fn releaser(&self) -> (Ahead, Releaser) {
        let pieces = &self.pieces;
        let known = (&pieces.without_evaluator, &pieces.without_absent);
        Releaser::garble(&self.naming, &self.nonces, known.0, known.1)
    }

    fn absent(&self) -> Fixed {
        let pieces = &self.pieces;
        let known = (&pieces.without_evaluator, &pieces.without_releaser);
        fix(&self.naming, &self.nonces, known.0, known.1)
    }

    fn accept(&self, ahead: Ahead, fixed: Fixed) -> Result<AssistedPresignature, Refused> {
        let pieces = &self.pieces;
        let known = (&pieces.without_releaser, &pieces.without_absent);
        accept(self.naming, ahead, fixed, known.0, known.1)
    }

    /// Signs `digest` honestly but for what `tamper` does to the messages.
    fn sign(
        &self,
        digest: &[u8; 32],
        tamper: impl FnOnce(&mut Ahead, &mut Fixed, &mut Release),
    ) -> Result<Vec<u8>, Refused> {
        let ((mut ahead, releaser), mut fixed) = (self.releaser(), self.absent());
        let mut release = releaser.release(digest);
        tamper(&mut ahead, &mut fixed, &mut release);
        let presignature = self.accept(ahead, fixed)?;
        Ok(presignature.evaluate(digest, &release)?.to_vec())
    }
}

#[test]
fn the_lane_should_sign_as_hmac_does() {
    let nodes = Nodes::new();
    let message = b"symbol=BTCUSDT&side=BUY&quantity=1";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(KEY).expect("any length");
    mac.update(message);
    let inner = [&key_block(KEY, 0x36)[..], message].concat();
    let digest = sha2::Sha256::digest(inner).into();
    let tag = nodes.sign(&digest, |_, _, _| ()).expect("honest garblers");
    assert_eq!(tag, mac.finalize().into_bytes().to_vec());
}

#[test]
fn the_lane_should_compute_the_compression_of_any_digest() {
    let nodes = Nodes::new();
    for digest in [[0; 32], [0xff; 32], core::array::from_fn(|i| i as u8)] {
        let tag = nodes.sign(&digest, |_, _, _| ());
        assert_eq!(tag, Ok(last_compression(&nodes.state, &digest)));
    }
}

#[test]
fn the_evaluator_should_catch_a_tampered_table_wherever_it_is() {
    let nodes = Nodes::new();
    let (ahead, fixed) = (nodes.releaser().0, nodes.absent());
    for at in [0, 16, 8_000 * 32 + 5, ahead.tables.len() - 1] {
        let mut tampered = ahead.clone();
        tampered.tables[at] ^= 1;
        let refused = nodes.accept(tampered, fixed.clone());
        assert_eq!(refused.err(), Some(Refused::Tables), "byte {at}");
    }
    assert!(nodes.accept(ahead, fixed).is_ok());
}

#[test]
fn the_evaluator_should_catch_each_kind_of_deviation() {
    type Deviation = fn(&mut Ahead, &mut Fixed, &mut Release);
    let deviations: [(Refused, Deviation); 9] = [
        (Refused::Malformed, |ahead, _, _| {
            ahead.tables.pop();
        }),
        (Refused::Malformed, |_, fixed, _| {
            fixed.labels.pop();
        }),
        (Refused::Malformed, |_, _, release| {
            release.labels.pop();
        }),
        (Refused::Tables, |_, fixed, _| fixed.tables[31] ^= 1),
        (Refused::Commitments, |ahead, _, _| {
            ahead.commitments[9].swap(0, 1);
        }),
        (Refused::Label, |ahead, _, _| ahead.labels[200] ^= 2),
        (Refused::Label, |_, fixed, _| fixed.labels[0] ^= 2),
        (Refused::Label, |_, _, release| release.labels[2047] ^= 2),
        (Refused::Decode, |_, _, release| release.decode[3] ^= 1),
    ];
    for (at, (expected, deviation)) in deviations.into_iter().enumerate() {
        let outcome = Nodes::new().sign(&[5; 32], deviation);
        assert_eq!(outcome, Err(expected), "deviation {at}");
    }
}

/// Each garbler knows both labels of every wire, and so could open the true label of the other bit. Public
/// wire 63 · 32 + 31 is the one that enters no AND gate (P18): there no row would show it.
#[test]
fn the_evaluator_should_catch_the_true_label_of_the_flipped_bit() {
    let (mut flipped, digest) = ([5; 32], [5; 32]);
    flipped[0] ^= 1;
    let for_another = Nodes::new().releaser().1.release(&flipped);
    let outcome = Nodes::new().sign(&digest, |_, _, release| *release = for_another);
    assert_eq!(outcome, Err(Refused::Label), "another digest");

    // With a piece flipped in one bit, the label opened for it differs by Δ.
    let nodes = Nodes::new();
    let mut flipped = Nodes::new();
    flipped.pieces.without_releaser[0] ^= 1;
    let delta = nodes.absent().labels[0] ^ flipped.absent().labels[0];
    let outcomes = [
        nodes.sign(&digest, |ahead, _, _| ahead.labels[17] ^= delta),
        nodes.sign(&digest, |_, fixed, _| fixed.labels[17] ^= delta),
        nodes.sign(&digest, |_, _, release| {
            release.labels[63 * 32 + 31] ^= delta
        }),
    ];
    assert_eq!(outcomes, [const { Err(Refused::Label) }; 3]);
}

/// A garbler that flips a bit of the piece the evaluator lacks would sign under a related key.
#[test]
fn the_evaluator_should_catch_a_flipped_bit_of_the_piece_it_lacks() {
    let (nodes, mut deviant) = (Nodes::new(), Nodes::new());
    deviant.pieces.without_evaluator[100] ^= 1;
    let (ahead, _) = deviant.releaser();
    let refused = nodes.accept(ahead, nodes.absent());
    assert_eq!(refused.err(), Some(Refused::Tables));
}

#[test]
fn garblers_that_were_told_other_roles_should_share_no_label() {
    let (nodes, mut misled) = (Nodes::new(), Nodes::new());
    misled.naming.roles = [2, 1, 3];
    let (one, other) = (nodes.releaser().0, misled.releaser().0);
    assert_ne!(one.labels[0], other.labels[0]);
    assert_eq!(
        nodes.accept(other, nodes.absent()).err(),
        Some(Refused::Tables)
    );
}

/// HMAC's key block for a key that is not hashed first.
fn key_block(key: &[u8], pad: u8) -> [u8; 64] {
    core::array::from_fn(|i| key.get(i).unwrap_or(&0) ^ pad)
}

/// The state after a key block.
fn state_after(key: &[u8], pad: u8) -> [u8; 32] {
    let mut words = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19,
    ];
    compress256(&mut words, &[key_block(key, pad)]);
    let mut state = [0; 32];
    state.copy_from_slice(words.map(u32::to_be_bytes).as_flattened());
    state
}
