//! A disk that takes no more. Alone in its process, since the limit that stands for the full disk
//! holds for all of a process.
#![allow(non_snake_case, clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "cluster/support/mod.rs"]
mod support;

use countersign_wire::Reason;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use support::client::order;
use support::cluster::{Cluster, Options};
use support::coordinator::Coordinator;

const ALL: [&str; 3] = ["a", "b", "c"];
/// The signal that goes with a write beyond the limit.
const SIGXFSZ: i32 = 25;

fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk__should_stop_every_release_until_the_node_restarts() {
    // Whoever takes the signal gets an error from the write; by default it ends the process.
    let _signals = signal(SignalKind::from_raw(SIGXFSZ)).unwrap();
    let mut cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let before = order().sign(&cluster);
    coordinator.sign(&cluster, &before, &["a", "b"]).await;
    coordinator.wait_until_full(&cluster, &ALL).await;

    limit_files(Some(0));
    let during = order().sign(&cluster);
    for quorum in [["a", "b"], ["b", "c"]] {
        for (node, answer) in coordinator.ask(&during, &quorum).await {
            let refusal = answer.unwrap_err();
            assert_eq!(refusal.reason(), Reason::AuditUnavailable, "{refusal}");
            assert_eq!(refusal.node, node);
        }
    }
    // There is room again, but nobody knows what of the last line was written.
    limit_files(None);
    let after = order().sign(&cluster);
    for answer in coordinator.ask(&after, &["a", "b"]).await.into_values() {
        let refusal = answer.unwrap_err();
        assert_eq!(refusal.reason(), Reason::AuditUnavailable, "{refusal}");
    }

    for node in ALL {
        cluster.kill_node(node);
        cluster.start_node(node);
    }
    coordinator.wait_until_full(&cluster, &ALL).await;
    let recovered = order().sign(&cluster);
    coordinator.sign(&cluster, &recovered, &["a", "b"]).await;
    coordinator.assert_nobody_blamed(&cluster).await;
}
