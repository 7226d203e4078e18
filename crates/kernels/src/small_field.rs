//! The inner loop of OT extension by VOLE over a small field.

use crate::aes_key::AesKey;
use crate::wipe::wipe;
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// Nonzero elements of GF(2^4), and so streams with a weight.
pub const WEIGHTS: usize = 15;

/// Sums of the counter-mode streams r_x, from counter 0, of 15 keys, key x − 1 having the weight x in
/// GF(2^4): what a party to SoftSpokenOT (Roy, CRYPTO 2022) with k = 4 makes of its seeds. The
/// first four sums are those bits of Σ x·r_x, bit m being the sum of the streams whose x has bit m; the
/// last is Σ r_x.
///
/// # Panics
///
/// If there are not [`WEIGHTS`] keys, or if the sums differ in length.
pub fn small_field_vole(keys: &[AesKey], sums: [&mut [u128]; 5]) {
    let len = sums[0].len();
    assert_eq!(keys.len(), WEIGHTS, "a key for each weight");
    assert!(
        sums.iter().all(|sum| sum.len() == len),
        "sums of one length"
    );
    #[cfg(target_arch = "x86_64")]
    if let Some((simd, first)) = keys[0].round_keys() {
        let mut round_keys = [first; WEIGHTS];
        let alike = round_keys.iter_mut().zip(keys).all(|(slot, key)| {
            let found = key.round_keys().filter(|(its, _)| *its == simd);
            found.map(|(_, keys)| *slot = keys).is_some()
        });
        if alike {
            return x86::small_field_vole(simd, &round_keys, sums);
        }
    }
    portable(keys, sums);
}

fn portable(keys: &[AesKey], mut sums: [&mut [u128]; 5]) {
    sums.iter_mut().for_each(|sum| sum.fill(0));
    let mut stream = vec![0; sums[0].len()];
    for (x, key) in (1..).zip(keys) {
        key.stream(0, &mut stream);
        // The last sum is of all.
        let selected: usize = 1 << 4 | x;
        for (m, sum) in sums.iter_mut().enumerate() {
            if selected >> m & 1 == 1 {
                sum.iter_mut().zip(&stream).for_each(|(s, r)| *s ^= r);
            }
        }
    }
    wipe(&mut stream);
}
