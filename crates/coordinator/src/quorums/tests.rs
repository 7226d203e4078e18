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
        troubled: false,
        drawn: Drawn::default(),
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
        contact: Contact::Live,
        heartbeat: Some(Arc::new(Heartbeat {
            peers: names("abcde").into_iter().collect(),
            keys: [(KEY.parse().unwrap(), key)].into(),
            raw: Default::default(),
        })),
        heard: Some(Instant::now()),
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
    nodes[2].contact = Contact::Gone;
    assert_eq!(sets(nodes.clone()), ["ab"]);
    assert_eq!(usable(nodes).unwrap().holders, 3);
}

#[test]
fn too_few_live_nodes_are_named() {
    let mut nodes = two_of_three();
    nodes[1].contact = Contact::Gone;
    nodes[2].contact = Contact::Gone;
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
            contact: Contact::Gone,
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

fn has_prospects(nodes: Vec<Member>, ruled_out: &str) -> bool {
    let cluster = Cluster { nodes };
    let gone = names(ruled_out);
    cluster.has_prospects(&KEY.parse().unwrap(), |set| {
        set.iter().any(|node| gone.contains(node))
    })
}

fn unlink(nodes: &mut [Member]) {
    for node in nodes {
        edit(node, |heartbeat| heartbeat.peers.clear());
        edit_key(node, |key| key.quorums.clear());
    }
}

#[test]
fn nodes_never_heard_of_may_hold_a_share() {
    let mut nodes = two_of_three();
    nodes[2].contact = Contact::Gone;
    nodes[2].heartbeat = None;
    assert_eq!(usable(nodes).unwrap().holders, 3);
}

#[test]
fn pools_are_drawn_down_until_the_next_heartbeat() {
    let found = usable(vec![member("a", &[("ab", 2)]), member("b", &[])]).unwrap();
    assert_eq!(found.shortage(), None);
    found.candidates[0].drawn.count();
    assert_eq!(found.shortage(), None);
    found.candidates[0].drawn.count();
    assert_eq!(found.shortage(), Some(Shortage::PoolsEmpty { quorums: 1 }));
}

#[test]
fn empty_inactive_and_unlinked_quorums_are_worth_waiting_for() {
    let mut empty = two_of_three();
    for node in &mut empty {
        edit_key(node, |key| key.quorums.iter_mut().for_each(|q| q.pool = 0));
    }
    assert!(has_prospects(empty.clone(), ""));
    // What the request has learnt counts too.
    assert!(has_prospects(empty.clone(), "a"));
    assert!(!has_prospects(empty, "ab"));

    let mut inactive = two_of_three();
    for node in &mut inactive {
        edit_key(node, |key| {
            key.quorums.iter_mut().for_each(|q| q.usable = false)
        });
    }
    assert!(has_prospects(inactive, ""));

    let mut unlinked = two_of_three();
    unlink(&mut unlinked);
    assert!(has_prospects(unlinked, ""));
}

#[test]
fn silent_nodes_are_worth_waiting_for_until_they_are_gone() {
    let mut silent = two_of_three();
    silent[1].contact = Contact::Silent;
    silent[2].contact = Contact::Silent;
    assert_eq!(refused(silent.clone()).reason(), Reason::NoQuorum);
    assert!(has_prospects(silent.clone(), ""));
    assert!(!has_prospects(silent.clone(), "ab"));
    silent[1].contact = Contact::Gone;
    assert!(has_prospects(silent.clone(), ""));
    silent[2].contact = Contact::Gone;
    assert!(!has_prospects(silent, ""));

    let all = |contact| {
        two_of_three()
            .into_iter()
            .map(move |m| Member { contact, ..m })
    };
    assert!(has_prospects(all(Contact::Silent).collect(), ""));
    assert!(!has_prospects(all(Contact::Gone).collect(), ""));
}

#[test]
fn nodes_not_heard_of_yet_are_worth_waiting_for_if_they_may_be_enough() {
    let unheard = |contact| {
        move |member: Member| Member {
            contact,
            heartbeat: None,
            ..member
        }
    };
    let nodes = |contact| two_of_three().into_iter().map(unheard(contact));
    assert!(has_prospects(nodes(Contact::Silent).collect(), ""));
    assert!(!has_prospects(nodes(Contact::Gone).collect(), ""));
    assert!(!has_prospects(nodes(Contact::Silent).take(1).collect(), ""));

    let mut one_known = two_of_three();
    one_known[1].contact = Contact::Gone;
    one_known[2] = unheard(Contact::Silent)(one_known[2].clone());
    assert!(has_prospects(one_known.clone(), ""));
    edit_key(&mut one_known[0], |key| key.threshold = 3);
    assert!(!has_prospects(one_known, ""));
}

#[test]
fn what_will_not_come_is_not_waited_for() {
    let mut one_left = two_of_three();
    one_left[0].contact = Contact::Gone;
    one_left[1].contact = Contact::Gone;
    assert!(!has_prospects(one_left, ""));
    assert!(!has_prospects(vec![], ""));

    let mut ended = two_of_three();
    for node in &mut ended {
        edit_key(node, |key| key.quorums.clear());
    }
    assert!(!has_prospects(ended, ""));

    let mut troubled = two_of_three();
    for node in &mut troubled {
        edit_key(node, |key| {
            for quorum in &mut key.quorums {
                quorum.usable = false;
                quorum.troubled = true;
            }
        });
    }
    assert!(!has_prospects(troubled, ""));
}

#[test]
fn nodes_that_are_apart_are_not_waited_for() {
    let mut all_apart = two_of_three();
    unlink(&mut all_apart);
    edit_key(&mut all_apart[1], |key| key.state = vec![2]);
    edit_key(&mut all_apart[2], |key| key.state = vec![3]);
    assert!(!has_prospects(all_apart, ""));

    let mut quarantined = two_of_three();
    unlink(&mut quarantined);
    edit_key(&mut quarantined[0], |key| {
        key.quarantined = names("bc").into_iter().collect()
    });
    assert!(has_prospects(quarantined.clone(), ""));
    edit_key(&mut quarantined[2], |key| {
        key.quarantined = [name("b")].into()
    });
    assert!(!has_prospects(quarantined, ""));
}

#[test]
fn the_search_for_prospects_is_bounded() {
    // 8 of 16, every set of which is ruled out: 12,870 of them.
    let letters: Vec<String> = ('a'..='p').map(String::from).collect();
    let nodes = letters
        .iter()
        .map(|letter| {
            let mut node = member(letter, &[]);
            edit_key(&mut node, |key| key.threshold = 8);
            node
        })
        .collect();
    assert!(has_prospects(nodes, "abcdefghijklmnop"));
}
