#![allow(non_snake_case, clippy::unwrap_used)]

use super::*;

const DEADLINE_MS: u64 = 100_000;

fn party(index: u8) -> Party {
    Party::new(index).unwrap()
}

fn outbox() -> Outbox {
    Outbox::new([party(2), party(3)], 77)
}

fn authorisation(at_ms: u64) -> Authorisation {
    Authorisation {
        at_ms,
        key: "key".to_owned(),
        client: "client".to_owned(),
        charge: Charge {
            requests: 1,
            ..Charge::default()
        },
    }
}

fn envelope(mark: u64) -> SignedEnvelope {
    SignedEnvelope {
        envelope: mark.to_be_bytes().to_vec(),
        signature: vec![0; 64],
    }
}

/// Charged at `at_ms`, on line `at_ms` of the log.
fn authorise(outbox: &mut Outbox, at_ms: u64) {
    let ticket = charge(outbox, at_ms);
    outbox.durable(ticket, at_ms, envelope(at_ms));
}

fn charge(outbox: &mut Outbox, at_ms: u64) -> Ticket {
    outbox.charged(authorisation(at_ms), DEADLINE_MS, [party(2), party(3)])
}

fn heard(number: u64) -> Heard {
    Heard {
        number,
        complete: true,
        ..Heard::default()
    }
}

fn told(tell: &Tell) -> Vec<u64> {
    tell.authorised.iter().map(|one| one.at_ms).collect()
}

fn outstanding(outbox: &Outbox) -> u64 {
    let (key, client) = outbox.outstanding(0, "key", "client");
    assert_eq!(key, client);
    key.over(Window::Day).requests
}

#[test]
fn authorisation__should_be_outstanding_until_all_have_heard() {
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    assert_eq!(outstanding(&outbox), 1);
    for (peer, left) in [(2, 1), (3, 0)] {
        let tell = outbox.next_tell(party(peer), 0, false).unwrap();
        assert_eq!(told(&tell), [1]);
        assert_eq!(tell.authorised[0].envelope, Some(envelope(1)));
        assert!(outbox.next_tell(party(peer), 0, false).is_none());
        assert!(outbox.take_known().is_empty());
        assert!(outbox.answered(party(peer), &heard(tell.number), 0));
        assert_eq!(outstanding(&outbox), left);
    }
    assert_eq!(outbox.take_known(), [1]);
    assert!(outbox.take_known().is_empty());
    assert_eq!(outbox.bytes, 0);
}

#[test]
fn authorisation__should_be_outstanding_before_it_is_durable_and_told_only_after() {
    let mut outbox = outbox();
    let ticket = charge(&mut outbox, 1);
    assert_eq!(outstanding(&outbox), 1);
    assert!(outbox.next_tell(party(2), 0, false).is_none());
    assert!(outbox.told_all(party(2)));
    outbox.durable(ticket, 1, envelope(1));
    assert!(!outbox.told_all(party(2)));
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    assert_eq!(told(&tell), [1]);
    assert!(outbox.told_all(party(2)));
}

#[test]
fn authorisations__should_be_told_in_the_order_of_charging() {
    let mut outbox = outbox();
    let tickets = [1, 2, 3].map(|at_ms| charge(&mut outbox, at_ms));
    outbox.durable(tickets[1], 2, envelope(2));
    assert!(outbox.next_tell(party(2), 0, false).is_none());
    outbox.durable(tickets[2], 3, envelope(3));
    outbox.durable(tickets[0], 1, envelope(1));
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    assert_eq!(told(&tell), [1, 2, 3]);
}

#[test]
fn authorisation_that_came_to_nothing__should_not_hold_up_others() {
    let mut outbox = outbox();
    let failed = charge(&mut outbox, 1);
    authorise(&mut outbox, 2);
    assert!(outbox.next_tell(party(2), 0, false).is_none());
    outbox.void(failed);
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    assert_eq!(told(&tell), [2]);
    assert_eq!(outstanding(&outbox), 1);
}

#[test]
fn what_was_not_answered__should_be_told_again_and_in_order() {
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    let first = outbox.next_tell(party(2), 0, false).unwrap();
    authorise(&mut outbox, 2);
    outbox.next_tell(party(2), 10, false).unwrap();
    authorise(&mut outbox, 3);
    // Another process.
    outbox.restarted(party(2));
    let again = outbox.next_tell(party(2), 20, false).unwrap();
    assert_eq!(told(&again), [1, 2, 3]);
    // What the process of before had answered to is not taken for an answer to this.
    assert!(!outbox.answered(party(2), &heard(first.number), 20));
    assert_eq!(outbox.standing_of(party(2), 20), Standing::Silent);
    // Nor is silence.
    let again = outbox.next_tell(party(2), 10_000, false).unwrap();
    assert_eq!(told(&again), [1, 2, 3]);
    assert!(outbox.answered(party(2), &heard(again.number), 10_001));
    assert_eq!(outbox.standing_of(party(2), 10_001), Standing::InStep);
}

#[test]
fn what_is_too_old_to_be_told__should_be_given_up_and_said_to_be_unheard() {
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    authorise(&mut outbox, 2);
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    outbox.answered(party(2), &heard(tell.number), 0);
    outbox.expire(DEADLINE_MS);
    assert!(outbox.take_unheard().is_empty());
    outbox.expire(DEADLINE_MS + 1);
    assert_eq!(outbox.take_unheard(), [authorisation(1), authorisation(2)]);
    assert!(outbox.take_known().is_empty());
    assert_eq!((outstanding(&outbox), outbox.bytes), (0, 0));
    // Nothing is left of it for a peer that never came.
    let mut queues = outbox.peers.values().map(|peer| peer.to_tell.len());
    assert!(queues.all(|waiting| waiting == 0));
}

#[test]
fn answer_that_comes_too_late__should_prove_nothing() {
    // The peer may have refused what was too old by then.
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    outbox.answered(party(2), &heard(tell.number), DEADLINE_MS + 1);
    assert!(outbox.take_known().is_empty());
    assert_eq!(outbox.take_unheard(), [authorisation(1)]);
}

#[test]
fn what_a_peer_refuses__should_be_said_to_be_unheard() {
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    authorise(&mut outbox, 2);
    let tell = outbox.next_tell(party(2), 0, false).unwrap();
    let refused = Heard {
        refused: vec![1],
        ..heard(tell.number)
    };
    outbox.answered(party(2), &refused, 0);
    assert_eq!(outbox.take_unheard(), [authorisation(2)]);
    let tell = outbox.next_tell(party(3), 0, false).unwrap();
    assert_eq!(told(&tell), [1]);
    outbox.answered(party(3), &heard(tell.number), 0);
    assert_eq!(outbox.take_known(), [1]);
}

#[test]
fn what_a_peer_charged_early__should_be_outstanding_in_short_windows() {
    let mut outbox = outbox();
    authorise(&mut outbox, 1);
    for peer in [2, 3] {
        let tell = outbox.next_tell(party(peer), 0, false).unwrap();
        let early = Heard {
            early: if peer == 2 { vec![0] } else { Vec::new() },
            ..heard(tell.number)
        };
        outbox.answered(party(peer), &early, 0);
    }
    let sums = |outbox: &Outbox, now_ms| {
        let (key, _) = outbox.outstanding(now_ms, "key", "client");
        Window::ALL.map(|window| key.over(window).requests)
    };
    assert_eq!(sums(&outbox, 500), [1, 1, 1, 0, 0]);
    assert_eq!(sums(&outbox, 5_000), [0, 1, 1, 0, 0]);
    // Known to all, but not said to be before that makes no difference.
    outbox.expire(60_000);
    assert!(outbox.take_known().is_empty());
    outbox.expire(60_602);
    assert_eq!(outbox.take_known(), [1]);
    assert!(outbox.take_unheard().is_empty());
    assert_eq!((sums(&outbox, 0), outbox.bytes), ([0; 5], 0));
}

#[test]
fn outbox__should_be_bounded_and_forget_nothing() {
    let mut outbox = outbox();
    let many = MAX_ENTRIES as u64 + 10;
    for at_ms in 0..many {
        authorise(&mut outbox, at_ms);
    }
    assert_eq!(outbox.entries.len(), MAX_ENTRIES);
    let unheard = outbox.take_unheard();
    assert_eq!(unheard.len(), 10);
    assert_eq!(unheard[9], authorisation(9));
    // In messages that are bounded, too.
    let mut next = 10;
    while let Some(tell) = outbox.next_tell(party(2), 0, false) {
        assert!(tell.authorised.len() <= MAX_TOLD);
        assert_eq!(told(&tell)[0], next);
        next += tell.authorised.len() as u64;
        outbox.answered(party(2), &heard(tell.number), 0);
    }
    assert_eq!(next, many);

    let large = SignedEnvelope {
        envelope: vec![0; 250 << 10],
        signature: vec![0; 64],
    };
    for at_ms in 0..100 {
        let ticket = charge(&mut outbox, at_ms);
        outbox.durable(ticket, at_ms, large.clone());
        assert!(outbox.bytes <= MAX_BYTES);
    }
}

#[test]
fn peers__should_be_told_of_their_own_keys_only() {
    let mut outbox = outbox();
    let ticket = outbox.charged(authorisation(1), DEADLINE_MS, [party(3)]);
    outbox.durable(ticket, 1, envelope(1));
    assert!(outbox.next_tell(party(2), 0, false).is_none());
    let tell = outbox.next_tell(party(3), 0, false).unwrap();
    outbox.answered(party(3), &heard(tell.number), 0);
    assert_eq!(outbox.take_known(), [1]);
}

#[test]
fn standing__should_be_that_of_the_worst_peer_and_bad_for_strangers() {
    let mut outbox = outbox();
    for peer in [2, 3] {
        let all = [party(2), party(3)];
        assert_eq!(outbox.standing(&all, 0), Standing::Silent);
        let tell = outbox.next_tell(party(peer), 0, true).unwrap();
        outbox.answered(party(peer), &heard(tell.number), 0);
    }
    assert_eq!(outbox.standing(&[party(2), party(3)], 0), Standing::InStep);
    assert_eq!(outbox.standing(&[party(2), party(4)], 0), Standing::Silent);
    assert!(outbox.next_tell(party(4), 0, true).is_none());
    assert!(!outbox.answered(party(4), &heard(77), 0));
}
