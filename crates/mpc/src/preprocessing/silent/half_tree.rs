//! The trees: each authenticates one block of noise (Half-Tree, Guo et al., EUROCRYPT 2023, section 4).
//!
//! The sender's first level is (K, K ⊕ Δ) with a random K; further down each parent has the children
//! left = H(parent) and right = parent ⊕ left. So on every level all nodes sum to Δ. For level j the
//! sender sends the sum of the left nodes under its key on the base bit r_j. The receiver takes its MAC
//! off and has
//!
//!   (left sum ⊕ K\[r_j\]) ⊕ M\[r_j\] = left sum ⊕ r_jΔ = sum of the nodes on side r_j,
//!
//! which gives it one node on side r_j if it knows all others there. From the top it follows a path
//! that turns to the **other** side at every level, α_j = 1 ⊕ r_j, and knows all nodes off the path. It
//! sets the leaf on the path to the sum of all other leaves: that is the sender's leaf plus Δ. Thus its
//! leaves w and the sender's v are w = v ⊕ eΔ, where e is 1 at α and 0 elsewhere.
//!
//! H(x) = π(σ(x)) ⊕ σ(x) with σ(l ‖ r) = (l ⊕ r) ‖ l is circular correlation robust for a random π (Guo,
//! Katz, Wang, Yu, S&P 2020). π is AES under another public key for each tree: whoever guesses at the
//! node on one path tests it against the few hashes of that tree, and not against those of all trees
//! at once.
//!
//! α is secret at the receiver. It computes the whole of each level, with junk below the path, and
//! puts right what has to be by masks: no branch and no address depends on α.

use countersign_kernels::{AesKey, half_tree_level};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{DEPTH, LEAVES, TREES};
use crate::block::{Block, mask, random_block};

/// The π of each tree of one direction in one iteration.
pub(super) struct Permutations {
    start: Block,
}

impl Permutations {
    /// From a public `start` that no other direction, iteration or session has.
    pub(super) fn new(start: Block) -> Self {
        Self { start }
    }

    fn of_tree(&self, tree: usize) -> AesKey {
        AesKey::new(self.start ^ tree as Block)
    }
}

/// The sender's trees: writes v to `leaves` and returns the sums to send, masked by `keys`.
///
/// K is fresh and not derived from a base key: the receiver may have had a say in that one, and could
/// have made trees alike.
pub(super) fn grow(
    permutations: &Permutations,
    delta: Block,
    keys: &[Block],
    leaves: &mut [Block],
    rng: &mut impl CryptoRng,
) -> Vec<Block> {
    let mut inner = InnerNodes::new();
    let mut sums = Vec::with_capacity(TREES * DEPTH);
    for (tree, leaves) in leaves.as_chunks_mut::<LEAVES>().0.iter_mut().enumerate() {
        let pi = permutations.of_tree(tree);
        let root = random_block(rng);
        inner.expand(&pi, [root, root ^ delta], leaves, |_, lefts, _| {
            sums.push(lefts);
        });
    }
    for (sum, key) in sums.iter_mut().zip(keys) {
        *sum ^= key;
    }
    sums
}

/// The receiver's trees: writes w to `leaves`, given r as `sides`, its MACs on them and what the sender
/// sent.
pub(super) fn regrow(
    permutations: &Permutations,
    sides: &[u8],
    macs: &[Block],
    masked: &[Block],
    leaves: &mut [Block],
) {
    let mut inner = InnerNodes::new();
    let mut path = Zeroizing::new([0; LEAVES]);
    let sides = sides.as_chunks::<DEPTH>().0;
    let macs = macs.as_chunks::<DEPTH>().0;
    let masked = masked.as_chunks::<DEPTH>().0;
    let received = sides.iter().zip(macs.iter().zip(masked));
    let leaves = leaves.as_chunks_mut::<LEAVES>().0.iter_mut();
    for (tree, (leaves, (sides, (macs, masked)))) in leaves.zip(received).enumerate() {
        let pi = permutations.of_tree(tree);
        path[0] = 1;
        // Of all nodes of a level, known and junk.
        let mut total = 0;
        inner.expand(&pi, [0; 2], leaves, |level, lefts, children| {
            let side = mask(sides[level]);
            let on_side = lefts ^ (side & total);
            let missing = on_side ^ macs[level] ^ masked[level];
            total ^= missing;
            // The node on the path itself is left as junk, but for the leaf: adding all leaves to it
            // takes the junk off and leaves the sum of the others.
            let punctured = if level == DEPTH - 1 { total } else { 0 };
            let swapped = (missing ^ punctured) & side;
            let (left, right) = (missing ^ swapped, punctured ^ swapped);
            for (pair, &on_path) in children.as_chunks_mut::<2>().0.iter_mut().zip(path.iter()) {
                let here = mask(on_path);
                pair[0] ^= left & here;
                pair[1] ^= right & here;
            }
            descend(&mut path[..children.len()], sides[level]);
        });
    }
}

/// e, one bit a byte.
pub(super) fn noise(sides: &[u8], noise: &mut [u8]) {
    let sides = sides.as_chunks::<DEPTH>().0;
    for (path, sides) in noise.as_chunks_mut::<LEAVES>().0.iter_mut().zip(sides) {
        path[0] = 1;
        for (level, &side) in sides.iter().enumerate() {
            descend(&mut path[..2 << level], side);
        }
    }
}

/// From the indicator of the path among the nodes of one level, which is the first half of `path`, to
/// that among their children.
fn descend(path: &mut [u8], side: u8) {
    for parent in (0..path.len() / 2).rev() {
        let on_path = path[parent];
        path[2 * parent] = on_path & side;
        path[2 * parent + 1] = on_path & (1 ^ side);
    }
}

/// Room for the inner nodes of a tree: one level, and the next.
struct InnerNodes {
    parents: Zeroizing<[Block; LEAVES / 2]>,
    children: Zeroizing<[Block; LEAVES / 2]>,
}

impl InnerNodes {
    fn new() -> Self {
        Self {
            parents: Zeroizing::new([0; LEAVES / 2]),
            children: Zeroizing::new([0; LEAVES / 2]),
        }
    }

    /// Expands a tree from its first level. `settle` sees every level, counted from 0, with the sum of
    /// its left nodes, before it is expanded further.
    fn expand(
        &mut self,
        pi: &AesKey,
        first: [Block; 2],
        leaves: &mut [Block; LEAVES],
        mut settle: impl FnMut(usize, Block, &mut [Block]),
    ) {
        let (mut parents, mut children) = (&mut *self.parents, &mut *self.children);
        parents[..2].copy_from_slice(&first);
        settle(0, first[0], &mut parents[..2]);
        for level in 1..DEPTH - 1 {
            let made = &mut children[..2 << level];
            let lefts = half_tree_level(pi, &parents[..1 << level], made);
            settle(level, lefts, made);
            core::mem::swap(&mut parents, &mut children);
        }
        let lefts = half_tree_level(pi, parents, leaves);
        settle(DEPTH - 1, lefts, leaves);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;

    /// Both ends of the trees of one direction, with base bits from a trusted dealer.
    pub(in super::super) struct Dealt {
        pub(in super::super) permutations: Permutations,
        pub(in super::super) delta: Block,
        pub(in super::super) sides: Vec<u8>,
        pub(in super::super) macs: Vec<Block>,
        pub(in super::super) keys: Vec<Block>,
        pub(in super::super) rng: ChaCha20Rng,
    }

    pub(in super::super) fn block(rng: &mut ChaCha20Rng) -> Block {
        Block::from(rng.next_u64()) << 64 | Block::from(rng.next_u64())
    }

    impl Dealt {
        pub(in super::super) fn new(seed: u8) -> Self {
            let mut rng = ChaCha20Rng::from_seed([seed; 32]);
            let delta = block(&mut rng);
            let sides: Vec<u8> = (0..TREES * DEPTH)
                .map(|_| rng.next_u64() as u8 & 1)
                .collect();
            let keys: Vec<Block> = sides.iter().map(|_| block(&mut rng)).collect();
            let macs = keys
                .iter()
                .zip(&sides)
                .map(|(key, &side)| key ^ (delta & mask(side)));
            Self {
                permutations: Permutations::new(block(&mut rng)),
                delta,
                macs: macs.collect(),
                keys,
                sides,
                rng,
            }
        }

        pub(in super::super) fn regrown(&self, masked: &[Block]) -> Vec<Block> {
            let mut leaves = vec![0; TREES * LEAVES];
            regrow(
                &self.permutations,
                &self.sides,
                &self.macs,
                masked,
                &mut leaves,
            );
            leaves
        }

        /// v ⊕ eΔ.
        pub(in super::super) fn punctured(&self, v: &[Block]) -> Vec<Block> {
            let mut e = vec![0; v.len()];
            noise(&self.sides, &mut e);
            v.iter()
                .zip(&e)
                .map(|(v, &e)| v ^ (self.delta & mask(e)))
                .collect()
        }

        /// Trees of a cheating sender: in those that `cheat` names, both children of the right node of
        /// the first level are shifted by the same amount, and everything below is made from that.
        pub(in super::super) fn grow_shifted(
            &mut self,
            cheat: impl Fn(usize) -> bool,
        ) -> (Vec<Block>, Vec<Block>) {
            let (mut sums, mut leaves) = (Vec::new(), Vec::new());
            for tree in 0..TREES {
                let root = block(&mut self.rng);
                let pi = self.permutations.of_tree(tree);
                let mut nodes = vec![root, root ^ self.delta];
                sums.push(root);
                for level in 1..DEPTH {
                    let mut children = vec![0; 2 * nodes.len()];
                    half_tree_level(&pi, &nodes, &mut children);
                    if level == 1 && cheat(tree) {
                        children[2] ^= 1 << 77;
                        children[3] ^= 1 << 77;
                    }
                    sums.push(children.iter().step_by(2).fold(0, |sum, left| sum ^ left));
                    nodes = children;
                }
                leaves.extend(nodes);
            }
            for (sum, key) in sums.iter_mut().zip(&self.keys) {
                *sum ^= key;
            }
            (sums, leaves)
        }
    }

    #[test]
    fn trees_agree_but_for_delta_at_the_noise() {
        let mut dealt = Dealt::new(1);
        let mut v = vec![0; TREES * LEAVES];
        let mut rng = dealt.rng.clone();
        let masked = grow(
            &dealt.permutations,
            dealt.delta,
            &dealt.keys,
            &mut v,
            &mut rng,
        );
        assert!(dealt.regrown(&masked) == dealt.punctured(&v));
        let (masked, v) = dealt.grow_shifted(|_| false);
        assert!(dealt.regrown(&masked) == dealt.punctured(&v));
    }

    #[test]
    fn noise_has_one_bit_a_tree_where_the_sides_say() {
        let dealt = Dealt::new(2);
        let mut e = vec![0; TREES * LEAVES];
        noise(&dealt.sides, &mut e);
        for (e, sides) in e.chunks(LEAVES).zip(dealt.sides.chunks(DEPTH)) {
            let other = sides
                .iter()
                .fold(0, |alpha, side| alpha << 1 | usize::from(1 ^ side));
            let places: Vec<usize> = (0..LEAVES).filter(|&i| e[i] == 1).collect();
            assert_eq!(places, [other]);
        }
    }

    /// Every altered sum makes some leaf wrong; so the check finds it but for its own error.
    #[test]
    fn no_sum_can_be_altered_without_effect() {
        let mut dealt = Dealt::new(3);
        let (honest, v) = dealt.grow_shifted(|_| false);
        let right = dealt.punctured(&v);
        for level in 0..DEPTH {
            let mut masked = honest.clone();
            for sum in masked.iter_mut().skip(level).step_by(DEPTH) {
                *sum ^= 1;
            }
            let wrong = dealt.regrown(&masked);
            let trees = wrong.chunks(LEAVES).zip(right.chunks(LEAVES));
            assert!(trees.filter(|(wrong, right)| wrong == right).count() == 0);
        }
    }

    /// The cheapest deviation that can pass: it shows if the path avoids the shifted part, half the time.
    #[test]
    fn shifted_sisters_show_unless_they_hang_from_the_path() {
        let mut dealt = Dealt::new(4);
        let (masked, v) = dealt.grow_shifted(|_| true);
        let (got, right) = (dealt.regrown(&masked), dealt.punctured(&v));
        let mut passed = 0;
        for (tree, sides) in dealt.sides.chunks(DEPTH).enumerate() {
            let leaves = tree * LEAVES..(tree + 1) * LEAVES;
            let right_guess = sides[0] == 0;
            assert_eq!(got[leaves.clone()] == right[leaves], right_guess);
            passed += usize::from(right_guess);
        }
        assert!((TREES / 3..2 * TREES / 3).contains(&passed));
    }
}
