//! What honest nodes can be made to authorise together, by t − 1 corrupt ones that tell nothing, a
//! coordinator that asks each node what it pleases, and a network that delays what it pleases.

use std::collections::VecDeque;

use countersign_wire::v1::{Heard, Tell};
use proptest::prelude::*;

use super::*;
use crate::gossip::Word;

/// The largest single charge.
const LARGEST: u64 = 3;
const LIFETIME_MS: u64 = 60_000;

enum Message {
    Tell(Tell),
    Heard(Heard),
}

struct Group {
    nodes: u8,
    limit: u64,
    /// Of the limit.
    window: Window,
    honest: Vec<Books>,
    /// What is under way between honest nodes, [from][to].
    links: Vec<Vec<VecDeque<Message>>>,
    now_ms: u64,
    requests: Vec<Request>,
}

#[derive(Default)]
struct Request {
    charge: u64,
    deadline_ms: u64,
    /// Who authorised it, and when.
    by: Vec<(usize, u64)>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A node is asked to authorise a new request with this charge.
    Ask(usize, u64),
    /// A node is asked to authorise a request that others were asked for before.
    AskAgain(usize, usize),
    /// A corrupt node says that it authorised that.
    Lie(usize, usize),
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
        Self::with_window(nodes, threshold, limit, Window::Day)
    }

    fn with_window(nodes: u8, threshold: u8, limit: u64, window: Window) -> Self {
        let honest = usize::from(nodes + 1 - threshold);
        let books = |me: usize| {
            let outbox = Outbox::new(peers_of(nodes, me), 0);
            Books::new(PastCharges::default(), outbox)
        };
        let silence = || (0..honest).map(|_| VecDeque::new()).collect();
        let mut group = Self {
            nodes,
            limit,
            window,
            honest: (0..honest).map(books).collect(),
            links: (0..honest).map(|_| silence()).collect(),
            now_ms: NOW,
            requests: Vec::new(),
        };
        group.settle();
        group
    }

    fn take(&mut self, step: Step) {
        let honest = self.honest.len();
        match step {
            Step::Ask(node, charge) => self.ask(node % honest, charge),
            Step::AskAgain(..) | Step::Lie(..) if self.requests.is_empty() => {}
            Step::Lie(node, number) => self.lie(node % honest, number % self.requests.len()),
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
            deadline_ms: self.now_ms + LIFETIME_MS,
            by: Vec::new(),
        });
        self.ask_for(node, self.requests.len() - 1);
    }

    fn ask_for(&mut self, node: usize, number: usize) {
        let peers = peers_of(self.nodes, node);
        let account = self.account(&peers);
        let digest = digest(number);
        let request = &mut self.requests[number];
        let before = request.by.iter().any(|(by, _)| *by == node);
        if before || request.deadline_ms <= self.now_ms {
            return;
        }
        let (now_ms, charge) = (self.now_ms, requests(request.charge));
        let books = &mut self.honest[node];
        let weighed = books.weigh(now_ms, account, &digest, charge);
        if weighed.usage.0.over(self.window).requests > self.limit {
            return;
        }
        let expiry = Expiry::new(request.deadline_ms, 5_000);
        let (ticket, _) = books.authorise(now_ms, account, digest, charge, expiry);
        let envelope = SignedEnvelope {
            envelope: digest.to_vec(),
            signature: Vec::new(),
        };
        books.durable(ticket, &digest, number as u64, envelope);
        request.by.push((node, now_ms));
    }

    fn lie(&mut self, node: usize, number: usize) {
        let envelope = SignedEnvelope {
            envelope: digest(number).to_vec(),
            signature: Vec::new(),
        };
        let liar = usize::from(self.nodes) - 1;
        if liar >= self.honest.len() && self.now_ms < self.requests[number].deadline_ms {
            self.hear(liar, node, self.now_ms, &envelope);
        }
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
                let (mut early, mut refused) = (Vec::new(), Vec::new());
                for (position, one) in (0..).zip(tell.authorised) {
                    let envelope = one.envelope.unwrap();
                    match self.hear(from, to, one.at_ms, &envelope) {
                        Word::Charged => {}
                        Word::ChargedEarly => early.push(position),
                        Word::Refused => refused.push(position),
                    }
                }
                let complete = self.honest[to].outbox.told_all(party_at(from));
                let heard = Heard {
                    complete,
                    early,
                    refused,
                    ..heard(tell.number)
                };
                self.links[to][from].push_back(Message::Heard(heard));
            }
        }
    }

    fn hear(&mut self, from: usize, to: usize, told_at_ms: u64, envelope: &SignedEnvelope) -> Word {
        let peers = peers_of(self.nodes, to);
        let account = self.account(&peers);
        let digest: Digest = envelope.envelope.as_slice().try_into().unwrap();
        let request = &self.requests[number_of(&digest)];
        let (now_ms, charge) = (self.now_ms, requests(request.charge));
        let expiry = Expiry::new(request.deadline_ms, 5_000);
        let books = &mut self.honest[to];
        if books.is_early(&digest, now_ms) {
            return Word::ChargedEarly;
        } else if books.recorded(&digest).is_some() {
            return Word::Charged;
        }
        let usage = books.usage_told(party_at(from), told_at_ms, account, charge);
        if usage.0.over(self.window).requests > self.limit {
            // Told again, it may come after what was authorised later.
            let (lies, again) = (from >= self.honest.len(), told_at_ms + 5_000 <= now_ms);
            assert!(lies || again, "an honest node's word is refused");
            return Word::Refused;
        }
        let told = (party_at(from), told_at_ms);
        books.hear(now_ms, told, account, digest, charge, expiry);
        books.set_recorded(&digest, Recorded::Yes);
        Word::Charged
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

    /// Charges of what honest nodes authorised within the window, but for its first half second.
    fn authorised(&self) -> u64 {
        let since_ms = self.now_ms + 500 - self.window.length_ms();
        let requests = self.requests.iter();
        let within = requests.filter(|one| one.by.iter().any(|(_, at_ms)| *at_ms > since_ms));
        within.map(|request| request.charge).sum()
    }

    /// h times (2 − 1/h) L + (h − 1)²/h X, as docs/threat-model.md states it.
    fn assert_bounded(&self) {
        let (honest, authorised) = (self.honest.len() as u64, self.authorised());
        let bound = self.limit * (2 * honest - 1) + LARGEST * (honest - 1).pow(2);
        assert!(
            authorised * honest <= bound,
            "{authorised} authorised for a limit of {}",
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
        assert_eq!(group.authorised(), 10, "{threshold} of {nodes}");
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
        assert!(group.authorised() <= 60 + honest as u64);
        assert!(group.authorised() >= 60 - honest as u64);
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
    assert_eq!(group.authorised(), 10);
    assert!(group.requests.iter().all(|request| request.by.len() == 3));
}

#[test]
fn silent_group__should_keep_to_the_limit_together() {
    let mut group = Group::new(5, 3, 60);
    group.now_ms += 2_000;
    for number in 0..1_000 {
        group.ask(number % 3, 1);
    }
    assert_eq!(group.authorised(), 60);
}

/// The bound is not idle: what one node authorises before anybody hears of it is on top of the limit.
#[test]
fn node_that_is_not_heard__should_gain_its_part_and_no_more() {
    let mut group = Group::new(5, 3, 60);
    for _ in 0..60 {
        group.ask(0, 1);
    }
    assert_eq!(group.authorised(), 20);
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
    assert_eq!(group.authorised(), 20 + 60);
    group.assert_bounded();
    group.settle();
    for node in [0, 1, 2] {
        group.ask(node, 1);
    }
    assert_eq!(group.authorised(), 20 + 60);
}

/// Else it would be forgotten before those who authorise it late, and each node could spend the limit
/// anew.
#[test]
fn requests_that_were_told_long_before_they_are_authorised__should_count_from_then_on() {
    let mut group = Group::with_window(3, 2, 60, Window::Minute);
    group.requests = (0..120)
        .map(|_| Request {
            charge: 1,
            deadline_ms: NOW + LIFETIME_MS,
            by: Vec::new(),
        })
        .collect();
    // Node 1 hears of half of them from the corrupt node; node 0 authorises those at the end.
    for number in 0..60 {
        group.lie(1, number);
    }
    group.now_ms = NOW + LIFETIME_MS - 100;
    group.settle();
    for number in 0..60 {
        group.ask_for(0, number);
        group.settle();
    }
    assert!(group.authorised() > 10, "{}", group.authorised());
    // By then they have left the minute at node 1.
    group.now_ms += 2_000;
    for _ in 0..60 {
        group.settle();
        group.ask(1, 1);
        group.assert_bounded();
    }
    assert!(group.authorised() > 60 - 10, "{}", group.authorised());
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = || 0..16usize;
    let step = prop_oneof![
        6 => (node(), 1..=LARGEST).prop_map(|(node, charge)| Step::Ask(node, charge)),
        3 => (node(), any::<usize>()).prop_map(|(node, number)| Step::AskAgain(node, number)),
        1 => (node(), any::<usize>()).prop_map(|(node, number)| Step::Lie(node, number)),
        6 => (node(), node()).prop_map(|(from, to)| Step::Speak(from, to)),
        6 => (node(), node()).prop_map(|(from, to)| Step::Arrive(from, to)),
        1 => Just(Step::Settle),
        1 => (0..400u64).prop_map(Step::Pass),
        1 => (0..20_000u64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..600)
}

proptest! {
    #[test]
    fn group__should_never_authorise_more_than_stated(
        shape in prop::sample::select(&[(3u8, 2u8), (4, 2), (5, 3), (7, 4), (6, 2), (3, 3)][..]),
        limit in LARGEST..60,
        window in prop::sample::select(&[Window::TenSeconds, Window::Minute, Window::Day][..]),
        steps in steps(),
    ) {
        let (nodes, threshold) = shape;
        let mut group = Group::with_window(nodes, threshold, limit, window);
        for step in steps {
            group.take(step);
            group.assert_bounded();
        }
    }
}
