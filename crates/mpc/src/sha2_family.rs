//! SHA-2 in the clear: parameters, the known inner state, and the public schedule (P1).

use sha2::block_api::{compress256, compress512};

/// The hash under the HMAC.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum HashAlgorithm {
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-384: the compression function of SHA-512, other initial state, truncated output.
    Sha384,
    /// HMAC-SHA-512.
    Sha512,
}

/// What the circuit needs to know of a hash (FIPS 180-4, sections 4 and 6).
pub(crate) struct Parameters {
    /// Bits of a word: 32 or 64.
    pub(crate) word_bits: usize,
    pub(crate) rounds: usize,
    /// Rotations of Σ0 and Σ1.
    pub(crate) big_sigma: [[u32; 3]; 2],
    /// Two rotations and a shift, of σ0 and σ1.
    small_sigma: [[u32; 3]; 2],
    /// Words of the final state that are output.
    pub(crate) output_words: usize,
    initial_state: [u64; 8],
}

static SHA256: Parameters = Parameters {
    word_bits: 32,
    rounds: 64,
    big_sigma: [[2, 13, 22], [6, 11, 25]],
    small_sigma: [[7, 18, 3], [17, 19, 10]],
    output_words: 8,
    initial_state: [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19,
    ],
};

static SHA512: Parameters = Parameters {
    initial_state: [
        0x6a09e667f3bcc908,
        0xbb67ae8584caa73b,
        0x3c6ef372fe94f82b,
        0xa54ff53a5f1d36f1,
        0x510e527fade682d1,
        0x9b05688c2b3e6c1f,
        0x1f83d9abfb41bd6b,
        0x5be0cd19137e2179,
    ],
    ..SHA512_FAMILY
};

static SHA384: Parameters = Parameters {
    output_words: 6,
    initial_state: [
        0xcbbb9d5dc1059ed8,
        0x629a292a367cd507,
        0x9159015a3070dd17,
        0x152fecd8f70e5939,
        0x67332667ffc00b31,
        0x8eb44a8768581511,
        0xdb0c2e0d64f98fa7,
        0x47b5481dbefa4fa4,
    ],
    ..SHA512_FAMILY
};

/// What SHA-384 and SHA-512 share.
const SHA512_FAMILY: Parameters = Parameters {
    word_bits: 64,
    rounds: 80,
    big_sigma: [[28, 34, 39], [14, 18, 41]],
    small_sigma: [[1, 8, 7], [19, 61, 6]],
    output_words: 8,
    initial_state: [0; 8],
};

impl HashAlgorithm {
    pub(crate) fn parameters(self) -> &'static Parameters {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        }
    }

    /// Bytes of a message block, and of the longest HMAC key that is not hashed first.
    pub fn block_bytes(self) -> usize {
        self.parameters().word_bits * 2
    }

    /// Bytes of the chaining state.
    pub fn state_bytes(self) -> usize {
        self.parameters().word_bits
    }

    /// Bytes of the tag.
    pub fn output_bytes(self) -> usize {
        self.parameters().output_words * self.parameters().word_bits / 8
    }

    /// The name used in manifests: `hmac-sha256`, `hmac-sha384`, `hmac-sha512`.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Sha256 => "hmac-sha256",
            Self::Sha384 => "hmac-sha384",
            Self::Sha512 => "hmac-sha512",
        }
    }

    /// AND gates of the compression that a signature computes: what the protocol pays for.
    pub fn and_gates(self) -> usize {
        crate::circuit::compression(self).and_gates()
    }

    /// The inverse of [`HashAlgorithm::scheme`].
    pub fn from_scheme(scheme: &str) -> Option<Self> {
        [Self::Sha256, Self::Sha384, Self::Sha512]
            .into_iter()
            .find(|hash| hash.scheme() == scheme)
    }
}

/// A chaining state, as words widened to 64 bits.
pub(crate) type State = [u64; 8];

impl Parameters {
    pub(crate) fn state_from_bytes(&self, bytes: &[u8]) -> State {
        let mut state = State::default();
        for (word, chunk) in state.iter_mut().zip(bytes.chunks(self.word_bits / 8)) {
            *word = chunk
                .iter()
                .fold(0, |word, &byte| (word << 8) | u64::from(byte));
        }
        state
    }

    pub(crate) fn state_to_bytes(&self, state: &State) -> Vec<u8> {
        let word_bytes = self.word_bits / 8;
        state
            .iter()
            .flat_map(|word| word.to_be_bytes().into_iter().skip(8 - word_bytes))
            .collect()
    }

    pub(crate) fn initial_state(&self) -> State {
        self.initial_state
    }

    /// Runs the compression function over whole blocks, in the clear.
    pub(crate) fn compress(&self, state: &mut State, blocks: &[u8]) {
        if self.word_bits == 32 {
            let mut narrow = state.map(|word| word as u32);
            compress256(&mut narrow, blocks.as_chunks::<64>().0);
            *state = narrow.map(u64::from);
        } else {
            compress512(state, blocks.as_chunks::<128>().0);
        }
    }

    /// Continues the hash from `state`, which has taken in `prefix` bytes, over `message`, to its
    /// end: D, if the state is the inner one.
    pub(crate) fn finish(&self, mut state: State, prefix: usize, message: &[u8]) -> Vec<u8> {
        let block = self.word_bits * 2;
        let whole = message.len() / block * block;
        self.compress(&mut state, &message[..whole]);
        let tail = self.padded(&message[whole..], prefix + message.len());
        self.compress(&mut state, &tail);
        let mut digest = self.state_to_bytes(&state);
        digest.truncate(self.output_words * self.word_bits / 8);
        digest
    }

    /// `tail` with the padding of a message of `total` bytes (FIPS 180-4, section 5.1).
    fn padded(&self, tail: &[u8], total: usize) -> Vec<u8> {
        let block = self.word_bits * 2;
        let length_field = self.word_bits / 4;
        let mut padded = tail.to_vec();
        padded.push(0x80);
        while padded.len() % block != block - length_field {
            padded.push(0);
        }
        let bits = (total as u128) * 8;
        padded.extend_from_slice(&bits.to_be_bytes()[16 - length_field..]);
        padded
    }

    /// The words W_t + K_t of the last compression, all rounds: its block is D and padding, both
    /// public, so the whole schedule is.
    pub(crate) fn outer_schedule(&self, digest: &[u8]) -> Vec<u64> {
        let block = self.padded(digest, self.word_bits * 2 + digest.len());
        let word_mask = u64::MAX >> (64 - self.word_bits);
        let mut w: Vec<u64> = block
            .chunks(self.word_bits / 8)
            .map(|chunk| {
                chunk
                    .iter()
                    .fold(0, |word, &byte| (word << 8) | u64::from(byte))
            })
            .collect();
        for t in 16..self.rounds {
            let mixed = self
                .small_sigma(1, w[t - 2])
                .wrapping_add(w[t - 7])
                .wrapping_add(self.small_sigma(0, w[t - 15]))
                .wrapping_add(w[t - 16]);
            w.push(mixed & word_mask);
        }
        w.iter()
            .zip(&ROUND_CONSTANTS)
            .map(|(w, k)| w.wrapping_add(k >> (64 - self.word_bits)) & word_mask)
            .collect()
    }

    fn small_sigma(&self, which: usize, word: u64) -> u64 {
        let [first, second, shift] = self.small_sigma[which];
        let rotate = |by| {
            if self.word_bits == 32 {
                u64::from((word as u32).rotate_right(by))
            } else {
                word.rotate_right(by)
            }
        };
        rotate(first) ^ rotate(second) ^ (word >> shift)
    }
}

/// Fractional parts of the cube roots of the first 80 primes (FIPS 180-4, section 4.2.3); the
/// constants of SHA-256 are the upper halves of the first 64.
static ROUND_CONSTANTS: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    #[test]
    fn finishing_from_the_initial_state_is_the_hash_itself() {
        let message: Vec<u8> = (0..=255).cycle().take(700).collect();
        for len in [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 700] {
            let message = &message[..len];
            for (hash, expected) in [
                (
                    HashAlgorithm::Sha256,
                    sha2::Sha256::digest(message).to_vec(),
                ),
                (
                    HashAlgorithm::Sha384,
                    sha2::Sha384::digest(message).to_vec(),
                ),
                (
                    HashAlgorithm::Sha512,
                    sha2::Sha512::digest(message).to_vec(),
                ),
            ] {
                let p = hash.parameters();
                assert_eq!(p.finish(p.initial_state(), 0, message), expected);
            }
        }
    }
}
