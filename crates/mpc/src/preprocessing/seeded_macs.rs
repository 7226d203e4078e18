//! MACs kept as the seeds they are made from.

use super::cot;
use super::session::SessionId;
use crate::block::Block;
use crate::buffers::Blocks;
use crate::dealing::LEAVES;
use crate::party::Party;
use crate::prf::expand_blocks;

/// The evaluator's MACs on its shares of σ towards one garbler, for one presignature. A receiver's MACs in
/// correlated OT extension are sums of expanded seeds, whatever its bits are; so the seeds are kept, 7,680
/// bytes in the place of 16 for each gate.
pub(crate) struct SeededMacs {
    /// All of each subfield but the first, which has weight 0.
    seeds: Blocks,
    gates: usize,
}

impl SeededMacs {
    /// From all seeds of a receiver.
    pub(super) fn new(seeds: &[Block], gates: usize) -> Self {
        let weighted = seeds.chunks(LEAVES).flat_map(|subfield| &subfield[1..]);
        Self {
            seeds: weighted.copied().collect(),
            gates,
        }
    }

    /// The MACs, gate by gate.
    pub(crate) fn expand(&self) -> Blocks {
        let columns = cot::receiver_columns(&self.seeds, column_len(self.gates));
        let mut macs = cot::transposed(&columns);
        macs.shorten(self.gates);
        macs
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.seeds[..])
    }
}

/// Blocks in a column with a bit for each gate.
pub(super) fn column_len(gates: usize) -> usize {
    gates.div_ceil(128)
}

/// Seeds for the MACs on σ: for each presignature of the batch its own, of which those of another tell
/// nothing.
pub(super) fn seeds_of_each(
    base: &[Block],
    session: &SessionId,
    receiver: Party,
    sender: Party,
    presignatures: usize,
) -> Vec<Blocks> {
    let roots = cot::session_seeds("countersign sigma seed", base, session, receiver, sender);
    let expanded: Vec<Blocks> = roots
        .iter()
        .map(|&root| expand_blocks(root, presignatures))
        .collect();
    (0..presignatures)
        .map(|number| expanded.iter().map(|seeds| seeds[number]).collect())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use super::super::cot::tests::Dealt;
    use super::*;

    #[test]
    fn kept_seeds_give_the_macs_whatever_the_bits_are() {
        for gates in [1, 128, 129, 16_248] {
            let mut dealt = Dealt::new(1);
            let kept = SeededMacs::new(&dealt.receiver, gates);
            assert_eq!(kept.bytes(), 32 * 15 * 16);
            let macs = kept.expand();
            assert_eq!(macs.len(), gates);
            for _ in 0..2 {
                let sigma = dealt.bits(column_len(gates));
                let (columns, _) = cot::receive(&dealt.receiver, &sigma);
                assert!(macs[..] == cot::transposed(&columns)[..gates]);
            }
        }
    }

    #[test]
    fn no_two_presignatures_have_a_seed_in_common() {
        let base = Dealt::new(2).receiver;
        let [one, two, three] = [1, 2, 3].map(|index| Party::new(index).unwrap());
        let runs = [
            ([7; 32], one, two),
            ([8; 32], one, two),
            ([7; 32], two, one),
            ([7; 32], one, three),
        ];
        let mut seen: HashSet<Block> = base.iter().copied().collect();
        for (session, receiver, sender) in runs {
            let session = SessionId(session);
            for seeds in seeds_of_each(&base, &session, receiver, sender, 3) {
                assert_eq!(seeds.len(), base.len());
                seen.extend(seeds.iter());
            }
        }
        assert_eq!(seen.len(), base.len() * (1 + runs.len() * 3));
    }

    #[test]
    fn both_ends_derive_the_same_seeds() {
        let dealt = Dealt::new(3);
        let [receiver, sender] = [1, 2].map(|index| Party::new(index).unwrap());
        let session = SessionId([9; 32]);
        let of = |base: &[Block]| seeds_of_each(base, &session, receiver, sender, 2);
        let (all, punctured) = (of(&dealt.receiver), of(&dealt.sender));
        for (all, punctured) in all.iter().zip(&punctured) {
            let missing = dealt.delta as usize % LEAVES;
            let expected = (1..LEAVES).map(|offset| all[offset ^ missing]);
            assert!(expected.eq(punctured[..LEAVES - 1].iter().copied()));
        }
    }
}
