//! The assisted lane's turn: all three parties one after the other on this thread.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use sha2::block_api::compress256;
use zeroize::Zeroizing;

use crate::lane::{Naming, Nonces, Releaser, ReplicatedState, accept, fix};
use crate::measurement::{ByParty, Measurement};
use crate::support::clock::{process_cpu, thread_cpu};
use crate::support::deployment::fresh_rng;

pub struct Assisted {
    state: [u8; 32],
    pieces: ReplicatedState,
    batch: usize,
}

impl Assisted {
    /// Splits a random state. That is not measured: it is once per key.
    pub fn new(batch: usize) -> Self {
        let mut rng = fresh_rng();
        let state = random(&mut rng);
        let pieces = ReplicatedState::split(&state, &mut rng);
        Self {
            state,
            pieces,
            batch,
        }
    }

    /// Makes presignatures by batches, as the general lane does, and uses them up. Every result is checked
    /// against the compression function of the `sha2` crate.
    pub fn run(&self, signatures: usize) -> Measurement {
        let mut rng = fresh_rng();
        let mut turn = Measurement::default();
        let mut by_party = ByParty::default();
        let before = process_cpu();
        while turn.signatures < signatures {
            self.run_batch(&mut rng, &mut turn, &mut by_party);
        }
        turn.cpu = process_cpu() - before;
        turn.by_party = Some(by_party);
        turn
    }

    fn run_batch(&self, rng: &mut ChaCha20Rng, turn: &mut Measurement, by_party: &mut ByParty) {
        let pieces = &self.pieces;
        let mut stock = Vec::with_capacity(self.batch);
        for _ in 0..self.batch {
            let naming = Naming {
                id: random(rng),
                roles: [1, 2, 3],
            };
            let nonces = Nonces {
                releaser: Zeroizing::new(random(rng)),
                absent: Zeroizing::new(random(rng)),
            };
            let (ahead, releaser) = timed(&mut by_party.releaser, || {
                Releaser::garble(
                    &naming,
                    &nonces,
                    &pieces.without_evaluator,
                    &pieces.without_absent,
                )
            });
            let fixed = timed(&mut by_party.absent, || {
                fix(
                    &naming,
                    &nonces,
                    &pieces.without_evaluator,
                    &pieces.without_releaser,
                )
            });
            turn.bytes += Nonces::BYTES + ahead.bytes() + fixed.bytes();
            let presignature = timed(&mut by_party.evaluator, || {
                let known = (&pieces.without_releaser, &pieces.without_absent);
                accept(naming, ahead, fixed, known.0, known.1).expect("honest garblers")
            });
            turn.held = presignature.bytes();
            stock.push((releaser, presignature));
        }

        let before = thread_cpu();
        for (releaser, presignature) in stock {
            let digest = random(rng);
            let release = timed(&mut by_party.releaser, || releaser.release(&digest));
            turn.bytes += release.bytes();
            turn.bytes_online += release.bytes();
            let started = Instant::now();
            let tag = timed(&mut by_party.evaluator, || {
                presignature.evaluate(&digest, &release)
            });
            turn.evaluations.push(started.elapsed());
            let tag = tag.expect("honest garblers");
            assert_eq!(*tag, last_compression(&self.state, &digest), "a wrong tag");
            turn.signatures += 1;
        }
        turn.cpu_online += thread_cpu() - before;
    }
}

/// What HMAC does last, in the clear: one compression of the outer state with D and its padding. The
/// message is the outer key block, 64 bytes, and D, 32: 768 bits.
pub fn last_compression(state: &[u8; 32], digest: &[u8; 32]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(digest);
    block[32] = 0x80;
    block[62..].copy_from_slice(&768u16.to_be_bytes());
    let (words, _) = state.as_chunks();
    let mut words: [u32; 8] = core::array::from_fn(|word| u32::from_be_bytes(words[word]));
    compress256(&mut words, &[block]);
    words.map(u32::to_be_bytes).as_flattened().to_vec()
}

/// Adds the CPU time of this thread that `work` takes.
fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let before = thread_cpu();
    let result = work();
    *spent += thread_cpu() - before;
    result
}

fn random<const N: usize>(rng: &mut ChaCha20Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
