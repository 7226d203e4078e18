//! The half-tree: GGM trees of silent OT with half the hashing.

use crate::aes_key::AesKey;
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// Expands one level of GGM trees by the half-tree (Guo, Yang, Wang, Zhang, Xie, Liu, Zhao,
/// EUROCRYPT 2023, section 3): each parent p has the children left = E(σ(p)) ⊕ σ(p) and
/// right = p ⊕ left, where σ(l ‖ r) = (l ⊕ r) ‖ l with l the upper 64 bits. The children of
/// parent i are children 2i and 2i + 1. Returns the sum (⊕) of all left children.
///
/// # Panics
///
/// If there are not twice as many children as parents.
pub fn half_tree_level(key: &AesKey, parents: &[u128], children: &mut [u128]) -> u128 {
    assert_eq!(2 * parents.len(), children.len(), "two children a parent");
    #[cfg(target_arch = "x86_64")]
    if let Some((simd, keys)) = key.round_keys() {
        return x86::half_tree_level(simd, keys, parents, children);
    }
    portable(key, parents, children)
}

fn portable(key: &AesKey, parents: &[u128], children: &mut [u128]) -> u128 {
    const LANES: usize = 32;
    let mut left = zeroize::Zeroizing::new([0; LANES]);
    let mut sum = 0;
    let chunks = parents.chunks(LANES).zip(children.chunks_mut(2 * LANES));
    for (parents, children) in chunks {
        for (hash, parent) in left.iter_mut().zip(parents) {
            *hash = sigma(*parent);
        }
        key.hash_in_place(&mut left);
        let pairs = children.as_chunks_mut::<2>().0.iter_mut();
        for ((pair, parent), left) in pairs.zip(parents).zip(&*left) {
            *pair = [*left, parent ^ left];
            sum ^= left;
        }
    }
    sum
}

/// σ(l ‖ r) = (l ⊕ r) ‖ l, a linear orthomorphism.
fn sigma(x: u128) -> u128 {
    let left = x >> 64;
    ((left ^ x) << 64) | left
}
