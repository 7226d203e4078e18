//! Small-field VOLE: the expansion of SoftSpokenOT.

use zeroize::Zeroizing;

use crate::aes_key::AesKey;
use crate::backend::{Backend, Kind};
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// Small-field VOLE of SoftSpokenOT (Roy, CRYPTO 2022, section 3) over GF(2^8): with r_x the
/// counter-mode stream of key x from `first`, for x in 0..256,
///
/// sum = ⊕_x r_x and planes\[m\] = ⊕ r_x over all x whose bit m is set.
///
/// `keys` holds the keys of x = 0..=255, or of x = 1..=255; then r_0 is missing from the sum.
///
/// # Panics
///
/// If there are not 256 or 255 keys, or the outputs differ in length.
pub fn small_field_vole(
    keys: &[AesKey],
    first: u128,
    sum: &mut [u128],
    planes: [&mut [u128]; PLANES],
) {
    Backend::best().small_field_vole(keys, first, sum, planes);
}

/// Bits of a key's number.
const PLANES: usize = 8;

impl Backend {
    /// [`small_field_vole`] on this backend.
    ///
    /// # Panics
    ///
    /// As [`small_field_vole`].
    pub fn small_field_vole(
        self,
        keys: &[AesKey],
        first: u128,
        sum: &mut [u128],
        mut planes: [&mut [u128]; PLANES],
    ) {
        assert!(matches!(keys.len(), 255 | 256), "255 or 256 keys");
        assert!(
            planes.iter().all(|plane| plane.len() == sum.len()),
            "outputs of one length"
        );
        match self.0 {
            Kind::Portable => portable(keys, first, sum, planes),
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(simd) => match round_keys(keys) {
                Some((keys, zeroth)) => {
                    x86::small_field_vole(simd, &keys, zeroth, first, sum, &mut planes);
                }
                None => portable(keys, first, sum, planes),
            },
        }
    }
}

/// The round keys of all 256 streams, and whether the zeroth is really there; nothing if a key was
/// expanded on the portable backend.
#[cfg(target_arch = "x86_64")]
fn round_keys(keys: &[AesKey]) -> Option<([&x86::RoundKeys; 256], bool)> {
    let (_, any) = keys.first()?.round_keys()?;
    let mut all = [any; 256];
    let missing = all.len() - keys.len();
    for (slot, key) in all.iter_mut().skip(missing).zip(keys) {
        (_, *slot) = key.round_keys()?;
    }
    Some((all, missing == 0))
}

/// Blocks of each stream made at once, so that all of them stay in the first-level cache.
const TILE: usize = 32;

fn portable(keys: &[AesKey], first: u128, sum: &mut [u128], mut planes: [&mut [u128]; PLANES]) {
    let lowest = 256 - keys.len();
    let mut leaf = Zeroizing::new([0; TILE]);
    for start in (0..sum.len()).step_by(TILE) {
        let end = sum.len().min(start + TILE);
        let leaf = &mut leaf[..end - start];
        let mut partial = [const { None::<Zeroizing<[u128; TILE]>> }; PLANES];
        sum[start..end].fill(0);
        for plane in &mut planes {
            plane[start..end].fill(0);
        }
        // A binary fold: the sum of each subtree of streams goes to the plane of the subtree's
        // height if the subtree is a right child, so that each stream is added about twice.
        for (x, key) in (lowest..).zip(keys) {
            key.stream(first.wrapping_add(start as u128), leaf);
            let mut height = 0;
            while (x >> height) & 1 == 1 {
                add(&mut planes[height][start..end], leaf);
                if let Some(left) = partial[height].take() {
                    add(leaf, &left[..end - start]);
                }
                height += 1;
            }
            match partial.get_mut(height) {
                Some(partial) => {
                    let mut left = Zeroizing::new([0; TILE]);
                    left[..end - start].copy_from_slice(leaf);
                    *partial = Some(left);
                }
                None => sum[start..end].copy_from_slice(leaf),
            }
        }
    }
}

fn add(to: &mut [u128], from: &[u128]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to ^= from;
    }
}
