//! How much may be in flight, in all and of one client, so that none starves the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_wire::{ClientName, Reason, Refusal};

/// What a client is told to wait.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Counts requests in flight.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    limit_per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of_client: HashMap<ClientName, usize>,
}

impl Admission {
    pub(crate) fn new(limit: usize, limit_per_client: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            limit_per_client,
            counts: Mutex::default(),
        })
    }

    /// Counts one request until the ticket is dropped.
    pub(crate) fn admit(self: &Arc<Self>, client: &ClientName) -> Result<Ticket, Box<Refusal>> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_client = counts.of_client.get(client).copied().unwrap_or(0);
        if counts.all >= self.limit {
            return Err(Box::new(overloaded(format!(
                "{} requests are in flight at this coordinator",
                counts.all
            ))));
        }
        if of_client >= self.limit_per_client {
            return Err(Box::new(overloaded(format!(
                "{of_client} requests of client {client} are in flight at this coordinator"
            ))));
        }
        counts.all += 1;
        counts.of_client.insert(client.clone(), of_client + 1);
        Ok(Ticket {
            admission: self.clone(),
            client: client.clone(),
        })
    }
}

fn overloaded(detail: String) -> Refusal {
    Refusal::new(Reason::Overloaded)
        .with_rule("in-flight")
        .with_detail(detail)
        .retry_after(RETRY_AFTER)
}

/// One request, counted.
#[derive(Debug)]
pub(crate) struct Ticket {
    admission: Arc<Admission>,
    client: ClientName,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut counts = self
            .admission
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        if let Some(count) = counts.of_client.get_mut(&self.client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.of_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_cannot_take_every_place() {
        let admission = Admission::new(3, 2);
        let greedy: ClientName = "greedy".parse().unwrap();
        let other: ClientName = "other".parse().unwrap();
        let first = admission.admit(&greedy).unwrap();
        let _second = admission.admit(&greedy).unwrap();
        let refused = admission.admit(&greedy).unwrap_err();
        assert_eq!(refused.reason(), Reason::Overloaded);
        assert!(refused.retry_after_ms > 0);

        let _third = admission.admit(&other).unwrap();
        assert!(admission.admit(&other).is_err());
        drop(first);
        assert!(admission.admit(&greedy).is_ok());
    }
}
