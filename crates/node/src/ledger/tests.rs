#![allow(non_snake_case)]

use super::*;
use crate::storage::StorageKey;

const DEAL: DealId = [7; 32];

struct Node {
    store: Arc<Store>,
    ledger: Ledger,
    _dir: tempfile::TempDir,
}

impl Node {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(dir.path(), StorageKey::for_tests(1)).unwrap());
        let ledger = Ledger::open(Arc::clone(&store)).unwrap();
        Self {
            store,
            ledger,
            _dir: dir,
        }
    }

    /// Everything in memory is lost; what is on disk is read again.
    fn crash(&mut self) {
        self.ledger = Ledger::open(Arc::clone(&self.store)).unwrap();
    }

    fn on_disk(&self, peer: u8) -> PeerRecord {
        let record = self.store.get(Tree::Ledger, &peer_key(&DEAL, peer));
        serde_json::from_slice(&record.unwrap().unwrap()).unwrap()
    }

    fn begin(&self, peers: &[u8]) -> Checks {
        self.ledger.begin(&DEAL, peers).unwrap()
    }

    fn left(&self, peer: u8) -> u32 {
        self.ledger.left(&DEAL, peer)
    }
}

#[test]
fn completed_checks__should_cost_nothing() {
    let mut node = Node::new();
    for _ in 0..200 {
        node.begin(&[2, 3]).completed();
    }
    assert_eq!((node.left(2), node.left(3)), (BUDGET, BUDGET));
    node.ledger.release_reservations().unwrap();
    node.crash();
    assert_eq!((node.left(2), node.left(3)), (BUDGET, BUDGET));
}

#[test]
fn reservation__should_be_on_disk_before_the_check_starts_and_written_only_when_it_rises() {
    let node = Node::new();
    let first = node.begin(&[2]);
    assert_eq!(node.on_disk(2).reserved, 1);
    let second = node.begin(&[2]);
    assert_eq!(node.on_disk(2).reserved, 2);
    first.completed();

    // Sealed records differ at each writing, so equal ones show that nothing was written.
    let sealed = || {
        node.store
            .sealed(Tree::Ledger, &peer_key(&DEAL, 2))
            .unwrap()
    };
    let before = sealed();
    for _ in 0..10 {
        node.begin(&[2]).completed();
    }
    second.completed();
    assert_eq!(sealed(), before);
    let three = [node.begin(&[2]), node.begin(&[2]), node.begin(&[2])];
    assert_ne!(sealed(), before);
    assert_eq!(node.on_disk(2).reserved, 3);
    three.into_iter().for_each(Checks::completed);
}

#[test]
fn crash_during_checks__should_charge_them() {
    let mut node = Node::new();
    let open = [node.begin(&[2, 3]), node.begin(&[2])];
    node.crash();
    assert_eq!((node.left(2), node.left(3)), (BUDGET - 2, BUDGET - 1));
    assert_eq!(node.on_disk(2).reserved, 0);
    node.crash();
    assert_eq!((node.left(2), node.left(3)), (BUDGET - 2, BUDGET - 1));
    open.into_iter().for_each(std::mem::forget);
}

#[test]
fn charged_checks__should_cost_only_those_who_are_charged() {
    let mut node = Node::new();
    // Node 9 took no part and so cannot be charged.
    node.begin(&[2, 3]).charged(&[3, 9]).unwrap();
    assert_eq!(node.left(2), BUDGET);
    assert_eq!(node.left(3), BUDGET - 1);
    assert_eq!(node.left(9), BUDGET);
    assert_eq!(node.on_disk(3).spent, 1);
    node.ledger.release_reservations().unwrap();
    node.crash();
    assert_eq!((node.left(2), node.left(3)), (BUDGET, BUDGET - 1));
}

#[test]
fn charge__should_be_counted_once_by_a_crash_that_follows() {
    let mut node = Node::new();
    node.begin(&[2]).charged(&[2]).unwrap();
    node.crash();
    assert_eq!(node.left(2), BUDGET - 1);
}

#[test]
fn dropped_checks__should_charge_everybody() {
    let mut node = Node::new();
    let ledger = node.ledger.clone();
    let panicked = std::thread::spawn(move || {
        let _checks = ledger.begin(&DEAL, &[2, 3]).unwrap();
        panic!("in the middle of a check");
    });
    assert!(panicked.join().is_err());
    assert_eq!((node.left(2), node.left(3)), (BUDGET - 1, BUDGET - 1));
    node.crash();
    assert_eq!((node.left(2), node.left(3)), (BUDGET - 1, BUDGET - 1));
}

#[test]
fn peer_that_hangs_up__should_be_quarantined_when_its_budget_is_spent() {
    let mut node = Node::new();
    for round in 0..BUDGET {
        assert_eq!(node.left(2), BUDGET - round);
        assert!(node.ledger.usable(&DEAL, &[1, 2], 1).is_ok());
        node.begin(&[2]).charged(&[2]).unwrap();
        if round % 10 == 0 {
            node.crash();
        }
    }
    for _ in 0..2 {
        assert_eq!(node.left(2), 0);
        assert!(matches!(
            node.ledger.begin(&DEAL, &[2, 3]),
            Err(LedgerError::Quarantined { peer: 2, .. })
        ));
        assert!(node.ledger.usable(&DEAL, &[1, 2], 1).is_err());
        assert!(node.ledger.usable(&DEAL, &[1, 3], 1).is_ok());
        node.crash();
    }
}

#[test]
fn checks_at_once__should_never_exceed_what_the_peer_has_left() {
    let mut node = Node::new();
    for _ in 0..BUDGET - 3 {
        node.begin(&[2]).charged(&[2]).unwrap();
    }
    let open = [node.begin(&[2]), node.begin(&[2]), node.begin(&[2, 3])];
    assert!(matches!(
        node.ledger.begin(&DEAL, &[2]),
        Err(LedgerError::BudgetSpent { peer: 2 })
    ));
    open.into_iter().for_each(Checks::completed);
    let open = [node.begin(&[2]), node.begin(&[2]), node.begin(&[2])];
    drop(open);
    assert_eq!(node.left(2), 0);
    node.crash();
    assert_eq!(node.ledger.quarantined(&DEAL).len(), 1);
}

#[test]
fn refused_begin__should_reserve_nothing() {
    let mut node = Node::new();
    node.ledger.quarantine(&DEAL, 3, "a wrong MAC").unwrap();
    for _ in 0..100 {
        assert!(node.ledger.begin(&DEAL, &[2, 3]).is_err());
    }
    assert_eq!(node.left(2), BUDGET);
    node.begin(&[2]).completed();
    node.crash();
    assert_eq!(node.left(2), BUDGET - 1);
}

#[test]
fn crash__should_count_a_reservation_that_no_check_used_any_more() {
    let mut node = Node::new();
    node.begin(&[2]).completed();
    node.crash();
    assert_eq!(node.left(2), BUDGET - 1);
}

#[test]
fn quarantine__should_last_and_keep_its_first_reason() {
    let mut node = Node::new();
    let checks = node.begin(&[2]);
    node.ledger.quarantine(&DEAL, 2, "a wrong MAC").unwrap();
    node.ledger.quarantine(&DEAL, 2, "again").unwrap();
    checks.completed();
    for _ in 0..2 {
        assert_eq!(
            node.ledger.quarantined(&DEAL),
            [(2, "a wrong MAC".to_owned())]
        );
        let why = node.ledger.usable(&DEAL, &[1, 2, 3], 1).unwrap_err();
        assert!(why.contains("index 2") && why.contains("a wrong MAC"));
        node.ledger.release_reservations().unwrap();
        node.crash();
    }
    // Other pairs, other dealings and the peer's own view of others go on.
    assert!(node.ledger.usable(&DEAL, &[1, 3], 1).is_ok());
    assert!(node.ledger.usable(&[8; 32], &[1, 2], 1).is_ok());
    assert!(node.ledger.begin(&[8; 32], &[2]).is_ok());
    assert!(node.ledger.quarantined(&[8; 32]).is_empty());
}

#[test]
fn ended_quorum__should_stay_ended_whatever_the_order_of_members() {
    let mut node = Node::new();
    node.ledger
        .end_quorum(&DEAL, &[3, 1, 2], "a wrong row")
        .unwrap();
    node.ledger.end_quorum(&DEAL, &[1, 2, 3], "again").unwrap();
    for _ in 0..2 {
        let why = node.ledger.usable(&DEAL, &[2, 3, 1], 1).unwrap_err();
        assert!(why.contains("a wrong row"));
        assert!(node.ledger.usable(&DEAL, &[1, 2, 4], 1).is_ok());
        assert!(node.ledger.usable(&DEAL, &[1, 2], 1).is_ok());
        assert!(node.ledger.quarantined(&DEAL).is_empty());
        node.crash();
    }
}

#[test]
fn peer_named_twice__should_pay_once() {
    let node = Node::new();
    node.begin(&[2, 2]).charged(&[2, 2]).unwrap();
    assert_eq!(node.left(2), BUDGET - 1);
}

#[test]
fn tampered_record__should_keep_the_ledger_shut() {
    let node = Node::new();
    node.begin(&[2]).charged(&[2]).unwrap();
    let key = peer_key(&DEAL, 2);
    node.store.put(Tree::Ledger, &key, b"{}").unwrap();
    assert!(matches!(
        Ledger::open(Arc::clone(&node.store)),
        Err(StorageError::Damaged("ledger"))
    ));
}
