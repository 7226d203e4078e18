//! Waiting for what is to happen without a say in when: any thread may be stalled for seconds.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout};

/// The longest lifetime a request may have, in milliseconds: no stall uses it up.
pub const LONG: u64 = 60_000;
/// Longer than stalls, and much shorter than [`LONG`].
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Looks again and again until it holds. What a stall may spoil is tried like this: one try that
/// succeeds shows it, and what does not work never does.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !holds().await {
            sleep(BETWEEN_LOOKS).await;
        }
    };
    let found = timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// What comes long before the deadline of a request that has [`LONG`], and so did not wait for it.
pub async fn in_time<T>(outcome: impl Future<Output = T>) -> T {
    let outcome = timeout(PATIENCE, outcome).await;
    outcome.expect("an answer long before the deadline")
}
