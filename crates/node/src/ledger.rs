//! The ledger of failed and unfinished checks (P17).
//!
//! A peer that cheats in a check may learn something from it even if it then hangs up. So each
//! check is paid for in advance: it is *reserved*, durably, before it starts; refunded when it
//! completes; and *spent* when it does not, even if this node crashed meanwhile. A peer with nothing
//! left, or one that a check has caught, is quarantined for as long as this dealing lasts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::storage::{StorageError, Store, Tree};

/// Checks a peer may leave unfinished, for each dealing.
pub const BUDGET: u32 = 64;

const BUDGET_SPENT: &str = "left too many checks unfinished";

/// The ledger of all dealings. Clones share one ledger.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<Store>,
    accounts: Mutex<Accounts>,
}

type DealId = [u8; 32];

#[derive(Default)]
struct Accounts {
    peers: BTreeMap<(DealId, u8), Account>,
    /// By [`ended_key`]: why the quorum ended.
    ended: BTreeMap<Vec<u8>, String>,
}

/// What one peer did in one dealing.
#[derive(Clone, Default)]
struct Account {
    /// Checks under way. Never more than `record.reserved`, which is on disk.
    open: u32,
    record: PeerRecord,
    /// A charge or quarantine that is not on disk, because writing it failed.
    unsaved: bool,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerRecord {
    reserved: u32,
    spent: u32,
    quarantined: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuorumRecord {
    ended: String,
}

impl Ledger {
    /// Reads the ledger. What was reserved when the last run ended counts as spent, durably: a
    /// crash during a check is charged.
    ///
    /// # Errors
    /// [`StorageError`] if a record cannot be read or written.
    pub fn open(store: Arc<Store>) -> Result<Self, StorageError> {
        let mut accounts = Accounts::default();
        for (key, value) in store.entries(Tree::Ledger)? {
            let damaged = || StorageError::Damaged("ledger");
            match split_key(&key).ok_or_else(damaged)? {
                Subject::Peer(deal, peer) => {
                    let record = serde_json::from_slice(&value).map_err(|_| damaged())?;
                    let account = Account {
                        record,
                        ..Account::default()
                    };
                    accounts.peers.insert((deal, peer), account);
                }
                Subject::Quorum => {
                    let QuorumRecord { ended } =
                        serde_json::from_slice(&value).map_err(|_| damaged())?;
                    accounts.ended.insert(key, ended);
                }
            }
        }
        for ((deal, peer), account) in &mut accounts.peers {
            if account.record.reserved > 0 {
                account.charge(account.record.reserved);
                account.save(&store, deal, *peer)?;
            }
        }
        let accounts = Mutex::new(accounts);
        let shared = Arc::new(Shared { store, accounts });
        Ok(Self { shared })
    }

    /// Reserves one check with each of `peers`, given by share index. It may start when this
    /// returns: the reservation is on disk by then. Once as many checks were open at a time as ever
    /// will be, nothing has to be written.
    ///
    /// # Errors
    /// [`LedgerError::Quarantined`] or [`LedgerError::BudgetSpent`] naming the first peer that may
    /// not be checked; then nothing is reserved.
    pub fn begin(&self, deal: &DealId, peers: &[u8]) -> Result<Checks, LedgerError> {
        let mut peers = peers.to_vec();
        peers.sort_unstable();
        peers.dedup();
        let mut accounts = self.shared.lock();
        let mut opened = Vec::with_capacity(peers.len());
        for &peer in &peers {
            let account = accounts.peers.get(&(*deal, peer)).cloned();
            opened.push((peer, account.unwrap_or_default().with_one_more(peer)?));
        }
        for (peer, account) in &mut opened {
            if account.open > account.record.reserved || account.unsaved {
                account.save(&self.shared.store, deal, *peer)?;
            }
        }
        for (peer, account) in opened {
            accounts.peers.insert((*deal, peer), account);
        }
        drop(accounts);
        Ok(Checks {
            shared: Arc::clone(&self.shared),
            deal: *deal,
            peers,
        })
    }

    /// Ends all signing with a peer in this dealing, for good. Durable when this returns; in force
    /// even if it fails. The first reason is kept.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written: then stop the node, for a restart would forget it.
    pub fn quarantine(&self, deal: &DealId, peer: u8, reason: &str) -> Result<(), StorageError> {
        let mut accounts = self.shared.lock();
        let account = accounts.account(deal, peer);
        account.quarantine(reason);
        account.save(&self.shared.store, deal, peer)
    }

    /// Ends one quorum in this dealing, for good, without blaming a member. Durable when this
    /// returns; in force even if it fails. The first reason is kept.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written: then stop the node, for a restart would forget it.
    pub fn end_quorum(
        &self,
        deal: &DealId,
        quorum: &[u8],
        reason: &str,
    ) -> Result<(), StorageError> {
        let key = ended_key(deal, quorum);
        let mut accounts = self.shared.lock();
        let ended = accounts
            .ended
            .entry(key.clone())
            .or_insert_with(|| reason.to_owned());
        let record = QuorumRecord {
            ended: ended.clone(),
        };
        let record = serde_json::to_vec(&record).map_err(std::io::Error::other)?;
        self.shared.store.put(Tree::Ledger, &key, &record)
    }

    /// Whether this node, at share index `me`, may still sign with the members of a quorum.
    ///
    /// # Errors
    /// Why not, for the operator.
    pub fn usable(&self, deal: &DealId, members: &[u8], me: u8) -> Result<(), String> {
        let accounts = self.shared.lock();
        if let Some(reason) = accounts.ended.get(&ended_key(deal, members)) {
            return Err(format!("the quorum has ended: {reason}"));
        }
        for &peer in members.iter().filter(|&&member| member != me) {
            if let Some(account) = accounts.peers.get(&(*deal, peer))
                && let Some(reason) = &account.record.quarantined
            {
                return Err(format!(
                    "the node with index {peer} is quarantined: {reason}"
                ));
            }
        }
        Ok(())
    }

    /// Unfinished checks the peer can still afford, for the metric.
    #[must_use]
    pub fn left(&self, deal: &DealId, peer: u8) -> u32 {
        let accounts = self.shared.lock();
        let account = accounts.peers.get(&(*deal, peer));
        account.map_or(BUDGET, |account| {
            BUDGET.saturating_sub(account.record.spent)
        })
    }

    /// The peers quarantined in this dealing, by share index, and why.
    #[must_use]
    pub fn quarantined(&self, deal: &DealId) -> Vec<(u8, String)> {
        let accounts = self.shared.lock();
        accounts
            .peers
            .iter()
            .filter(|((of, _), _)| of == deal)
            .filter_map(|((_, peer), account)| Some((*peer, account.record.quarantined.clone()?)))
            .collect()
    }

    /// Gives back what is reserved but not in use, so that the next start charges nobody for it. To
    /// be called at a clean shutdown, after the last check; doing so when idle does no harm.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written: then the next start charges.
    pub fn release_reservations(&self) -> Result<(), StorageError> {
        let mut accounts = self.shared.lock();
        for ((deal, peer), account) in &mut accounts.peers {
            if account.record.reserved != account.open || account.unsaved {
                account.save(&self.shared.store, deal, *peer)?;
            }
        }
        Ok(())
    }
}

/// Checks under way with some peers. Dropped without saying how they ended, it charges them all.
#[must_use = "checks that are dropped are charged"]
pub struct Checks {
    shared: Arc<Shared>,
    deal: DealId,
    /// Those whose check is still open.
    peers: Vec<u8>,
}

impl Checks {
    /// All checks completed: nobody pays.
    pub fn completed(mut self) {
        let peers = std::mem::take(&mut self.peers);
        let mut accounts = self.shared.lock();
        for peer in peers {
            accounts.account(&self.deal, peer).close();
        }
    }

    /// The checks with `charged` did not complete: each of them pays for one. The others completed.
    /// Durable when this returns; in force even if it fails.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written; the reservation then still stands on disk.
    pub fn charged(mut self, charged: &[u8]) -> Result<(), StorageError> {
        let peers = std::mem::take(&mut self.peers);
        let (charged, completed) = peers.into_iter().partition(|peer| charged.contains(peer));
        self.peers = completed;
        let result = self.charge(charged);
        self.completed();
        result
    }

    fn charge(&self, peers: Vec<u8>) -> Result<(), StorageError> {
        let mut accounts = self.shared.lock();
        let mut result = Ok(());
        for peer in peers {
            let account = accounts.account(&self.deal, peer);
            account.close();
            account.charge(1);
            result = result.and(account.save(&self.shared.store, &self.deal, peer));
        }
        result
    }
}

impl Drop for Checks {
    fn drop(&mut self) {
        let peers = std::mem::take(&mut self.peers);
        if let Err(error) = self.charge(peers) {
            tracing::error!(%error, "cannot charge an unfinished check; a restart will");
        }
    }
}

impl Shared {
    /// A panic elsewhere must not turn charges into refunds, and every update is made of steps that
    /// are each safe to stop after.
    fn lock(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    fn account(&mut self, deal: &DealId, peer: u8) -> &mut Account {
        self.peers.entry((*deal, peer)).or_default()
    }
}

impl Account {
    fn with_one_more(mut self, peer: u8) -> Result<Self, LedgerError> {
        if let Some(reason) = self.record.quarantined {
            return Err(LedgerError::Quarantined { peer, reason });
        }
        // Those under way may all come to be charged.
        if self.record.spent.saturating_add(self.open) >= BUDGET {
            return Err(LedgerError::BudgetSpent { peer });
        }
        self.open += 1;
        Ok(self)
    }

    fn close(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    fn charge(&mut self, checks: u32) {
        self.unsaved = true;
        self.record.spent = self.record.spent.saturating_add(checks);
        if self.record.spent >= BUDGET {
            self.quarantine(BUDGET_SPENT);
        }
    }

    fn quarantine(&mut self, reason: &str) {
        self.unsaved = true;
        self.record
            .quarantined
            .get_or_insert_with(|| reason.to_owned());
    }

    /// Writes the account, with just what is under way reserved. Until that has succeeded the old
    /// reservation is what counts.
    fn save(&mut self, store: &Store, deal: &DealId, peer: u8) -> Result<(), StorageError> {
        let record = PeerRecord {
            reserved: self.open,
            ..self.record.clone()
        };
        let bytes = serde_json::to_vec(&record).map_err(std::io::Error::other)?;
        store.put(Tree::Ledger, &peer_key(deal, peer), &bytes)?;
        self.record = record;
        self.unsaved = false;
        Ok(())
    }
}

const PEER: u8 = b'p';
const QUORUM: u8 = b'q';

fn peer_key(deal: &DealId, peer: u8) -> Vec<u8> {
    [&deal[..], &[PEER, peer]].concat()
}

/// The members are sorted, so that one quorum has one key.
fn ended_key(deal: &DealId, members: &[u8]) -> Vec<u8> {
    let mut members = members.to_vec();
    members.sort_unstable();
    [&deal[..], &[QUORUM], &members].concat()
}

enum Subject {
    Peer(DealId, u8),
    Quorum,
}

fn split_key(key: &[u8]) -> Option<Subject> {
    let (deal, subject) = key.split_first_chunk::<32>()?;
    match subject {
        [PEER, peer] => Some(Subject::Peer(*deal, *peer)),
        [QUORUM, ..] => Some(Subject::Quorum),
        _ => None,
    }
}

/// Why no check may start.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The peer is quarantined in this dealing. Only a new dealing ends that.
    #[error("the node with index {peer} is quarantined: {reason}")]
    Quarantined {
        /// Its share index.
        peer: u8,
        /// Why.
        reason: String,
    },
    /// The checks under way may spend all that the peer has left. Let some complete first.
    #[error("the node with index {peer} has no unfinished checks left to spend")]
    BudgetSpent {
        /// Its share index.
        peer: u8,
    },
    /// The reservation could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[cfg(test)]
mod tests;
