//! How safe bucketing is, by the exact count (P10).
//!
//! The adversary makes m leaky triples leak; each goes unnoticed with probability 1/2. It wins if,
//! after the random permutation, all triples of some bucket leak. By the union bound over buckets,
//! Pr <= max_m 2^-m · N · C(m, B) / C(N·B, B), times t − 1 for the choice of the honest party it
//! aims at.

/// Leaky triples combined into one (B). Part of the protocol version.
pub const BUCKET: usize = 4;

/// Statistical security required of a batch: 40 bits after the 64 tries that the hang-up budget of
/// P17 allows.
pub const REQUIRED_BITS: f64 = 46.0;

/// −log2 of the bound above for N = `gates` buckets and t = `parties`.
pub fn security_bits(gates: usize, parties: usize) -> f64 {
    let log_choose = |n: f64| -> f64 {
        (0..BUCKET)
            .map(|i| ((n - i as f64) / (i as f64 + 1.0)).log2())
            .sum()
    };
    let leaking = (BUCKET..=8 * BUCKET)
        .map(|m| log_choose(m as f64) - m as f64)
        .fold(f64::NEG_INFINITY, f64::max);
    let n = gates as f64;
    let honest = (parties.saturating_sub(1)) as f64;
    -(n.log2() + leaking - log_choose(n * BUCKET as f64) + honest.log2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocessing::{BatchError, BatchSize};
    use crate::sha2_family::HashAlgorithm;

    #[test]
    fn one_presignature_of_two_parties_gives_47_bits() {
        let bits = security_bits(16_248, 2);
        assert!((47.0..47.5).contains(&bits), "{bits}");
    }

    #[test]
    fn batches_below_the_bound_are_refused() {
        let hash = HashAlgorithm::Sha256;
        assert!(BatchSize::new(hash, 2, 1).is_ok());
        assert!(matches!(
            BatchSize::new(hash, 2, 0),
            Err(BatchError::TooSmall { least: 1, .. })
        ));
        // 45.7 bits for four parties: three honest ones to aim at.
        assert!(matches!(
            BatchSize::new(hash, 4, 1),
            Err(BatchError::TooSmall { least: 2, .. })
        ));
        assert!(matches!(
            BatchSize::new(hash, 2, 17),
            Err(BatchError::TooLarge { .. })
        ));
    }

    #[test]
    fn the_bound_agrees_with_exhaustive_counting_on_tiny_cases() {
        // N = 3 buckets of 4 out of 12, m = 8 leaking: count subsets that contain a whole bucket.
        let buckets = [0b1111u32, 0b1111 << 4, 0b1111 << 8];
        let (mut bad, mut all) = (0u32, 0u32);
        for subset in 0u32..1 << 12 {
            if subset.count_ones() == 8 {
                all += 1;
                bad += u32::from(buckets.iter().any(|b| subset & b == *b));
            }
        }
        let exact = f64::from(bad) / f64::from(all);
        let union = 3.0 * 70.0 / 495.0;
        assert!(exact <= union && exact > union / 2.0);
    }
}
