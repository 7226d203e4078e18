use super::*;
use crate::heartbeat::Drawn;

fn name(text: &str) -> NodeName {
    text.parse().unwrap()
}

fn names(text: &str) -> Vec<NodeName> {
    text.chars().map(|c| name(&c.to_string())).collect()
}

fn usable(candidates: &[Candidate]) -> Usable {
    Usable {
        threshold: 2,
        holders: 3,
        candidates: candidates.to_vec(),
        empty: vec![],
    }
}

fn terms() -> Terms {
    Terms {
        now: Instant::now(),
        attempts: 6,
        waited: false,
    }
}

fn pick_on(candidates: &[Candidate], lessons: &Lessons, terms: &Terms) -> Option<String> {
    let usable = usable(candidates);
    let chosen = choose(&usable, lessons, terms, |_| false, |_| 0)?;
    Some(chosen.quorum.nodes.iter().map(NodeName::as_str).collect())
}

fn pick(candidates: &[Candidate], lessons: &Lessons) -> Option<String> {
    pick_on(candidates, lessons, &terms())
}

fn candidate(nodes: &str, pool: u32) -> Candidate {
    Candidate {
        quorum: Quorum {
            nodes: names(nodes),
            evaluator: names(nodes)[0].clone(),
        },
        pool,
        drawn: Drawn::default(),
        linked: true,
        heard: vec![Instant::now(); nodes.len()],
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
    let usable = usable(&candidates);
    let chosen = choose(&usable, &Lessons::default(), &terms(), |_| false, busy).unwrap();
    assert_eq!(chosen.quorum.nodes, names("ab"));
}

#[test]
fn busy_nodes_are_spared() {
    let candidates = [candidate("ab", 8), candidate("cd", 6)];
    let busy = |node: &NodeName| if *node == name("b") { 3 } else { 0 };
    let usable = usable(&candidates);
    let chosen = choose(&usable, &Lessons::default(), &terms(), |_| false, busy).unwrap();
    assert_eq!(chosen.quorum.nodes, names("cd"));
}

#[test]
fn poor_standing_and_missing_links_come_last_but_come() {
    let mut candidates = [candidate("ab", 9), candidate("ac", 9), candidate("bc", 1)];
    candidates[0].linked = false;
    let poor = |quorum: &Quorum| quorum.nodes == names("ac");
    let mut lessons = Lessons::default();
    let mut order = Vec::new();
    let usable = usable(&candidates);
    while let Some(next) = choose(&usable, &lessons, &terms(), poor, |_| 0) {
        lessons.asking(&next.quorum);
        order.push(next.quorum.nodes.clone());
    }
    assert_eq!(order, [names("bc"), names("ab"), names("ac")]);
}

#[test]
fn failed_nodes_and_sets_are_avoided() {
    let candidates = [candidate("ab", 9), candidate("ac", 5), candidate("bc", 1)];
    let mut lessons = Lessons::default();
    lessons.node_failed(&name("a"));
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bc");
    lessons.set_failed(&names("bc"));
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
    lessons.asking(&candidates[0].quorum);
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
    let usable = usable(&candidates);
    while let Some(next) = choose(&usable, &lessons, &terms(), |_| false, |_| 0) {
        lessons.asking(&next.quorum);
        for node in &next.quorum.nodes {
            *lessons.awaited.entry(node.clone()).or_default() += 1;
        }
        seen.insert(next.quorum.nodes.clone());
    }
    assert_eq!(seen.len(), 3);
}

/// As candidates are after heartbeats of all nodes.
fn heard_again(candidates: &mut [Candidate]) {
    for candidate in candidates {
        candidate.heard.fill(Instant::now());
    }
}

#[test]
fn a_quorum_that_failed_is_asked_again_only_after_news_of_it() {
    let mut candidates = [candidate("ab", 1)];
    let mut lessons = Lessons::default();
    lessons.asking(&candidates[0].quorum);
    heard_again(&mut candidates);
    assert_eq!(pick(&candidates, &lessons), None, "under way");
    lessons.failed(&candidates[0].quorum, Instant::now());
    assert_eq!(pick(&candidates, &lessons), None, "no news");
    heard_again(&mut candidates);
    assert_eq!(pick(&candidates, &lessons).unwrap(), "ab");
}

#[test]
fn who_fails_again_and_again_is_asked_less_and_less_often() {
    let mut candidates = [candidate("ab", u32::MAX)];
    let mut lessons = Lessons::default();
    let failed = Instant::now();
    let mut rest = Duration::ZERO;
    for round in 0..10 {
        lessons.asking(&candidates[0].quorum);
        lessons.failed(&candidates[0].quorum, failed);
        heard_again(&mut candidates);
        let at = |now| Terms { now, ..terms() };
        let early = rest.saturating_sub(Duration::from_millis(1));
        if round > 0 {
            assert_eq!(
                pick_on(&candidates, &lessons, &at(failed + early)),
                None,
                "{round}"
            );
        }
        assert!(
            pick_on(&candidates, &lessons, &at(failed + rest)).is_some(),
            "{round}"
        );
        rest = (rest * 2).clamp(REST, LONGEST_REST);
    }
}

#[test]
fn a_node_that_was_unable_is_left_alone_until_it_is_heard_of() {
    let mut candidates = [candidate("ab", 9), candidate("bc", 1)];
    let mut lessons = Lessons::default();
    lessons.node_was_unable(&name("a"), Instant::now());
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bc");
    lessons.node_was_unable(&name("b"), Instant::now());
    assert_eq!(pick(&candidates, &lessons), None);
    heard_again(&mut candidates);
    assert_eq!(pick(&candidates, &lessons).unwrap(), "ab");
    // But never one that refused.
    lessons.node_failed(&name("a"));
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bc");
}

#[test]
fn quorums_never_asked_come_before_those_that_failed() {
    let mut candidates = [candidate("ab", 9), candidate("bc", 1)];
    let mut lessons = Lessons::default();
    lessons.asking(&candidates[0].quorum);
    lessons.failed(&candidates[0].quorum, Instant::now());
    heard_again(&mut candidates);
    assert_eq!(pick(&candidates, &lessons).unwrap(), "bc");
}

#[test]
fn the_last_attempt_is_not_for_one_that_failed_more_than_another() {
    let mut liar = [candidate("ab", u32::MAX)];
    let honest = candidate("bc", 1);
    let mut lessons = Lessons::default();
    for _ in 0..2 {
        lessons.asking(&liar[0].quorum);
        lessons.failed(&liar[0].quorum, Instant::now() - LONGEST_REST);
    }
    heard_again(&mut liar);
    let last = Terms {
        attempts: 1,
        ..terms()
    };
    let mut usable = usable(&liar);
    usable.empty = vec![honest.quorum.clone()];
    let asked = |usable: &Usable, lessons: &Lessons, terms: &Terms| {
        choose(usable, lessons, terms, |_| false, |_| 0).is_some()
    };
    assert!(asked(&usable, &lessons, &terms()));
    assert!(!asked(&usable, &lessons, &last));
    // One that can be of no use does not keep it.
    lessons.node_failed(&name("c"));
    assert!(asked(&usable, &lessons, &last));
}

#[test]
fn those_who_waited_are_not_more_than_there_are_presignatures() {
    let candidates = [candidate("ab", 2)];
    let waited = Terms {
        waited: true,
        ..terms()
    };
    let lessons = Lessons::default();
    for _ in 0..2 {
        assert!(pick_on(&candidates, &lessons, &waited).is_some());
        candidates[0].drawn.count();
    }
    assert_eq!(pick_on(&candidates, &lessons, &waited), None);
    // The first try is worth it all the same: the pool may have grown since.
    assert!(pick(&candidates, &lessons).is_some());
}
