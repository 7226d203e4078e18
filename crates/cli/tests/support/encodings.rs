//! Values that must be nowhere in memory, in every form in which they could be there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::block_api::compress256;

/// Initial state of SHA-256 (FIPS 180-4 section 5.3.3).
const IV: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Words that are searched for together: 96 bits, which no accident contains.
const RUN: usize = 3;

/// One form of one value.
pub struct Pattern {
    /// What was found when this is found.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The key block of HMAC-SHA-256 (RFC 2104): the key, hashed if longer than a block, and zeros.
pub fn key_block(secret: &[u8]) -> [u8; 64] {
    use sha2::Digest;
    let mut block = [0; 64];
    if secret.len() > 64 {
        block[..32].copy_from_slice(&sha2::Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    block
}

/// The chaining state after the key block under a pad: 0x36 gives the inner, 0x5c the outer one.
pub fn state(secret: &[u8], pad: u8) -> [u32; 8] {
    let mut state = IV;
    compress256(&mut state, &[key_block(secret).map(|byte| byte ^ pad)]);
    state
}

/// All that would give a key away: the secret, its block under both pads, the outer state.
pub fn of_key(secret: &[u8]) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    patterns.extend(of_words("secret", &words(secret)));
    for (name, pad) in [("ipad block", 0x36), ("opad block", 0x5c)] {
        let block = key_block(secret).map(|byte| byte ^ pad);
        // The padding after the key is public.
        let used = if secret.len() > 64 { 32 } else { secret.len() };
        patterns.extend(of_words(name, &words(&block[..used])));
    }
    patterns.extend(of_words("outer state", &state(secret, 0x5c)));
    patterns
}

/// Big-endian words; bytes that fill none are left out.
fn words(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect()
}

/// Every form of every run of words.
pub fn of_words(value: &str, words: &[u32]) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for (at, run) in words.windows(RUN).enumerate() {
        for (form, bytes) in forms(run) {
            patterns.push(Pattern {
                name: format!("{value}: {form} at word {at}"),
                bytes,
            });
        }
        for (form, text) in base64_forms(words, at) {
            patterns.push(Pattern {
                name: format!("{value}: {form} at word {at}"),
                bytes: text,
            });
        }
    }
    patterns
}

/// The forms of one run that do not depend on what is around it.
pub fn forms(run: &[u32]) -> Vec<(String, Vec<u8>)> {
    let big: Vec<u8> = run.iter().flat_map(|word| word.to_be_bytes()).collect();
    let little: Vec<u8> = run.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut forms = vec![
        ("u64 words".to_owned(), wide::<8>(run)),
        ("u128 words".to_owned(), wide::<16>(run)),
        ("hex".to_owned(), hex::encode(&big).into_bytes()),
        ("HEX".to_owned(), hex::encode_upper(&big).into_bytes()),
        (
            "hex of little-endian".to_owned(),
            hex::encode(&little).into_bytes(),
        ),
        (
            "HEX of little-endian".to_owned(),
            hex::encode_upper(&little).into_bytes(),
        ),
    ];
    for (order, bytes) in [("big-endian", &big), ("little-endian", &little)] {
        for (direction, bits) in [
            ("lsb", bits_lsb_first(bytes)),
            ("msb", bits_msb_first(bytes)),
        ] {
            let sliced = |one: &[u8]| -> Vec<u8> {
                bits.iter()
                    .flat_map(|&bit| one.iter().map(move |&byte| byte * bit))
                    .collect()
            };
            let of = format!("of {order} bytes, {direction} first");
            forms.push((format!("bits as bytes {of}"), sliced(&[1])));
            forms.push((format!("bits as byte masks {of}"), sliced(&[0xff])));
            forms.push((format!("bits as u64 masks {of}"), sliced(&[0xff; 8])));
            forms.push((format!("bits as u128 masks {of}"), sliced(&[0xff; 16])));
        }
    }
    forms.push(("big-endian bytes".to_owned(), big));
    forms.push(("little-endian bytes".to_owned(), little));
    forms
}

/// Three bytes make four characters, so the text depends on where the run begins among them.
fn base64_forms(words: &[u32], at: usize) -> Vec<(String, Vec<u8>)> {
    let mut forms = Vec::new();
    for (order, swap) in [("big-endian", false), ("little-endian", true)] {
        let run = words[at..at + RUN].iter();
        let bytes: Vec<u8> = run
            .flat_map(|word| {
                if swap {
                    word.to_le_bytes()
                } else {
                    word.to_be_bytes()
                }
            })
            .collect();
        for skip in 0..3 {
            let whole = &bytes[skip..skip + (bytes.len() - skip) / 3 * 3];
            let text = STANDARD.encode(whole).into_bytes();
            forms.push((format!("base64 of {order} bytes, {skip} bytes in"), text));
        }
    }
    forms
}

fn wide<const WIDTH: usize>(run: &[u32]) -> Vec<u8> {
    run.iter()
        .flat_map(|word| {
            let mut wide = [0; WIDTH];
            wide[..4].copy_from_slice(&word.to_le_bytes());
            wide
        })
        .collect()
}

fn bits_lsb_first(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |i| (byte >> i) & 1))
        .collect()
}

fn bits_msb_first(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |i| (byte >> i) & 1))
        .collect()
}
