//! The SHA-2 compression function with secret chaining state and public schedule (P1).

use std::sync::OnceLock;

use super::Circuit;
use super::builder::{Builder, Word};
use crate::sha2_family::{HashAlgorithm, Parameters};

/// The circuit for `hash`, built once. Secret inputs: the eight state words; public inputs: W_t + K_t
/// for each round; outputs: the words of the new state that the hash outputs. Words are in order,
/// lowest bit first.
pub(crate) fn compression(hash: HashAlgorithm) -> &'static Circuit {
    static SHA256: OnceLock<Circuit> = OnceLock::new();
    static SHA384: OnceLock<Circuit> = OnceLock::new();
    static SHA512: OnceLock<Circuit> = OnceLock::new();
    let cell = match hash {
        HashAlgorithm::Sha256 => &SHA256,
        HashAlgorithm::Sha384 => &SHA384,
        HashAlgorithm::Sha512 => &SHA512,
    };
    cell.get_or_init(|| build(hash.parameters()))
}

fn build(p: &Parameters) -> Circuit {
    let bits = p.word_bits;
    let mut b = Builder::new(8 * bits, p.rounds * bits);
    let state: Vec<Word> = (0..8).map(|i| b.secret_word(i, bits)).collect();
    let mut v = state.clone();
    for round in 0..p.rounds {
        let scheduled = b.public_word(round, bits);
        let choice = b.choose(&v[4], &v[5], &v[6]);
        let majority = b.majority(&v[0], &v[1], &v[2]);
        let sigma1 = b.sigma(&v[4], p.big_sigma[1]);
        let sigma0 = b.sigma(&v[0], p.big_sigma[0]);
        let mut t1 = b.add(&v[7], &scheduled);
        t1 = b.add(&t1, &sigma1);
        t1 = b.add(&t1, &choice);
        let t2 = b.add(&sigma0, &majority);
        v[7] = b.add(&v[3], &t1);
        v[3] = b.add(&t1, &t2);
        // Rotating the names is the register shift: (t1 + t2, a, b, c, d + t1, e, f, g).
        v = vec![
            v[3].clone(),
            v[0].clone(),
            v[1].clone(),
            v[2].clone(),
            v[7].clone(),
            v[4].clone(),
            v[5].clone(),
            v[6].clone(),
        ];
    }
    let mut outputs = Vec::new();
    for (before, after) in state.iter().zip(&v).take(p.output_words) {
        outputs.extend(b.add(before, after));
    }
    b.finish(&outputs)
}

impl Builder {
    fn xor_words(&mut self, x: &Word, y: &Word) -> Word {
        x.iter().zip(y).map(|(&x, &y)| self.xor(x, y)).collect()
    }

    fn and_words(&mut self, x: &Word, y: &Word) -> Word {
        x.iter().zip(y).map(|(&x, &y)| self.and(x, y)).collect()
    }

    /// (x ∧ y) ⊕ (¬x ∧ z), with one AND a bit.
    fn choose(&mut self, x: &Word, y: &Word, z: &Word) -> Word {
        let differ = self.xor_words(y, z);
        let picked = self.and_words(x, &differ);
        self.xor_words(&picked, z)
    }

    /// The majority of three, with one AND a bit.
    fn majority(&mut self, x: &Word, y: &Word, z: &Word) -> Word {
        let xy = self.xor_words(x, y);
        let xz = self.xor_words(x, z);
        let both = self.and_words(&xy, &xz);
        self.xor_words(&both, x)
    }

    fn sigma(&mut self, word: &Word, rotations: [u32; 3]) -> Word {
        let [r, s, t] = rotations.map(|by| {
            let mut rotated = word.clone();
            rotated.rotate_left(by as usize);
            rotated
        });
        let rs = self.xor_words(&r, &s);
        self.xor_words(&rs, &t)
    }

    /// Addition modulo 2^bits with one AND a bit but the last: the carry c' = c ⊕ (x ⊕ c)(y ⊕ c).
    fn add(&mut self, x: &Word, y: &Word) -> Word {
        let mut sum = vec![self.xor(x[0], y[0])];
        let mut carry = self.and(x[0], y[0]);
        for bit in 1..x.len() {
            let xc = self.xor(x[bit], carry);
            let yc = self.xor(y[bit], carry);
            sum.push(self.xor(xc, y[bit]));
            if bit + 1 < x.len() {
                let both = self.and(xc, yc);
                carry = self.xor(carry, both);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits_of(words: &[u64], word_bits: usize) -> Vec<u8> {
        words
            .iter()
            .flat_map(|word| (0..word_bits).map(move |bit| ((word >> bit) & 1) as u8))
            .collect()
    }

    #[test]
    fn and_counts_are_what_the_protocol_budgets() {
        assert_eq!(compression(HashAlgorithm::Sha256).and_gates(), 16_248);
        assert_eq!(compression(HashAlgorithm::Sha512).and_gates(), 40_984);
        assert_eq!(compression(HashAlgorithm::Sha384).outputs(), 384);
    }

    #[test]
    fn slots_are_reused() {
        let circuit = compression(HashAlgorithm::Sha256);
        assert!(circuit.slots < circuit.secret_inputs + circuit.public_inputs + 1_000);
    }

    #[test]
    fn the_circuit_computes_the_compression_function() {
        for hash in [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ] {
            let p = hash.parameters();
            let digest: Vec<u8> = (0..hash.output_bytes() as u8)
                .map(|i| i.wrapping_mul(91))
                .collect();
            let state = p.initial_state();
            let schedule = p.outer_schedule(&digest);
            let out = compression(hash).walk(
                &bits_of(&state, p.word_bits),
                &bits_of(&schedule, p.word_bits),
                |_, a, b| a & b,
            );
            let expected = p.finish(state, p.word_bits * 2, &digest);
            let words = p.state_from_bytes(&expected);
            assert_eq!(out, bits_of(&words[..p.output_words], p.word_bits));
        }
    }

    /// P18: the public bit that enters no AND gate is the highest bit of the last schedule word, so
    /// no MAC in a row would notice if an evaluator took its value from a label.
    #[test]
    fn exactly_one_public_bit_enters_no_and_gate() {
        let circuit = compression(HashAlgorithm::Sha256);
        let reaches = |input: usize| {
            let mut public = vec![0u8; circuit.public_inputs()];
            public[input] = 1;
            let mut reached = false;
            circuit.walk(&vec![0u8; circuit.secret_inputs()], &public, |_, a, b| {
                reached |= (a | b) != 0;
                0
            });
            reached
        };
        let outside: Vec<usize> = (0..circuit.public_inputs())
            .filter(|&i| !reaches(i))
            .collect();
        assert_eq!(outside, [63 * 32 + 31]);
    }
}
