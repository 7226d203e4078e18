//! Whether waiting is of use: whether a quorum that cannot sign now may soon be able to by itself.

use std::collections::BTreeSet;

use countersign_wire::{KeyId, NodeName};

use super::{Cluster, Contact, Holders, Member, agreed_threshold, is_linked};
use crate::heartbeat::KeyView;

/// Sets of nodes looked at beyond which there is taken to be hope.
const MAX_SETS: usize = 1024;

impl Cluster {
    /// Whether some quorum lacks no more than what comes by itself: word of a silent member, links
    /// among its members, its activation, a presignature, a member's recovery from a setback.
    /// `ruled_out` says which sets of nodes, by ascending share index, the request has nothing to
    /// expect of.
    pub(crate) fn has_prospects(
        &self,
        key: &KeyId,
        ruled_out: impl Fn(&[NodeName]) -> bool,
    ) -> bool {
        let holders = self.holders(key, |contact| contact != Contact::Gone);
        let threshold = agreed_threshold(&holders);
        if self.unheard() > 0 && holders.len() + self.unheard() >= threshold.unwrap_or(2) {
            return true;
        }
        let Some(threshold) = threshold else {
            return false;
        };
        let members: Vec<(&NodeName, &KeyView)> = self
            .nodes
            .iter()
            .filter_map(|member| Some((&member.name, holders.get(&member.name)?.1)))
            .filter(|(_, key)| key.threshold == threshold)
            .collect();
        let mut search = Search {
            members: &members,
            threshold,
            left: MAX_SETS,
            is_prospect: |set: &[NodeName]| !ruled_out(set) && may_come(set, &holders),
        };
        search.any(0, &mut Vec::new())
    }

    /// How many nodes have not said anything yet and still may, any of which may hold a share.
    fn unheard(&self) -> usize {
        let unheard = |node: &&Member| node.contact == Contact::Silent && node.heartbeat.is_none();
        self.nodes.iter().filter(unheard).count()
    }
}

/// Goes through the sets of nodes that get along.
struct Search<'a, F> {
    members: &'a [(&'a NodeName, &'a KeyView)],
    threshold: usize,
    left: usize,
    is_prospect: F,
}

impl<'a, F: Fn(&[NodeName]) -> bool> Search<'a, F> {
    fn any(&mut self, from: usize, chosen: &mut Vec<(&'a NodeName, &'a KeyView)>) -> bool {
        if self.left == 0 {
            return true;
        }
        self.left -= 1;
        if chosen.len() == self.threshold {
            let set: Vec<NodeName> = chosen.iter().map(|(name, _)| (*name).clone()).collect();
            return (self.is_prospect)(&set);
        }
        for (at, &member) in self.members.iter().enumerate().skip(from) {
            if !chosen.iter().all(|&other| get_along(other, member)) {
                continue;
            }
            chosen.push(member);
            let found = self.any(at + 1, chosen);
            chosen.pop();
            if found {
                return true;
            }
        }
        false
    }
}

/// Whether two nodes are in one governance state, and neither has given the other up.
fn get_along(one: (&NodeName, &KeyView), other: (&NodeName, &KeyView)) -> bool {
    one.1.state == other.1.state
        && !one.1.quarantined.contains(other.0)
        && !other.1.quarantined.contains(one.0)
}

/// Members that are all linked, and yet none of them keeps presignatures for the quorum, will not
/// begin to.
fn may_come(set: &[NodeName], holders: &Holders<'_>) -> bool {
    let set: BTreeSet<NodeName> = set.iter().cloned().collect();
    let mut listed = set
        .iter()
        .filter_map(|node| holders.get(node))
        .flat_map(|(_, key)| &key.quorums)
        .filter(|quorum| quorum.nodes == set)
        .peekable();
    if listed.peek().is_some() {
        return listed.any(|quorum| !quorum.troubled);
    }
    !is_linked(&set, holders)
}
