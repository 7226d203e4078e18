//! Every backend against the definitions and against known answers.
#![allow(missing_docs)]

use countersign_kernels::{
    AesKey, Backend, WEIGHTS, half_tree_level, local_linear, small_field_vole,
};

/// Distinct blocks without structure: SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn block(&mut self) -> u128 {
        u128::from(self.word()) << 64 | u128::from(self.word())
    }

    fn blocks(&mut self, count: usize) -> Vec<u128> {
        (0..count).map(|_| self.block()).collect()
    }
}

/// Small lengths, where vectors are not full, and some large ones.
fn lengths() -> impl Iterator<Item = usize> {
    (0..70).chain([127, 128, 129, 1000])
}

/// Starts of counters, with a carry at every place where one may be lost.
const STARTS: [u128; 6] = [
    0,
    1 << 64,
    (1 << 64) - 1,
    (1 << 64) - 9,
    u128::MAX - 30,
    12345,
];

/// One block through the cipher.
fn encrypted(key: &AesKey, block: u128) -> u128 {
    let mut block = [block];
    key.encrypt(&mut block);
    block[0]
}

#[test]
fn encryption_should_match_fips_197() {
    // FIPS 197, appendix C.1.
    let key = u128::from_be_bytes(core::array::from_fn(|at| at as u8)).swap_bytes();
    let plain = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.swap_bytes();
    let cipher = 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a_u128.swap_bytes();
    for backend in Backend::available() {
        assert_eq!(
            encrypted(&backend.aes_key(key), plain),
            cipher,
            "{}",
            backend.name()
        );
    }
}

#[test]
fn many_keys_should_expand_as_one() {
    let mut random = Random(1);
    let reference = Backend::portable();
    for backend in Backend::available() {
        for length in lengths() {
            let keys = random.blocks(length);
            let mut expanded = vec![backend.aes_key(0)];
            backend.expand_many(&keys, &mut expanded);
            assert_eq!(expanded.len(), length + 1, "{}", backend.name());
            for (key, expanded) in keys.iter().zip(&expanded[1..]) {
                assert_eq!(
                    encrypted(expanded, 7),
                    encrypted(&reference.aes_key(*key), 7),
                    "{}",
                    backend.name()
                );
            }
            // Over keys of this backend and of another one.
            let mut slots: Vec<AesKey> = (0..length)
                .map(|at| [backend, reference][at % 2].aes_key(at as u128))
                .collect();
            backend.rekey_many(&keys, &mut slots);
            for (slot, expanded) in slots.iter().zip(&expanded[1..]) {
                assert_eq!(encrypted(slot, 8), encrypted(expanded, 8));
            }
        }
    }
}

#[test]
fn encryption_should_agree() {
    let mut random = Random(2);
    for backend in Backend::available() {
        for length in lengths() {
            let key = random.block();
            let (key, reference) = (backend.aes_key(key), Backend::portable().aes_key(key));
            let mut blocks = random.blocks(length);
            let expected: Vec<u128> = blocks.iter().map(|&b| encrypted(&reference, b)).collect();
            key.encrypt(&mut blocks);
            assert_eq!(blocks, expected, "{} {length}", backend.name());
        }
    }
}

#[test]
fn streams_should_agree() {
    let mut random = Random(3);
    for backend in Backend::available() {
        for (length, first) in lengths().flat_map(|l| STARTS.map(|first| (l, first))) {
            let key = random.block();
            let (key, reference) = (backend.aes_key(key), Backend::portable().aes_key(key));
            let mut stream = random.blocks(length);
            key.stream(first, &mut stream);
            for (at, block) in stream.iter().enumerate() {
                let counter = first.wrapping_add(at as u128);
                assert_eq!(*block, encrypted(&reference, counter), "{}", backend.name());
            }
        }
    }
}

fn check_hash<const N: usize>(random: &mut Random) {
    for backend in Backend::available() {
        let key = random.block();
        let (key, reference) = (backend.aes_key(key), Backend::portable().aes_key(key));
        let inputs: [u128; N] = core::array::from_fn(|_| random.block());
        let mut hashes = inputs;
        key.hash_in_place(&mut hashes);
        for (hash, input) in hashes.iter().zip(inputs) {
            let expected = encrypted(&reference, input) ^ input;
            assert_eq!(*hash, expected, "{} {N}", backend.name());
        }
    }
}

#[test]
fn short_hashes_should_agree() {
    let mut random = Random(4);
    macro_rules! lengths {
        ($($n:literal)*) => { $(check_hash::<$n>(&mut random);)* };
    }
    lengths!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 20 23 24 31 32 33 40 48 63 64 65 70);
}

#[test]
fn tweaked_hashes_should_agree() {
    let mut random = Random(5);
    for backend in Backend::available() {
        for (length, tweak) in lengths().flat_map(|l| STARTS.map(|t| (l, t as u64))) {
            let (key, offset) = (random.block(), random.block());
            let (key, reference) = (backend.aes_key(key), Backend::portable().aes_key(key));
            let inputs = random.blocks(length);
            let mut hashes = random.blocks(length);
            key.tweaked_hashes(&inputs, offset, tweak, &mut hashes);
            for (at, (hash, input)) in hashes.iter().zip(&inputs).enumerate() {
                let inner = encrypted(&reference, input ^ offset);
                let tweak = u128::from(tweak) + at as u128;
                let expected = encrypted(&reference, inner ^ tweak) ^ inner;
                assert_eq!(*hash, expected, "{} {length}", backend.name());
            }
        }
    }
}

#[test]
fn transposition_should_match_its_definition() {
    let mut random = Random(8);
    let bit = |column: &[u128], at: usize| column[at / 128] >> (at % 128) & 1;
    for backend in Backend::available() {
        for length in [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 21] {
            let columns: Vec<Vec<u128>> = (0..128).map(|_| random.blocks(length)).collect();
            let mut rows = random.blocks(128 * length);
            backend.transpose_128(&columns, &mut rows);
            for (r, row) in rows.iter().enumerate() {
                for (c, column) in columns.iter().enumerate() {
                    assert_eq!(row >> c & 1, bit(column, r), "{}", backend.name());
                }
            }
        }
    }
}

#[test]
fn polyval_should_match_rfc_8452() {
    // RFC 8452, appendix A.
    let key = 0x2562_9347_5892_4276_1d31_f826_ba4b_757b_u128.swap_bytes();
    let blocks = [
        0x4f4f_9566_8c83_dfb6_4017_62bb_2d01_a262_u128.swap_bytes(),
        0xd1a2_4ddd_2721_d006_bbe4_5f20_d3c9_f362_u128.swap_bytes(),
    ];
    let expected = 0xf7a3_b47b_8461_19fa_e5b7_866c_f5e5_b77e_u128.swap_bytes();
    for backend in Backend::available() {
        assert_eq!(
            backend.polyval(key).hash(&blocks),
            expected,
            "{}",
            backend.name()
        );
    }
}

#[test]
fn polyval_should_agree() {
    let mut random = Random(9);
    for backend in Backend::available() {
        for length in lengths().chain(70..140) {
            let key = random.block();
            let blocks = random.blocks(length);
            let expected = Backend::portable().polyval(key).hash(&blocks);
            let hash = backend.polyval(key).hash(&blocks);
            assert_eq!(hash, expected, "{} {length}", backend.name());
        }
        for (key, block) in [(0, 5), (5, 0), (u128::MAX, u128::MAX), (1, u128::MAX)]
            .into_iter()
            .chain(
                (0..100)
                    .map(|_| (random.block(), random.block()))
                    .collect::<Vec<_>>(),
            )
        {
            let expected = Backend::portable().polyval(key).hash(&[block; 50]);
            assert_eq!(backend.polyval(key).hash(&[block; 50]), expected);
            let expected = Backend::portable().polyval(key).hash(&[block]);
            assert_eq!(backend.dot(block, key), expected, "{}", backend.name());
        }
    }
}

#[test]
fn small_field_vole_should_match_its_definition() {
    let mut random = Random(12);
    let reference = Backend::portable();
    for backend in Backend::available() {
        for length in lengths() {
            // All keys of this backend, and one of another among them.
            for other in [backend, reference] {
                let seeds = random.blocks(WEIGHTS);
                let mut keys = Vec::new();
                backend.expand_many(&seeds, &mut keys);
                keys[7] = other.aes_key(seeds[7]);
                let mut sums: [Vec<u128>; 5] = core::array::from_fn(|_| random.blocks(length));
                small_field_vole(&keys, sums.each_mut().map(|sum| &mut sum[..]));
                for i in 0..length {
                    let stream = |x: usize| encrypted(&keys[x - 1], i as u128);
                    let sum_of = |selected: fn(usize, usize) -> bool, m| {
                        let streams = (1..=WEIGHTS).filter(|&x| selected(x, m)).map(stream);
                        streams.fold(0, |sum, stream| sum ^ stream)
                    };
                    for (m, sum) in sums[..4].iter().enumerate() {
                        let expected = sum_of(|x, m| x >> m & 1 == 1, m);
                        assert_eq!(sum[i], expected, "{} {length}", backend.name());
                    }
                    assert_eq!(sums[4][i], sum_of(|_, _| true, 0), "{}", backend.name());
                }
            }
        }
    }
}

#[test]
fn half_tree_should_match_its_definition() {
    let mut random = Random(10);
    for backend in Backend::available() {
        for length in lengths() {
            let key = backend.aes_key(random.block());
            let parents = random.blocks(length);
            let mut children = random.blocks(2 * length);
            let sum = half_tree_level(&key, &parents, &mut children);
            let mut expected_sum = 0;
            for (parent, pair) in parents.iter().zip(children.chunks(2)) {
                let (l, r) = (parent >> 64, parent & u128::from(u64::MAX));
                let sigma = (l ^ r) << 64 | l;
                let left = encrypted(&key, sigma) ^ sigma;
                assert_eq!(pair, [left, parent ^ left], "{} {length}", backend.name());
                expected_sum ^= left;
            }
            assert_eq!(sum, expected_sum, "{} {length}", backend.name());
        }
    }
}

#[test]
fn local_linear_should_match_its_definition() {
    let mut random = Random(11);
    let rows = [0, 1, 2, 3, 4, 5, 63, 64, 1000, 1 << 40];
    for backend in Backend::available() {
        for (first_row, length) in rows
            .into_iter()
            .flat_map(|row| [0, 1, 3, 4, 5, 63, 64, 65, 200].map(|l| (row, l)))
        {
            for log in [0, 1, 9, 16] {
                let key = backend.aes_key(random.block());
                let table = random.blocks(1 << log);
                let before = random.blocks(length);
                let mut out = before.clone();
                local_linear(&key, first_row, &table, &mut out);
                for (at, (out, before)) in out.iter().zip(&before).enumerate() {
                    let mut expected = *before;
                    for j in 0..10 {
                        let word = (u128::from(first_row) + at as u128) * 10 + j;
                        let index = encrypted(&key, word / 8) >> (16 * (word % 8));
                        expected ^= table[index as u16 as usize % table.len()];
                    }
                    assert_eq!(*out, expected, "{} {first_row} {length}", backend.name());
                }
            }
        }
    }
}
