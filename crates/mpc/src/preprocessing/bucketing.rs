//! How safe bucketing is (P10).
//!
//! The adversary spoils m leaky ANDs, before the permutation is known. Every bucket with a spoiled one
//! in it passes its check with probability at most 1/2, independently of the others; the adversary
//! wins if all pass and some bucket is spoiled whole. By the union bound over buckets, with the m
//! placed one after the other,
//!
//! Pr <= max_m N · C(m, B) / C(N·B, B) · 1/2 · Π_{i = 1..m−B} (1 + p_i)/2,
//!
//! p_i <= (B − 1)(i − 1) / (B·N − B − i + 1) being the chance that the i-th falls into a bucket already
//! touched; times t − 1 for the choice of the honest party it aims at. docs/protocol.md, section 4.4.

/// Leaky ANDs in a bucket (B). Part of the protocol version.
pub const BUCKET: usize = 4;

/// Statistical security required of a batch: 40 bits after the 64 tries that the hang-up budget of
/// P17 allows.
pub const REQUIRED_BITS: f64 = 46.0;

/// −log2 of the bound above for N = `gates` buckets and t = `parties`.
pub fn security_bits(gates: usize, parties: usize) -> f64 {
    let (n, b) = (gates as f64, BUCKET as f64);
    let log_choose = |m: f64| -> f64 {
        (0..BUCKET)
            .map(|i| ((m - i as f64) / (i as f64 + 1.0)).log2())
            .sum()
    };
    // log2 of the probability that all touched buckets pass, and of the whole bound, for growing m.
    let mut passing = -1.0;
    let mut worst = f64::NEG_INFINITY;
    for m in BUCKET..=16 * BUCKET {
        if m > BUCKET {
            let i = (m - BUCKET) as f64;
            let touched = (b - 1.0) * (i - 1.0) / (b * n - b - i + 1.0);
            passing += ((1.0 + touched) / 2.0).log2();
        }
        worst = f64::max(worst, log_choose(m as f64) + passing);
    }
    let honest = (parties.saturating_sub(1)) as f64;
    -(n.log2() + worst - log_choose(n * b) + honest.log2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocessing::{BatchError, BatchSize};
    use crate::sha2_family::HashAlgorithm;

    #[test]
    fn two_presignatures_of_two_parties_give_47_bits() {
        let bits = security_bits(2 * 16_248, 2);
        assert!((47.0..47.5).contains(&bits), "{bits}");
        assert!(security_bits(16_248, 2) < REQUIRED_BITS);
    }

    #[test]
    fn batches_below_the_bound_are_refused() {
        let hash = HashAlgorithm::Sha256;
        assert!(BatchSize::new(hash, 2, 2).is_ok());
        assert!(matches!(
            BatchSize::new(hash, 2, 1),
            Err(BatchError::TooSmall { least: 2, .. })
        ));
        // 45.7 bits for four parties: three honest ones to aim at.
        assert!(matches!(
            BatchSize::new(hash, 4, 2),
            Err(BatchError::TooSmall { least: 3, .. })
        ));
        assert!(matches!(
            BatchSize::new(hash, 2, 17),
            Err(BatchError::TooLarge { .. })
        ));
    }

    /// Against the exact probability, for the best m, on a case small enough to count: 3 buckets of 4,
    /// every set of m spoiled ones, and every touched bucket passing with probability 1/2.
    #[test]
    fn the_bound_holds_on_a_case_small_enough_to_count() {
        let buckets = [0b1111u32, 0b1111 << 4, 0b1111 << 8];
        let mut exact = [0.0; 13];
        let mut sets = [0.0; 13];
        for spoiled in 0u32..1 << 12 {
            let m = spoiled.count_ones() as usize;
            sets[m] += 1.0;
            if buckets.iter().any(|b| spoiled & b == *b) {
                let touched = buckets.iter().filter(|b| spoiled & **b != 0).count();
                exact[m] += f64::powi(0.5, touched as i32);
            }
        }
        let worst = (4..=12).map(|m| exact[m] / sets[m]).fold(0.0, f64::max);
        let bound = f64::exp2(-security_bits(3, 2));
        assert!(worst <= bound, "{worst} > {bound}");
    }
}
