//! What nodes said against a request, and what to tell the client if nothing else remains.

use std::collections::BTreeMap;

use countersign_wire::{NodeName, Reason, Refusal};

/// One refusal for each node that gave one.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    refusals: BTreeMap<NodeName, Refusal>,
}

impl Verdict {
    /// Notes a refusal. Its word on whether the request itself is at fault outlives later ones on
    /// the node's own state.
    pub(crate) fn note(&mut self, node: &NodeName, refusal: Refusal) {
        let weightier = self
            .refusals
            .get(node)
            .is_none_or(|earlier| !earlier.reason().is_definitive());
        if weightier {
            self.refusals.insert(node.clone(), refusal.at_node(node));
        }
    }

    /// The refusal that is final at once, if at least `needed` nodes lay the fault in the request:
    /// n-t+1, which leave no quorum. Fewer may be lying.
    pub(crate) fn definitive(&self, needed: usize) -> Option<Refusal> {
        let definitive = || {
            self.refusals
                .values()
                .filter(|refusal| refusal.reason().is_definitive())
        };
        if definitive().count() < needed {
            return None;
        }
        let mut votes: BTreeMap<i32, usize> = BTreeMap::new();
        for refusal in definitive() {
            *votes.entry(refusal.reason).or_default() += 1;
        }
        let (reason, _) = votes.into_iter().max_by_key(|(_, votes)| *votes)?;
        let speaker = definitive().find(|refusal| refusal.reason == reason)?;
        Some(
            Refusal::new(speaker.reason())
                .with_rule(speaker.rule.clone())
                .with_detail(speaker.detail.clone())
                .with_causes(self.causes()),
        )
    }

    /// The refusal when no quorum is left to try: the nodes' common reason if they have one, else
    /// that too few are left.
    pub(crate) fn exhausted(&self) -> Refusal {
        let mut refusals = self.refusals.values();
        let common = refusals
            .next()
            .map(Refusal::reason)
            .filter(|reason| !reason.is_definitive())
            .filter(|reason| refusals.all(|refusal| refusal.reason() == *reason));
        let reason = common.unwrap_or(Reason::NoQuorum);
        let names: Vec<&str> = self.refusals.keys().map(NodeName::as_str).collect();
        let mut refusal = Refusal::new(reason)
            .with_rule("quorum")
            .with_detail(format!(
                "no quorum is left to try after the answers of {}",
                names.join(", ")
            ))
            .with_causes(self.causes());
        refusal.retry_after_ms = self.retry_after_ms();
        refusal
    }

    /// The refusal when the deadline passes first.
    pub(crate) fn too_late<'a>(&self, awaited: impl Iterator<Item = &'a NodeName>) -> Refusal {
        let mut names: Vec<&str> = awaited.map(NodeName::as_str).collect();
        names.sort_unstable();
        names.dedup();
        Refusal::new(Reason::Deadline)
            .with_rule("deadline")
            .with_detail(format!(
                "the deadline passed while waiting for {}",
                names.join(", ")
            ))
            .with_causes(self.causes())
    }

    /// What each node said.
    pub(crate) fn causes(&self) -> Vec<Refusal> {
        self.refusals.values().cloned().collect()
    }

    /// The shortest time after which some node would have this request again.
    fn retry_after_ms(&self) -> u64 {
        self.refusals
            .values()
            .map(|refusal| refusal.retry_after_ms)
            .filter(|after| *after > 0)
            .min()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn verdict(said: &[(&str, Reason)]) -> Verdict {
        let mut verdict = Verdict::default();
        for (node, reason) in said {
            let refusal = Refusal::new(*reason).with_rule(format!("rule-of-{node}"));
            verdict.note(&node.parse().unwrap(), refusal);
        }
        verdict
    }

    #[test]
    fn fewer_denials_than_leave_no_quorum_are_not_final() {
        let one = verdict(&[("a", Reason::PolicyDenied)]);
        assert_eq!(one.definitive(2), None);
        let transient = verdict(&[("a", Reason::PolicyDenied), ("b", Reason::NotReady)]);
        assert_eq!(transient.definitive(2), None);
        // With t = n each node can stop a request anyway.
        assert!(one.definitive(1).is_some());
    }

    #[test]
    fn enough_denials_are_final_and_all_are_told() {
        let two = verdict(&[
            ("a", Reason::PolicyDenied),
            ("b", Reason::PolicyDenied),
            ("c", Reason::NotReady),
        ]);
        let refusal = two.definitive(2).unwrap();
        assert_eq!(refusal.reason(), Reason::PolicyDenied);
        assert_eq!(refusal.rule, "rule-of-a");
        assert_eq!(refusal.node, "");
        let nodes: Vec<_> = refusal.causes.iter().map(|cause| &cause.node).collect();
        assert_eq!(nodes, ["a", "b", "c"]);
    }

    #[test]
    fn a_node_cannot_take_back_a_denial_or_speak_for_another() {
        let node = "a".parse().unwrap();
        let mut verdict = Verdict::default();
        let posing = Refusal::new(Reason::Stale).at_node(&"b".parse().unwrap());
        verdict.note(&node, posing);
        verdict.note(&node, Refusal::new(Reason::NotReady));
        let refusal = verdict.definitive(1).unwrap();
        assert_eq!(refusal.reason(), Reason::Stale);
        assert_eq!(refusal.causes[0].node, "a");
    }

    #[test]
    fn the_common_reason_is_told_when_nothing_is_left() {
        let both_empty = verdict(&[("a", Reason::PoolEmpty), ("b", Reason::PoolEmpty)]);
        assert_eq!(both_empty.exhausted().reason(), Reason::PoolEmpty);
        let mixed = verdict(&[("a", Reason::PoolEmpty), ("b", Reason::NotReady)]);
        assert_eq!(mixed.exhausted().reason(), Reason::NoQuorum);
        // A single denial is not the deployment's word.
        let denied = verdict(&[("a", Reason::PolicyDenied)]);
        assert_eq!(denied.exhausted().reason(), Reason::NoQuorum);
        assert_eq!(denied.exhausted().causes[0].reason(), Reason::PolicyDenied);
    }

    #[test]
    fn the_shortest_wait_is_told() {
        let mut waits = Verdict::default();
        for (node, wait) in [("a", 300), ("b", 200), ("c", 0)] {
            let refusal = Refusal::new(Reason::PoolEmpty).retry_after(Duration::from_millis(wait));
            waits.note(&node.parse().unwrap(), refusal);
        }
        assert_eq!(waits.exhausted().retry_after_ms, 200);
    }
}
