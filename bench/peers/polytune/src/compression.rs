//! One joint computation, from nothing to the result, as polytune does every one.

use std::time::Duration;

use polytune::channel::SimpleChannel;
use polytune::garble_lang::register_circuit::Circuit;
use rustix::time::{ClockId, clock_gettime};

use crate::sha256_circuit::{BLOCK_BITS, STATE_BITS, compression};

/// Evaluates, knows the block, and receives the output.
const EVALUATOR: usize = 0;

pub struct Cost {
    pub and_gates: usize,
    /// User and system time of this process.
    pub cpu: Duration,
    /// Bodies of messages, of all parties.
    pub bytes: u64,
}

/// Computes one compression of a random shared state and a random block, each party on a thread of its
/// own, linked by polytune's channels in memory. The result is checked against the `sha2` crate.
/// Building the circuit is not counted.
pub fn run(parties: usize) -> Cost {
    let circuit = compression(parties);
    let shares: Vec<[u32; STATE_BITS / 32]> = (0..parties).map(|_| rand::random()).collect();
    let block: [u32; BLOCK_BITS / 32] = rand::random();

    let before = process_cpu();
    let results: Vec<(Vec<bool>, u64)> = std::thread::scope(|scope| {
        let threads: Vec<_> = SimpleChannel::channels(parties)
            .into_iter()
            .zip(&shares)
            .enumerate()
            .map(|(party, (channel, share))| {
                let mut inputs = bits(share);
                if party == EVALUATOR {
                    inputs.extend(bits(&block));
                }
                let circuit = &circuit;
                scope.spawn(move || run_party(party, circuit, &channel, &inputs))
            })
            .collect();
        let join = |party: std::thread::ScopedJoinHandle<'_, _>| party.join().expect("honest");
        threads.into_iter().map(join).collect()
    });
    let cpu = process_cpu() - before;

    let expected = in_the_clear(&shares, &block);
    assert_eq!(results[EVALUATOR].0, bits(&expected), "a wrong result");
    Cost {
        and_gates: circuit.and_ops,
        cpu,
        bytes: results.iter().map(|(_, bytes)| bytes).sum(),
    }
}

fn run_party(
    me: usize,
    circuit: &Circuit,
    channel: &SimpleChannel,
    inputs: &[bool],
) -> (Vec<bool>, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let all = polytune::mpc(channel, circuit, inputs, EVALUATOR, me, &[EVALUATOR], None);
    let output = runtime.block_on(all).expect("honest parties");
    (output, channel.bytes_sent())
}

fn in_the_clear(shares: &[[u32; STATE_BITS / 32]], block: &[u32]) -> [u32; 8] {
    let mut state = [0; 8];
    for share in shares {
        for (word, share) in state.iter_mut().zip(share) {
            *word ^= share;
        }
    }
    let mut bytes = [0; BLOCK_BITS / 8];
    for (bytes, word) in bytes.chunks_mut(4).zip(block) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    sha2::compress256(&mut state, &[bytes.into()]);
    state
}

fn bits(words: &[u32]) -> Vec<bool> {
    words
        .iter()
        .flat_map(|word| (0..32).map(move |bit| word >> bit & 1 == 1))
        .collect()
}

fn process_cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
