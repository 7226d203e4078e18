//! What was authorised lately, per key and per client.

use std::collections::HashMap;

use crate::sliding::SlidingSum;
use crate::usage::{Charge, Usage, Window};

/// Sums of charges over each [`Window`], per key (all its clients) and per client (all its keys).
///
/// Never too low while the clock runs forward, and too high by no more than what came in the
/// hundredth of a window before it. What saturates stays at its largest value until the window has
/// passed. Memory is bounded by the roster, not by traffic: at most 26 KiB for each key or client
/// that was ever charged. Callers pass names they have authenticated.
///
/// Ask for the usage, decide and charge under one lock: between two requests that see the same
/// usage, a limit lets both pass.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    keys: HashMap<String, Sums>,
    clients: HashMap<String, Sums>,
}

impl Counters {
    /// Counters that have seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counters after all `events`, (time in ms, key, client, charge), as an audit log has
    /// them. Events older than the longest window may be left out.
    pub fn replay<K, C>(events: impl IntoIterator<Item = (u64, K, C, Charge)>) -> Self
    where
        K: AsRef<str>,
        C: AsRef<str>,
    {
        let mut counters = Self::new();
        for (time_ms, key, client, charge) in events {
            counters.charge(time_ms, key.as_ref(), client.as_ref(), charge);
        }
        counters
    }

    /// What the key's and the client's usage would be if `charge` were added now. Changes nothing.
    pub fn usage(&self, now_ms: u64, key: &str, client: &str, charge: Charge) -> (Usage, Usage) {
        let including = |sums: Option<&Sums>| {
            Usage::from_fn(|window| {
                let before = sums.map_or_else(Charge::default, |sums| sums.over(window, now_ms));
                before.saturating_add(charge)
            })
        };
        (
            including(self.keys.get(key)),
            including(self.clients.get(client)),
        )
    }

    /// The times after `now_ms`, ascending, at which some sum of the key or the client falls if
    /// nothing is charged.
    pub fn falls(&self, now_ms: u64, key: &str, client: &str) -> Vec<u64> {
        let subjects = [self.keys.get(key), self.clients.get(client)];
        let sums = subjects.into_iter().flatten().flat_map(|sums| &sums.0);
        let mut times: Vec<u64> = sums
            .flat_map(SlidingSum::falls)
            .filter(|time| *time > now_ms)
            .collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// Adds `charge` to the key and to the client, for good: an authorisation is not taken back.
    pub fn charge(&mut self, now_ms: u64, key: &str, client: &str, charge: Charge) {
        for (subjects, name) in [(&mut self.keys, key), (&mut self.clients, client)] {
            match subjects.get_mut(name) {
                Some(sums) => sums.add(now_ms, charge),
                None => subjects
                    .entry(name.to_owned())
                    .or_default()
                    .add(now_ms, charge),
            }
        }
    }
}

/// One sum per window, in the order of [`Window::ALL`].
#[derive(Clone, Debug)]
struct Sums([SlidingSum; Window::ALL.len()]);

impl Sums {
    fn over(&self, window: Window, now_ms: u64) -> Charge {
        self.0[window as usize].sum(now_ms)
    }

    fn add(&mut self, now_ms: u64, charge: Charge) {
        for sum in &mut self.0 {
            sum.add(now_ms, charge);
        }
    }
}

impl Default for Sums {
    fn default() -> Self {
        Self(Window::ALL.map(SlidingSum::new))
    }
}
