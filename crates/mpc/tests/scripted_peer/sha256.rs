//! SHA-256 (FIPS 180-4), in the clear and as a circuit over anything that can be XORed.

use std::ops::BitXor;

/// Of Σ0 and Σ1.
const ROTATIONS: [[usize; 3]; 2] = [[2, 13, 22], [6, 11, 25]];

/// Fractional parts of the cube roots of the first 64 primes.
fn round_constants() -> Vec<u32> {
    let prime = |n: &u128| !(2..*n).any(|d| n.is_multiple_of(d));
    let cube_root = |x: u128| {
        let fits = |bit: u32, root: u128| (root | 1 << bit).pow(3) <= x;
        (0..36)
            .rev()
            .fold(0u128, |root, bit| root | u128::from(fits(bit, root)) << bit)
    };
    let primes = (2u128..).filter(prime).take(64);
    primes.map(|p| cube_root(p << 96) as u32).collect()
}

/// W_t + K_t for one block.
fn schedule(block: &[u8]) -> Vec<u32> {
    let words = block
        .chunks(4)
        .map(|w| u32::from_be_bytes(w.try_into().unwrap()));
    let mut w: Vec<u32> = words.collect();
    for t in 16..64 {
        let (a, b) = (w[t - 15], w[t - 2]);
        let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        let sum = w[t - 16]
            .wrapping_add(s0)
            .wrapping_add(w[t - 7])
            .wrapping_add(s1);
        w.push(sum);
    }
    let constants = round_constants();
    w.iter()
        .zip(constants)
        .map(|(w, k)| w.wrapping_add(k))
        .collect()
}

fn bits_of(words: &[u32]) -> Vec<u8> {
    words
        .iter()
        .flat_map(|w| (0..32).map(move |i| (w >> i) as u8 & 1))
        .collect()
}

fn padded(tail: &[u8], total: usize) -> Vec<u8> {
    let mut block = [tail, &[0x80]].concat();
    while block.len() % 64 != 56 {
        block.push(0);
    }
    block.extend((total as u64 * 8).to_be_bytes());
    block
}

/// The public wires for the last compression of an HMAC with inner digest `digest`.
pub fn public_bits(digest: &[u8]) -> Vec<u8> {
    bits_of(&schedule(&padded(digest, 64 + digest.len())))
}

/// The hash resumed from `state` after `before` bytes.
pub fn finish(state: &[u8], before: usize, message: &[u8]) -> Vec<u8> {
    let words: Vec<u32> = state
        .chunks(4)
        .map(|w| u32::from_be_bytes(w.try_into().unwrap()))
        .collect();
    let blocks = padded(message, before + message.len());
    let last = blocks.chunks(64).fold(bits_of(&words), |state, block| {
        compress(&state, &bits_of(&schedule(block)), |a, b| a & b)
    });
    bytes_of(&last)
}

/// Output bits as the bytes of a hash.
pub fn bytes_of(bits: &[u8]) -> Vec<u8> {
    let word = |bits: &[u8]| (0..32).fold(0u32, |w, i| w | u32::from(bits[i]) << i);
    bits.chunks(32)
        .flat_map(|bits| word(bits).to_be_bytes())
        .collect()
}

/// The compression function with its AND gates in the specified order.
pub fn compress<V: Copy + BitXor<Output = V>>(
    state: &[V],
    public: &[V],
    mut and: impl FnMut(V, V) -> V,
) -> Vec<V> {
    let mut v: Vec<Vec<V>> = state.chunks(32).map(<[V]>::to_vec).collect();
    for scheduled in public.chunks(32) {
        let [a, b, c, d, e, f, g, h]: [Vec<V>; 8] = v.try_into().ok().unwrap();
        let choice: Vec<V> = (0..32).map(|i| and(e[i], f[i] ^ g[i]) ^ g[i]).collect();
        let majority: Vec<V> = (0..32)
            .map(|i| and(a[i] ^ b[i], a[i] ^ c[i]) ^ a[i])
            .collect();
        let sigma = |word: &[V], by: [usize; 3]| -> Vec<V> {
            let turned = |i: usize| by.map(|r| word[(i + r) % 32]);
            (0..32).map(turned).map(|[x, y, z]| x ^ y ^ z).collect()
        };
        let [by0, by1] = ROTATIONS;
        let t1 = add(&h, scheduled, &mut and);
        let t1 = add(&t1, &sigma(&e, by1), &mut and);
        let t1 = add(&t1, &choice, &mut and);
        let t2 = add(&sigma(&a, by0), &majority, &mut and);
        let new_e = add(&d, &t1, &mut and);
        let new_a = add(&t1, &t2, &mut and);
        v = vec![new_a, a, b, c, new_e, e, f, g];
    }
    let words = state.chunks(32).zip(&v);
    words
        .flat_map(|(before, after)| add(before, after, &mut and))
        .collect()
}

fn add<V: Copy + BitXor<Output = V>>(x: &[V], y: &[V], and: &mut impl FnMut(V, V) -> V) -> Vec<V> {
    let mut sum = vec![x[0] ^ y[0]];
    let mut carry = and(x[0], y[0]);
    for i in 1..32 {
        sum.push(x[i] ^ y[i] ^ carry);
        if i < 31 {
            carry = carry ^ and(x[i] ^ carry, y[i] ^ carry);
        }
    }
    sum
}

#[test]
fn the_scripted_hash_is_sha_256() {
    use sha2::Digest;
    let initial = "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19";
    let byte = |i: usize| u8::from_str_radix(&initial[2 * i..2 * i + 2], 16).unwrap();
    let state: Vec<u8> = (0..32).map(byte).collect();
    for message in [&b""[..], b"abc", &[7; 200]] {
        assert_eq!(
            finish(&state, 0, message),
            sha2::Sha256::digest(message).to_vec()
        );
    }
}
