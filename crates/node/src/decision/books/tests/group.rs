//! What honest nodes can be made to authorise together, by t − 1 corrupt ones that tell nothing, a
//! coordinator that asks each node what it pleases, and a network that delays what it pleases.

use std::collections::VecDeque;

use countersign_wire::v1::{Heard, Tell};
use proptest::prelude::*;

use super::*;

/// The largest single charge.
const LARGEST: u64 = 3;

enum Message {
    Tell(Tell),
    Heard(Heard),
}

struct Group {
    nodes: u8,
    limit: u64,
    honest: Vec<Books>,
    /// What is under way between honest nodes, [from][to].
    links: Vec<Vec<VecDeque<Message>>>,
    now_ms: u64,
    requests: Vec<Request>,
    /// Charges of all requests that somebody authorised.
    authorised: u64,
}

#[derive(Default)]
struct Request {
    charge: u64,
    deadline_ms: u64,
    /// Who authorised it.
    by: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A node is asked to authorise a new request with this charge.
    Ask(usize, u64),
    /// A node is asked to authorise a request that others were asked for before.
    AskAgain(usize, usize),
    /// A node speaks to another.
    Speak(usize, usize),
    /// What a node said arrives at another.
    Arrive(usize, usize),
    /// All that is under way arrives, and is answered.
    Settle,
    Pass(u64),
}

impl Group {
    fn new(nodes: u8, threshold: u8, limit: u64) -> Self {
        let honest = usize::from(nodes + 1 - threshold);
        let books = |me: usize| {
            let outbox = Outbox::new(peers_of(nodes, me), 0);
            Books::new(PastCharges::default(), outbox)
        };
        let silence = || (0..honest).map(|_| VecDeque::new()).collect();
        let mut group = Self {
            nodes,
            limit,
            honest: (0..honest).map(books).collect(),
            links: (0..honest).map(|_| silence()).collect(),
            now_ms: NOW,
            requests: Vec::new(),
            authorised: 0,
        };
        group.settle();
        group
    }

    fn take(&mut self, step: Step) {
        let honest = self.honest.len();
        match step {
            Step::Ask(node, charge) => self.ask(node % honest, charge),
            Step::AskAgain(..) if self.requests.is_empty() => {}
            Step::AskAgain(node, number) => {
                self.ask_for(node % honest, number % self.requests.len());
            }
            Step::Speak(from, to) => self.speak(from % honest, to % usize::from(self.nodes)),
            Step::Arrive(from, to) => self.arrive(from % honest, to % honest),
            Step::Settle => self.settle(),
            Step::Pass(ms) => self.now_ms += ms,
        }
    }

    fn ask(&mut self, node: usize, charge: u64) {
        self.requests.push(Request {
            charge,
            deadline_ms: self.now_ms + 10_000,
            by: Vec::new(),
        });
        self.ask_for(node, self.requests.len() - 1);
    }

    fn ask_for(&mut self, node: usize, number: usize) {
        let peers = peers_of(self.nodes, node);
        let account = self.account(&peers);
        let digest = digest(number);
        let request = &mut self.requests[number];
        if request.by.contains(&node) || request.deadline_ms <= self.now_ms {
            return;
        }
        let (now_ms, charge) = (self.now_ms, requests(request.charge));
        let books = &mut self.honest[node];
        let weighed = books.weigh(now_ms, account, &digest, charge);
        if weighed.usage.0.over(Window::Day).requests > self.limit {
            return;
        }
        let expiry = Expiry::new(request.deadline_ms, 5_000);
        let (ticket, _) = books.authorise(now_ms, account, digest, charge, expiry);
        let envelope = SignedEnvelope {
            envelope: digest.to_vec(),
            signature: Vec::new(),
        };
        books.durable(ticket, &digest, number as u64, envelope);
        if request.by.is_empty() {
            self.authorised += request.charge;
        }
        request.by.push(node);
    }

    fn speak(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        let (now_ms, party) = (self.now_ms, party_at(to));
        let outbox = &mut self.honest[from].outbox;
        let Some(tell) = outbox.next_tell(party, now_ms, true) else {
            return;
        };
        if to < self.honest.len() {
            self.links[from][to].push_back(Message::Tell(tell));
        } else {
            // A corrupt node hears, and has nothing to tell.
            self.honest[from].answered(party, &heard(tell.number), now_ms);
        }
    }

    fn arrive(&mut self, from: usize, to: usize) {
        let now_ms = self.now_ms;
        match self.links[from][to].pop_front() {
            None => {}
            Some(Message::Heard(heard)) => {
                self.honest[to].answered(party_at(from), &heard, now_ms);
            }
            Some(Message::Tell(tell)) => {
                for one in tell.authorised {
                    let envelope = one.envelope.unwrap();
                    self.hear(from, to, one.at_ms, &envelope);
                }
                let complete = self.honest[to].outbox.told_all(party_at(from));
                let heard = Heard {
                    complete,
                    ..heard(tell.number)
                };
                self.links[to][from].push_back(Message::Heard(heard));
            }
        }
    }

    fn hear(&mut self, from: usize, to: usize, told_at_ms: u64, envelope: &SignedEnvelope) {
        let peers = peers_of(self.nodes, to);
        let account = self.account(&peers);
        let digest: Digest = envelope.envelope.as_slice().try_into().unwrap();
        let request = &self.requests[number_of(&digest)];
        let (now_ms, charge) = (self.now_ms, requests(request.charge));
        let expiry = Expiry::new(request.deadline_ms, 5_000);
        let books = &mut self.honest[to];
        if books.recorded(&digest).is_some() {
            return;
        }
        let usage = books.usage_told(party_at(from), told_at_ms, account, charge);
        let alone = usage.0.over(Window::Day).requests;
        assert!(alone <= self.limit, "an honest node's word is refused");
        let told = (party_at(from), told_at_ms);
        books.hear(now_ms, told, account, digest, charge, expiry);
        books.set_recorded(&digest, Recorded::Yes);
    }

    fn settle(&mut self) {
        let honest = self.honest.len();
        for _ in 0..2 {
            for from in 0..honest {
                for to in 0..usize::from(self.nodes) {
                    self.speak(from, to);
                }
            }
            while self.links.iter().flatten().any(|link| !link.is_empty()) {
                for (from, to) in (0..honest).flat_map(|i| (0..honest).map(move |j| (i, j))) {
                    self.arrive(from, to);
                }
            }
        }
    }

    fn account<'a>(&self, peers: &'a [Party]) -> Account<'a> {
        Account {
            key: "key",
            client: "client",
            peers,
            honest: self.honest.len() as u64,
        }
    }

    /// h times (2 − 1/h) L + (h − 1)²/h X, as docs/threat-model.md states it.
    fn assert_bounded(&self) {
        let honest = self.honest.len() as u64;
        let bound = self.limit * (2 * honest - 1) + LARGEST * (honest - 1).pow(2);
        assert!(
            self.authorised * honest <= bound,
            "{} authorised for a limit of {}",
            self.authorised,
            self.limit
        );
    }
}

fn party_at(position: usize) -> Party {
    party(u8::try_from(position).unwrap() + 1)
}

fn peers_of(nodes: u8, me: usize) -> Vec<Party> {
    let others = (0..usize::from(nodes)).filter(|&node| node != me);
    others.map(party_at).collect()
}

fn digest(number: usize) -> Digest {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    digest
}

fn number_of(digest: &Digest) -> usize {
    usize::from_be_bytes(digest[..8].try_into().unwrap())
}

#[test]
fn whole_limit__should_be_usable_when_all_hear_of_all() {
    for (nodes, threshold) in [(3, 2), (5, 3), (4, 4), (7, 2)] {
        let mut group = Group::new(nodes, threshold, 10);
        for number in 0..20 {
            group.ask(number % group.honest.len(), 1);
            group.settle();
        }
        assert_eq!(group.authorised, 10, "{threshold} of {nodes}");
    }
}

#[test]
fn burst_that_nobody_hears_of__should_not_pass_the_limit_where_charges_are_small() {
    for (nodes, threshold) in [(3, 2), (5, 3), (7, 2)] {
        let mut group = Group::new(nodes, threshold, 60);
        let honest = group.honest.len();
        for number in 0..1_000 {
            group.ask(number % honest, 1);
        }
        assert!(group.authorised <= 60 + honest as u64);
        assert!(group.authorised >= 60 - honest as u64);
    }
}

#[test]
fn request_of_several_quorums__should_count_once() {
    let mut group = Group::new(5, 3, 10);
    for number in 0..10 {
        group.ask(0, 1);
        group.settle();
        for node in [1, 2] {
            group.ask_for(node, number);
            group.settle();
        }
    }
    assert_eq!(group.authorised, 10);
    assert!(group.requests.iter().all(|request| request.by == [0, 1, 2]));
}

#[test]
fn silent_group__should_keep_to_the_limit_together() {
    let mut group = Group::new(5, 3, 60);
    group.now_ms += 2_000;
    for number in 0..1_000 {
        group.ask(number % 3, 1);
    }
    assert_eq!(group.authorised, 60);
}

/// The bound is not idle: what one node authorises before anybody hears of it is on top of the limit.
#[test]
fn node_that_is_not_heard__should_gain_its_part_and_no_more() {
    let mut group = Group::new(5, 3, 60);
    for _ in 0..60 {
        group.ask(0, 1);
    }
    assert_eq!(group.authorised, 20);
    // It answers node 1, but is slow to tell what it authorised itself.
    for _ in 0..60 {
        group.ask(1, 1);
        for to in [0, 2, 3, 4] {
            group.speak(1, to);
        }
        for (from, to) in [(1, 0), (0, 1), (1, 2), (2, 1)] {
            group.arrive(from, to);
        }
    }
    assert_eq!(group.authorised, 20 + 60);
    group.assert_bounded();
    group.settle();
    for node in [0, 1, 2] {
        group.ask(node, 1);
    }
    assert_eq!(group.authorised, 20 + 60);
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = || 0..16usize;
    let step = prop_oneof![
        6 => (node(), 1..=LARGEST).prop_map(|(node, charge)| Step::Ask(node, charge)),
        3 => (node(), any::<usize>()).prop_map(|(node, number)| Step::AskAgain(node, number)),
        6 => (node(), node()).prop_map(|(from, to)| Step::Speak(from, to)),
        6 => (node(), node()).prop_map(|(from, to)| Step::Arrive(from, to)),
        1 => Just(Step::Settle),
        1 => (0..400u64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..600)
}

proptest! {
    #[test]
    fn group__should_never_authorise_more_than_stated(
        shape in prop::sample::select(&[(3u8, 2u8), (4, 2), (5, 3), (7, 4), (6, 2), (3, 3)][..]),
        limit in LARGEST..60,
        steps in steps(),
    ) {
        let (nodes, threshold) = shape;
        let mut group = Group::new(nodes, threshold, limit);
        for step in steps {
            group.take(step);
            group.assert_bounded();
        }
    }
}
