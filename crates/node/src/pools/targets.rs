//! Which quorums a node keeps presignatures for.

use countersign_mpc::{Party, Quorum};

/// The quorums of `threshold` among `me` and the `available` peers that `me` evaluates for, at most
/// `most`. When there are more, they are taken evenly spread over the list of all, so that every
/// peer appears in some; as peers come and go the choice follows.
pub fn targets(me: Party, available: &[Party], threshold: u8, most: usize) -> Vec<Quorum> {
    let mut members: Vec<Party> = available
        .iter()
        .copied()
        .filter(|&peer| peer != me)
        .collect();
    members.sort_unstable();
    members.dedup();
    let mut all = Vec::new();
    let choose = usize::from(threshold).saturating_sub(1);
    combinations(&members, choose, &mut Vec::new(), &mut |chosen| {
        let quorum = Quorum::new(chosen.iter().copied().chain([me]));
        all.extend(quorum.filter(|quorum| quorum.evaluator() == me));
    });
    if all.len() <= most {
        return all;
    }
    let step = all.len() as f64 / most as f64;
    (0..most)
        .map(|i| all[(i as f64 * step) as usize].clone())
        .collect()
}

fn combinations(
    from: &[Party],
    choose: usize,
    chosen: &mut Vec<Party>,
    take: &mut impl FnMut(&[Party]),
) {
    if choose == 0 {
        take(chosen);
        return;
    }
    for (at, &party) in from.iter().enumerate() {
        chosen.push(party);
        combinations(&from[at + 1..], choose - 1, chosen, take);
        chosen.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parties(indices: std::ops::RangeInclusive<u8>) -> Vec<Party> {
        indices.map(|i| Party::new(i).unwrap()).collect()
    }

    #[test]
    fn every_quorum_has_exactly_one_evaluator() {
        let all = parties(1..=5);
        let total: usize = all.iter().map(|&me| targets(me, &all, 3, 100).len()).sum();
        assert_eq!(total, 10);
    }

    #[test]
    fn a_lost_peer_leaves_the_quorums_without_it() {
        let (a, rest) = (Party::new(1).unwrap(), parties(2..=2));
        assert!(targets(a, &rest, 2, 10).len() <= 1);
        assert!(targets(a, &[], 2, 10).is_empty());
    }

    #[test]
    fn the_number_of_quorums_is_bounded() {
        let all = parties(1..=16);
        assert_eq!(targets(all[0], &all, 8, 16).len(), 16);
    }
}
