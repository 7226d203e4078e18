use super::*;

const KEY: &str = "venue-main";

fn name(text: &str) -> NodeName {
    text.parse().unwrap()
}

fn names(text: &str) -> Vec<NodeName> {
    text.chars().map(|c| name(&c.to_string())).collect()
}

fn quorum(nodes: &str, pool: u32) -> QuorumView {
    QuorumView {
        nodes: names(nodes).into_iter().collect(),
        pool,
        usable: true,
    }
}

/// A live node with links to all, of threshold 2, that evaluates for these quorums.
fn member(node: &str, quorums: &[(&str, u32)]) -> Member {
    let key = KeyView {
        threshold: 2,
        state: vec![1],
        quarantined: BTreeSet::new(),
        quorums: quorums.iter().map(|(n, pool)| quorum(n, *pool)).collect(),
    };
    Member {
        name: name(node),
        live: true,
        heartbeat: Some(Arc::new(Heartbeat {
            peers: names("abcde").into_iter().collect(),
            keys: [(KEY.parse().unwrap(), key)].into(),
            raw: Default::default(),
        })),
    }
}

fn edit(member: &mut Member, change: impl FnOnce(&mut Heartbeat)) {
    let mut heartbeat = (**member.heartbeat.as_ref().unwrap()).clone();
    change(&mut heartbeat);
    member.heartbeat = Some(Arc::new(heartbeat));
}

fn edit_key(member: &mut Member, change: impl FnOnce(&mut KeyView)) {
    edit(member, |heartbeat| {
        change(heartbeat.keys.values_mut().next().unwrap());
    });
}

fn two_of_three() -> Vec<Member> {
    vec![
        member("a", &[("ab", 5), ("ac", 5)]),
        member("b", &[("bc", 5)]),
        member("c", &[]),
    ]
}

fn usable(nodes: Vec<Member>) -> Result<Usable, Shortage> {
    Cluster { nodes }.usable(&KEY.parse().unwrap())
}

fn sets(nodes: Vec<Member>) -> Vec<String> {
    let mut sets: Vec<String> = usable(nodes)
        .unwrap()
        .candidates
        .iter()
        .map(|candidate| {
            candidate
                .quorum
                .nodes
                .iter()
                .map(NodeName::as_str)
                .collect()
        })
        .collect();
    sets.sort();
    sets
}

fn refused(nodes: Vec<Member>) -> Refusal {
    usable(nodes).unwrap_err().refusal(&KEY.parse().unwrap())
}

#[test]
fn every_announced_quorum_of_live_nodes_is_a_candidate() {
    assert_eq!(sets(two_of_three()), ["ab", "ac", "bc"]);
    let found = usable(two_of_three()).unwrap();
    assert_eq!((found.threshold, found.holders), (2, 3));
}

#[test]
fn quorums_with_a_dead_member_are_not() {
    let mut nodes = two_of_three();
    nodes[2].live = false;
    assert_eq!(sets(nodes.clone()), ["ab"]);
    assert_eq!(usable(nodes).unwrap().holders, 3);
}

#[test]
fn too_few_live_nodes_are_named() {
    let mut nodes = two_of_three();
    nodes[1].live = false;
    nodes[2].live = false;
    let refusal = refused(nodes);
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("needs 2"), "{}", refusal.detail);
    assert!(
        refusal.detail.contains("not reachable: b, c"),
        "{}",
        refusal.detail
    );

    let all_dead = two_of_three()
        .into_iter()
        .map(|member| Member {
            live: false,
            ..member
        })
        .collect();
    assert_eq!(refused(all_dead).reason(), Reason::NoQuorum);
    assert_eq!(refused(vec![]).reason(), Reason::NoQuorum);
}

#[test]
fn unknown_keys_are_told_from_missing_nodes() {
    let cluster = Cluster {
        nodes: two_of_three(),
    };
    let shortage = cluster.usable(&"other".parse().unwrap()).unwrap_err();
    assert_eq!(shortage, Shortage::UnknownKey);

    let mut nodes = two_of_three();
    for at in [1, 2] {
        edit(&mut nodes[at], |heartbeat| heartbeat.keys.clear());
    }
    let refusal = refused(nodes);
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(
        refusal.detail.contains("without the key: b, c"),
        "{}",
        refusal.detail
    );
}

#[test]
fn empty_pools_are_told_with_a_time_to_wait() {
    let nodes = vec![
        member("a", &[("ab", 0), ("ac", 0)]),
        member("b", &[]),
        member("c", &[]),
    ];
    let refusal = refused(nodes);
    assert_eq!(refusal.reason(), Reason::PoolEmpty);
    assert!(refusal.retry_after_ms > 0);

    let mut one_left = two_of_three();
    edit_key(&mut one_left[0], |key| {
        key.quorums.iter_mut().for_each(|quorum| quorum.pool = 0);
    });
    assert_eq!(sets(one_left), ["bc"]);
}

#[test]
fn inactive_quarantined_and_differing_quorums_are_left_out() {
    let mut inactive = two_of_three();
    edit_key(&mut inactive[0], |key| key.quorums[0].usable = false);
    assert_eq!(sets(inactive), ["ac", "bc"]);

    // One side's word is enough.
    let mut quarantined = two_of_three();
    edit_key(&mut quarantined[2], |key| {
        key.quarantined = [name("b")].into()
    });
    assert_eq!(sets(quarantined), ["ab", "ac"]);

    let mut other_state = two_of_three();
    edit_key(&mut other_state[1], |key| key.state = vec![2]);
    assert_eq!(sets(other_state), ["ac"]);

    let mut all_apart = two_of_three();
    edit_key(&mut all_apart[1], |key| key.state = vec![2]);
    edit_key(&mut all_apart[2], |key| key.state = vec![3]);
    assert_eq!(refused(all_apart).reason(), Reason::NoQuorum);
}

#[test]
fn a_liar_does_not_change_the_threshold() {
    let mut nodes = two_of_three();
    nodes.push(member("d", &[]));
    edit_key(&mut nodes[3], |key| {
        key.threshold = 1;
        key.quorums = vec![quorum("d", 1000)];
    });
    assert_eq!(sets(nodes), ["ab", "ac", "bc"]);

    let mut inflated = two_of_three();
    edit_key(&mut inflated[2], |key| key.threshold = 3);
    assert_eq!(sets(inflated), ["ab"]);

    let mut larger = two_of_three();
    edit_key(&mut larger[0], |key| key.quorums.push(quorum("abc", 9)));
    assert_eq!(sets(larger), ["ab", "ac", "bc"]);
}

fn pick(candidates: &[Candidate], lessons: &Lessons) -> Option<String> {
    let chosen = choose(candidates, lessons, |_| false, |_| 0)?;
    Some(chosen.quorum.nodes.iter().map(NodeName::as_str).collect())
}

fn candidate(nodes: &str, pool: u32) -> Candidate {
    Candidate {
        quorum: Quorum {
            nodes: names(nodes),
            evaluator: names(nodes)[0].clone(),
        },
        pool,
        linked: true,
    }
}

#[test]
fn the_deepest_pool_comes_first() {
    let candidates = [candidate("ab", 3), candidate("ac", 9), candidate("bc", 5)];
    assert_eq!(pick(&candidates, &Lessons::default()).unwrap(), "ac");
}

#[test]
fn a_pool_of_millions_draws_no_more_than_a_deep_one() {
    let candidates = [candidate("ab", DEEP_POOL), candidate("ac", u32::MAX)];
    let busy = |node: &NodeName| usize::from(*node == name("c"));
    let chosen = choose(&candidates, &Lessons::default(), |_| false, busy).unwrap();
    assert_eq!(chosen.quorum.nodes, names("ab"));
}

#[test]
fn busy_nodes_are_spared() {
    let candidates = [candidate("ab", 8), candidate("cd", 6)];
    let busy = |node: &NodeName| if *node == name("b") { 3 } else { 0 };
    let chosen = choose(&candidates, &Lessons::default(), |_| false, busy).unwrap();
    assert_eq!(chosen.quorum.nodes, names("cd"));
}

#[test]
fn poor_standing_and_missing_links_come_last_but_come() {
    let mut candidates = [candidate("ab", 9), candidate("ac", 9), candidate("bc", 1)];
    candidates[0].linked = false;
    let poor = |quorum: &Quorum| quorum.nodes == names("ac");
    let mut lessons = Lessons::default();
    let mut order = Vec::new();
    while let Some(next) = choose(&candidates, &lessons, poor, |_| 0) {
        lessons.tried.insert(next.quorum.clone());
        order.push(next.quorum.nodes.clone());
    }
    assert_eq!(order, [names("bc"), names("ab"), names("ac")]);
}

#[test]
fn links_are_believed_only_if_all_members_state_them() {
    let mut nodes = two_of_three();
    edit(&mut nodes[1], |heartbeat| {
        heartbeat.peers.remove(&name("c"));
    });
    let found = usable(nodes).unwrap();
    for candidate in found.candidates {
        let expected = candidate.quorum.nodes != names("bc");
        assert_eq!(candidate.linked, expected, "{candidate:?}");
    }
}

#[test]
fn failed_nodes_and_sets_are_avoided() {
    let candidates = [candidate("ab", 9), candidate("ac", 5), candidate("bc", 1)];
    let mut lessons = Lessons::default();
    lessons.failed_nodes.insert(name("a"));
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bc");
    lessons.failed_sets.insert(names("bc"));
    assert_eq!(pick(&candidates, &lessons), None);
}

#[test]
fn a_hedge_shares_as_few_awaited_nodes_as_possible() {
    let candidates = [
        candidate("ab", 9),
        candidate("ac", 9),
        candidate("cd", 1),
        candidate("bd", 8),
    ];
    let mut lessons = Lessons::default();
    lessons.tried.insert(candidates[0].quorum.clone());
    lessons.awaited = [(name("a"), 1), (name("b"), 1)].into();
    assert_eq!(pick(&candidates, &lessons).unwrap(), "cd");
    // Once b has answered, only a is suspect.
    lessons.awaited = [(name("a"), 1)].into();
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bd");
}

#[test]
fn three_hedges_of_two_of_three_cover_every_pair() {
    let candidates = [candidate("ab", 1), candidate("ac", 1), candidate("bc", 1)];
    let mut lessons = Lessons::default();
    let mut seen = BTreeSet::new();
    while let Some(next) = choose(&candidates, &lessons, |_| false, |_| 0) {
        lessons.tried.insert(next.quorum.clone());
        for node in &next.quorum.nodes {
            *lessons.awaited.entry(node.clone()).or_default() += 1;
        }
        seen.insert(next.quorum.nodes.clone());
    }
    assert_eq!(seen.len(), 3);
}
