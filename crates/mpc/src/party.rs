//! Parties and quorums.

use core::fmt;

/// A node as the protocol sees it: the x-coordinate of its Shamir share, 1 to 16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(u8);

impl Party {
    /// The highest index, and so the largest number of nodes.
    pub const MAX: u8 = 16;

    /// The party with share index `index`; `None` outside 1 to 16.
    pub fn new(index: u8) -> Option<Self> {
        (1..=Self::MAX).contains(&index).then_some(Self(index))
    }

    /// The share index.
    pub fn index(self) -> u8 {
        self.0
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "party {}", self.0)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The t parties that sign together, in order of share index. One of them, fixed by the set itself,
/// is the evaluator; the others are garblers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Quorum {
    members: Vec<Party>,
}

impl Quorum {
    /// The quorum of `members`; `None` when there are fewer than two, more than 16, or repetitions.
    pub fn new(members: impl IntoIterator<Item = Party>) -> Option<Self> {
        let mut members: Vec<Party> = members.into_iter().collect();
        members.sort_unstable();
        let distinct = members.windows(2).all(|pair| pair[0] != pair[1]);
        let sized = (2..=usize::from(Party::MAX)).contains(&members.len());
        (distinct && sized).then_some(Self { members })
    }

    /// Members by rising share index.
    pub fn members(&self) -> &[Party] {
        &self.members
    }

    /// Share indices of the members, rising: the quorum in hashes and on disk.
    pub fn indices(&self) -> Vec<u8> {
        self.members.iter().map(|member| member.index()).collect()
    }

    /// t.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// Whether `party` is a member.
    pub fn contains(&self, party: Party) -> bool {
        self.members.binary_search(&party).is_ok()
    }

    /// The evaluator: the member at position (sum of share indices mod t), so that over all quorums
    /// of a deployment the role falls on every node about equally often.
    pub fn evaluator(&self) -> Party {
        let sum: usize = self.members.iter().map(|m| usize::from(m.0)).sum();
        self.members[sum % self.members.len()]
    }

    /// The members but `me`, by rising index. Vectors "per peer" are in this order throughout.
    pub fn peers_of(&self, me: Party) -> Vec<Party> {
        self.members.iter().copied().filter(|&m| m != me).collect()
    }

    /// The garblers: all members but the evaluator.
    pub fn garblers(&self) -> Vec<Party> {
        self.peers_of(self.evaluator())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quorum(indices: &[u8]) -> Option<Quorum> {
        Quorum::new(indices.iter().map(|&i| Party::new(i).unwrap()))
    }

    #[test]
    fn quorums_are_sets_of_at_least_two() {
        assert!(quorum(&[1]).is_none());
        assert!(quorum(&[1, 1]).is_none());
        assert_eq!(quorum(&[3, 1]), quorum(&[1, 3]));
        assert!(Party::new(0).is_none() && Party::new(17).is_none());
    }

    #[test]
    fn the_evaluator_role_is_spread_over_two_of_three() {
        let evaluators: std::collections::HashSet<_> = [[1, 2], [2, 3], [1, 3]]
            .iter()
            .map(|q| quorum(q).unwrap().evaluator())
            .collect();
        assert_eq!(evaluators.len(), 3);
    }
}
