//! The SHA-256 compression function as a general-purpose engine computes it: chaining state and block
//! are inputs of parties, the message schedule is part of the circuit, round constants are folded in.
//!
//! That comes to 22,573 AND gates, the count of the public reference circuit in the "Bristol fashion"
//! collection.

use polytune::garble_lang::circuit::{Circuit as GateList, Gate};
use polytune::garble_lang::register_circuit::Circuit;

/// Bits of the chaining state.
pub const STATE_BITS: usize = 256;
/// Bits of the block.
pub const BLOCK_BITS: usize = 512;

/// The circuit for `parties` parties. Each has as input [`STATE_BITS`] bits of an XOR sharing of the
/// state; party 0, after those, the block. Output: the new state. Words are in order, lowest bit first.
pub fn compression(parties: usize) -> Circuit {
    let mut inputs = vec![STATE_BITS; parties];
    inputs[0] += BLOCK_BITS;
    let mut b = Builder::new(inputs);

    let mut state: Vec<Word> = (0..8).map(|word| b.input(word * 32)).collect();
    let mut w: Vec<Word> = (0..16)
        .map(|word| b.input(STATE_BITS + word * 32))
        .collect();
    for party in 1..parties {
        for (word, shared) in state.iter_mut().enumerate() {
            let share = b.input(BLOCK_BITS + STATE_BITS * party + word * 32);
            *shared = b.xor_words(*shared, share);
        }
    }

    for t in 16..64 {
        let s0 = b.small_sigma(w[t - 15], [7, 18, 3]);
        let s1 = b.small_sigma(w[t - 2], [17, 19, 10]);
        let mut sum = b.add(w[t - 16], s0);
        sum = b.add(sum, w[t - 7]);
        w.push(b.add(sum, s1));
    }
    let [mut a, mut bb, mut c, mut d, mut e, mut f, mut g, mut h] =
        [0, 1, 2, 3, 4, 5, 6, 7].map(|i| state[i]);
    for (&w, &k) in w.iter().zip(&ROUND_CONSTANTS) {
        let (sigma1, choice) = (b.big_sigma(e, [6, 11, 25]), b.choose(e, f, g));
        let (sigma0, majority) = (b.big_sigma(a, [2, 13, 22]), b.majority(a, bb, c));
        let mut t1 = b.add(h, sigma1);
        t1 = b.add(t1, choice);
        t1 = b.add_constant(t1, k);
        t1 = b.add(t1, w);
        let t2 = b.add(sigma0, majority);
        (h, g, f, e) = (g, f, e, b.add(d, t1));
        (d, c, bb, a) = (c, bb, a, b.add(t1, t2));
    }
    let outputs: Vec<Word> = state
        .into_iter()
        .zip([a, bb, c, d, e, f, g, h])
        .map(|(before, after)| b.add(before, after))
        .collect();
    b.finish(&outputs)
}

/// Wires, lowest bit first.
type Word = [usize; 32];

struct Builder {
    inputs: Vec<usize>,
    gates: Vec<Gate>,
    next: usize,
}

impl Builder {
    fn new(inputs: Vec<usize>) -> Self {
        let next = inputs.iter().sum();
        Self {
            inputs,
            gates: Vec::new(),
            next,
        }
    }

    fn input(&self, first: usize) -> Word {
        std::array::from_fn(|bit| first + bit)
    }

    fn finish(self, outputs: &[Word]) -> Circuit {
        Circuit::from(GateList {
            input_gates: self.inputs,
            gates: self.gates,
            output_gates: outputs.concat(),
        })
    }

    fn push(&mut self, gate: Gate) -> usize {
        self.gates.push(gate);
        self.next += 1;
        self.next - 1
    }

    fn xor(&mut self, x: usize, y: usize) -> usize {
        self.push(Gate::Xor(x, y))
    }

    fn and(&mut self, x: usize, y: usize) -> usize {
        self.push(Gate::And(x, y))
    }

    fn not(&mut self, x: usize) -> usize {
        self.push(Gate::Not(x))
    }

    fn xor_words(&mut self, x: Word, y: Word) -> Word {
        std::array::from_fn(|bit| self.xor(x[bit], y[bit]))
    }

    fn big_sigma(&mut self, x: Word, by: [usize; 3]) -> Word {
        let [r, s, t] = by.map(|by| rotate_right(x, by));
        let rs = self.xor_words(r, s);
        self.xor_words(rs, t)
    }

    /// Two rotations and a shift.
    fn small_sigma(&mut self, x: Word, [r, s, shift]: [usize; 3]) -> Word {
        let mut mixed = self.xor_words(rotate_right(x, r), rotate_right(x, s));
        for bit in 0..32 - shift {
            mixed[bit] = self.xor(mixed[bit], x[bit + shift]);
        }
        mixed
    }

    /// x ? y : z, with one AND a bit.
    fn choose(&mut self, x: Word, y: Word, z: Word) -> Word {
        std::array::from_fn(|bit| {
            let differ = self.xor(y[bit], z[bit]);
            let picked = self.and(x[bit], differ);
            self.xor(picked, z[bit])
        })
    }

    /// The majority of three, with one AND a bit.
    fn majority(&mut self, x: Word, y: Word, z: Word) -> Word {
        std::array::from_fn(|bit| {
            let xy = self.xor(x[bit], y[bit]);
            let xz = self.xor(x[bit], z[bit]);
            let both = self.and(xy, xz);
            self.xor(both, x[bit])
        })
    }

    /// Modulo 2^32, with one AND a bit but the highest: the carry is c ⊕ (x ⊕ c)(y ⊕ c).
    fn add(&mut self, x: Word, y: Word) -> Word {
        let mut carry = None;
        std::array::from_fn(|bit| {
            let (x, y) = (x[bit], y[bit]);
            let Some(c) = carry else {
                carry = Some(self.and(x, y));
                return self.xor(x, y);
            };
            let (xc, yc) = (self.xor(x, c), self.xor(y, c));
            if bit < 31 {
                let both = self.and(xc, yc);
                carry = Some(self.xor(c, both));
            }
            self.xor(xc, y)
        })
    }

    /// Modulo 2^32. Nothing is carried below the lowest 1 of `k`, and at that 1 the carry is x itself,
    /// so that the ANDs up to there are saved.
    fn add_constant(&mut self, x: Word, k: u32) -> Word {
        let mut carry = None;
        std::array::from_fn(|bit| {
            let (x, one) = (x[bit], k >> bit & 1 == 1);
            let Some(c) = carry else {
                if !one {
                    return x;
                }
                carry = Some(x);
                return self.not(x);
            };
            // x ∨ c if k has a 1 here, x ∧ c otherwise.
            let differ = self.xor(x, c);
            if bit < 31 {
                let both = self.and(x, c);
                carry = Some(if one { self.xor(differ, both) } else { both });
            }
            if one { self.not(differ) } else { differ }
        })
    }
}

fn rotate_right(mut word: Word, by: usize) -> Word {
    word.rotate_left(by);
    word
}

/// FIPS 180-4, section 4.2.2.
const ROUND_CONSTANTS: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

#[cfg(test)]
mod tests {
    use super::compression;

    #[test]
    fn has_as_many_and_gates_as_the_reference_circuit() {
        assert_eq!(compression(2).and_ops, 22_573);
        assert_eq!(compression(3).and_ops, 22_573);
    }
}
