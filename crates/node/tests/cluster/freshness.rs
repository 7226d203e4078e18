//! Requests at the wrong time.

use countersign_wire::{Reason, Refusal};

use crate::support::client::{Ask, now_ms, order};
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;

const QUORUM: [&str; 2] = ["a", "b"];

/// What each node of the quorum says against it.
async fn refusals(cluster: &Cluster, coordinator: &Coordinator, ask: Ask) -> Vec<Refusal> {
    let answers = coordinator.ask(&ask.sign(cluster), &QUORUM).await;
    let refusals = answers.into_values().map(Result::unwrap_err);
    refusals.collect()
}

fn with_timestamp(mut ask: Ask, timestamp: u64) -> Ask {
    let query = &mut ask.envelope.request.query;
    let end = query.rfind("timestamp=").unwrap();
    query.truncate(end);
    query.push_str(&format!("timestamp={timestamp}"));
    ask
}

#[tokio::test]
async fn request_outside_its_time__should_be_refused_with_the_offset() {
    let cluster = Cluster::start(Options {
        clock_skew_ms: 15_000,
        ..Options::default()
    });
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let before = coordinator.pool(&QUORUM).await;

    let mut late = order();
    late.envelope.created_at_ms -= 10_000;
    late.envelope.deadline_ms = now_ms() - 1_000;
    for refusal in refusals(&cluster, &coordinator, late).await {
        assert_eq!(refusal.reason(), Reason::Deadline);
        let late = milliseconds(&refusal.detail);
        assert!((1_000..30_000).contains(&late), "{refusal}");
    }

    let mut early = order();
    early.envelope.created_at_ms += 60_000;
    early.envelope.deadline_ms += 60_000;
    for refusal in refusals(&cluster, &coordinator, early).await {
        assert_eq!(refusal.reason(), Reason::Stale);
        assert_eq!(refusal.rule, "freshness");
        let ahead = milliseconds(&refusal.detail);
        assert!((30_000..=60_000).contains(&ahead), "{refusal}");
        assert!(refusal.detail.contains("15000 ms are allowed"), "{refusal}");
    }

    let now = now_ms();
    for (timestamp, side) in [(now - 60_000, "behind"), (now + 60_000, "ahead")] {
        let ask = with_timestamp(order(), timestamp);
        for refusal in refusals(&cluster, &coordinator, ask).await {
            assert_eq!(refusal.reason(), Reason::Stale);
            assert_eq!(refusal.rule, "venue-timestamp");
            assert!(refusal.detail.contains(side), "{refusal}");
            let offset = milliseconds(&refusal.detail);
            assert!((30_000..90_000).contains(&offset), "{refusal}");
        }
    }

    assert_eq!(coordinator.pool(&QUORUM).await, before);
    coordinator.assert_nobody_blamed(&cluster).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &QUORUM).await;
}

/// The first number of a text.
fn milliseconds(text: &str) -> u64 {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    digits
        .filter(|digits| !digits.is_empty())
        .find_map(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("no number in {text:?}"))
}
