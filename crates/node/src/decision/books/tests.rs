#![allow(non_snake_case, clippy::unwrap_used)]

mod group;

use countersign_policy::Window;

use super::*;

const PEERS: [u8; 2] = [2, 3];
const NOW: u64 = 1_753_000_000_000;

fn party(index: u8) -> Party {
    Party::new(index).unwrap()
}

fn requests(requests: u64) -> Charge {
    Charge {
        requests,
        ..Charge::default()
    }
}

fn heard(number: u64) -> Heard {
    Heard {
        number,
        complete: true,
        ..Heard::default()
    }
}

/// Node 1 of a 2 of 3.
struct Node {
    books: Books,
    peers: Vec<Party>,
}

impl Node {
    fn new(past: PastCharges) -> Self {
        let peers: Vec<Party> = PEERS.map(party).to_vec();
        let outbox = Outbox::new(peers.clone(), 0);
        let books = Books::new(past, outbox);
        Self { books, peers }
    }

    fn account<'a>(peers: &'a [Party], client: &'a str) -> Account<'a> {
        Account {
            key: "key",
            client,
            peers,
            honest: 2,
        }
    }

    /// Requests with the key in a day that another one would be judged by.
    fn weight(&self, now_ms: u64, digest: Digest) -> u64 {
        let account = Self::account(&self.peers, "client");
        let weighed = self.books.weigh(now_ms, account, &digest, requests(1));
        weighed.usage.0.over(Window::Day).requests
    }

    fn authorise(&mut self, now_ms: u64, digest: Digest) -> (Ticket, Charge) {
        let account = Self::account(&self.peers, "client");
        let expiry = Expiry::new(now_ms + 10_000, 5_000);
        let (books, charge) = (&mut self.books, requests(1));
        books.authorise(now_ms, account, digest, charge, expiry)
    }

    fn decide(&mut self, now_ms: u64, digest: Digest, line: u64) {
        let (ticket, _) = self.authorise(now_ms, digest);
        let envelope = SignedEnvelope::default();
        self.books.durable(ticket, &digest, line, envelope);
    }

    /// All peers answer, and have nothing to tell.
    fn meet_peers(&mut self, now_ms: u64) {
        for peer in PEERS.map(party) {
            let tell = self.books.outbox.next_tell(peer, now_ms, true).unwrap();
            self.books.answered(peer, &heard(tell.number), now_ms);
        }
    }
}

#[test]
fn request__should_weigh_once_when_all_have_heard_of_it() {
    let mut node = Node::new(PastCharges::default());
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW, [9; 32]), 1);
    for number in 0..3 {
        node.decide(NOW, [number; 32], 1);
    }
    // Not heard of: twice, for h = 2.
    assert_eq!(node.weight(NOW, [9; 32]), 2 * 3 + 1);
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW, [9; 32]), 3 + 1);
}

#[test]
fn limits__should_be_divided_unless_all_peers_are_in_step() {
    let mut node = Node::new(PastCharges::default());
    for number in 0..3 {
        node.decide(NOW, [number; 32], 1);
    }
    assert_eq!(node.weight(NOW, [9; 32]), 2 * (3 + 1));
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW + 1_000, [9; 32]), 3 + 1);
    assert_eq!(node.weight(NOW + 1_001, [9; 32]), 2 * (3 + 1));
}

#[test]
fn limits__should_be_divided_after_a_loss() {
    let past = PastCharges {
        divided_until_ms: NOW + 10,
        ..PastCharges::default()
    };
    let mut node = Node::new(past);
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW + 9, [9; 32]), 2);
    assert_eq!(node.weight(NOW + 10, [9; 32]), 1);
}

#[test]
fn request_heard_of__should_be_charged_once_and_recorded_until_it_is_on_disk() {
    let mut node = Node::new(PastCharges::default());
    let digest = [1; 32];
    let peers = node.peers.clone();
    let account = Node::account(&peers, "client");
    let expiry = Expiry::new(NOW + 10_000, 5_000);
    let told = (party(2), NOW);
    node.books
        .hear(NOW, told, account, digest, requests(1), expiry);
    assert_eq!(node.books.recorded(&digest), Some(Recorded::Soon));
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW, [9; 32]), 2);
    assert_eq!(node.weight(NOW, digest), 1);

    // Decided while the peer's word is not on disk: either record must do.
    let (_, recorded) = node.authorise(NOW, digest);
    assert_eq!(recorded, requests(1));
    node.books.set_recorded(&digest, Recorded::Yes);
    let (_, recorded) = node.authorise(NOW, digest);
    assert_eq!(recorded, Charge::default());
}

/// Peers count it from when this node says that it authorised it.
#[test]
fn request_heard_of_before__should_count_among_the_nodes_own_when_it_is_decided() {
    let mut node = Node::new(PastCharges::default());
    let digest = [1; 32];
    let peers = node.peers.clone();
    let account = Node::account(&peers, "client");
    let expiry = Expiry::new(NOW + 10_000, 5_000);
    let told = (party(2), NOW);
    node.books
        .hear(NOW, told, account, digest, requests(1), expiry);
    let later = NOW + 5_000;
    for number in 2..5 {
        node.decide(later, [number; 32], 1);
    }
    node.meet_peers(later);
    let weighed = node.books.weigh(later, account, &digest, requests(1));
    assert_eq!(weighed.usage.0.over(Window::Second).requests, 3 + 1);
    assert_eq!(weighed.usage.0.over(Window::Day).requests, 4);
}

#[test]
fn request_decided_long_after_it_was_heard_of__should_count_anew_in_short_windows() {
    let mut node = Node::new(PastCharges::default());
    let peers = node.peers.clone();
    let account = Node::account(&peers, "client");
    let expiry = Expiry::new(NOW + 10_000, 5_000);
    let mut hear = |now_ms, digest| {
        let told = (party(2), now_ms);
        node.books
            .hear(now_ms, told, account, digest, requests(1), expiry);
    };
    let later = NOW + 5_000;
    hear(NOW, [1; 32]);
    hear(later, [2; 32]);
    assert!(!node.books.is_early(&[1; 32], NOW + 500));
    assert!(node.books.is_early(&[1; 32], NOW + 501));
    node.authorise(later, [1; 32]);
    node.authorise(later, [2; 32]);
    node.meet_peers(later);
    let weighed = node.books.weigh(later, account, &[9; 32], requests(1));
    for (window, expected) in [
        (Window::Second, 3),
        // Twice, for as long as the first time counts.
        (Window::TenSeconds, 4),
        (Window::Minute, 4),
        (Window::Hour, 3),
        (Window::Day, 3),
    ] {
        let sum = weighed.at_best.0.over(window).requests;
        assert_eq!(sum, expected, "{window:?}");
    }
}

#[test]
fn what_was_not_recorded__should_count_and_be_recorded_later() {
    let mut node = Node::new(PastCharges::default());
    let digest = [1; 32];
    let (ticket, _) = node.authorise(NOW, digest);
    node.books.void(ticket, &digest);
    assert_eq!(node.books.recorded(&digest), Some(Recorded::No));
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW, [9; 32]), 2);
    let (_, recorded) = node.authorise(NOW, digest);
    assert_eq!(recorded, requests(1));
    assert_eq!(node.books.recorded(&digest), Some(Recorded::Soon));
}

#[test]
fn what_nobody_can_be_told__should_weigh_on() {
    let mut node = Node::new(PastCharges::default());
    node.decide(NOW, [1; 32], 1);
    let later = NOW + 60_000;
    node.books.expire(later);
    node.meet_peers(later);
    assert_eq!(node.weight(later, [9; 32]), 2 + 1);
    // Waiting for peers does not help.
    let account = Node::account(&node.peers, "client");
    let weighed = node.books.weigh(later, account, &[9; 32], requests(1));
    assert!(!weighed.may_ease);
    assert_eq!(weighed.at_best, weighed.usage);
    let day = Window::Day.length_ms() + Window::Day.length_ms() / 50;
    node.meet_peers(NOW + day);
    assert_eq!(node.weight(NOW + day, [9; 32]), 1);
}

#[test]
fn past__should_be_taken_over() {
    let charging = |requests_: u64| {
        let (key, client) = ("key".to_owned(), "client".to_owned());
        (NOW, key, client, requests(requests_))
    };
    let mut node = Node::new(PastCharges {
        total: vec![charging(5)],
        own: vec![charging(3)],
        unheard: vec![charging(2)],
        told: vec![(party(2), charging(2))],
        charged: vec![([1; 32], NOW, NOW + 1_000)],
        ..PastCharges::default()
    });
    node.meet_peers(NOW);
    assert_eq!(node.weight(NOW, [9; 32]), 5 + 2 + 1);
    assert_eq!(node.weight(NOW, [1; 32]), 5 + 2);
    assert_eq!(node.books.recorded(&[1; 32]), Some(Recorded::Yes));
    let account = Node::account(&node.peers, "client");
    let (key, _) = node.books.usage_told(party(2), NOW, account, requests(1));
    assert_eq!(key.over(Window::Day).requests, 2 + 1);
    let (key, _) = node.books.usage_told(party(3), NOW, account, requests(1));
    assert_eq!(key.over(Window::Day).requests, 1);
}

#[test]
fn charge_on_a_peers_word__should_not_outlast_its_last_moment() {
    let mut node = Node::new(PastCharges::default());
    let peers = node.peers.clone();
    let account = Node::account(&peers, "client");
    let expiry = Expiry::new(NOW, 5_000);
    // It came late; it was authorised by NOW + 5 s of this clock at the latest.
    let late = NOW + 9_000;
    let told = (party(2), NOW - 1);
    node.books
        .hear(late, told, account, [1; 32], requests(1), expiry);
    node.meet_peers(late);
    let second = |node: &Node, now_ms| {
        let weighed = node.books.weigh(now_ms, account, &[9; 32], requests(1));
        weighed.at_best.0.over(Window::Second).requests
    };
    assert_eq!(second(&node, NOW + 6_000), 2);
    assert_eq!(second(&node, NOW + 6_020), 1);
}

#[test]
fn charged__should_be_forgotten_once_nobody_can_bring_it_up() {
    let mut node = Node::new(PastCharges::default());
    node.decide(NOW, [1; 32], 1);
    let expiry = Expiry::new(NOW + 10_000, 5_000);
    node.decide(expiry.refused_at_ms, [2; 32], 2);
    assert!(node.books.recorded(&[1; 32]).is_some());
    node.decide(expiry.forget_at_ms, [3; 32], 3);
    assert_eq!(node.books.recorded(&[1; 32]), None);
    assert!(node.books.recorded(&[2; 32]).is_some());
}
