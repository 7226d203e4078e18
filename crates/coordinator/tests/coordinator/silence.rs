//! Nodes that fall silent, as all do when the coordinator's own machine stalls: a request waits for
//! them while it has time, until connecting to them fails.

use crate::support::{Behaviour, Deployment, LONG, in_time, noticing_silence, until};
use countersign_wire::Reason;

#[tokio::test]
async fn nodes_that_fall_silent_are_waited_for() {
    let deployment = Deployment::start_with(noticing_silence).await;
    let (one, other) = (deployment.node("a"), deployment.node("c"));
    // Connecting may have failed before the request comes; then it is not to wait.
    until("a silent node to be back in time", async || {
        one.behave(Behaviour::Freeze);
        other.behave(Behaviour::Freeze);
        deployment.wait_for_live("b").await;
        let (response, ()) = tokio::join!(deployment.sign(LONG), async {
            one.behave(Behaviour::Sign);
        });
        match response {
            Ok(response) => response.quorum == ["a", "b"],
            Err(refusal) => {
                assert_eq!(refusal.reason(), Reason::NoQuorum, "{refusal}");
                false
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_comes_before_the_first_heartbeat_waits_for_it() {
    let deployment = Deployment::start_unheard(|_| {}).await;
    assert_eq!(deployment.sign(LONG).await.unwrap().attempts, 1);
}

#[tokio::test]
async fn nodes_that_stay_silent_are_waited_for_until_connecting_to_them_fails() {
    let deployment = Deployment::start_with(noticing_silence).await;
    for node in ["a", "c"] {
        deployment.node(node).behave(Behaviour::Freeze);
    }
    deployment.wait_for_live("b").await;
    // A frozen node still accepts connections, and sends no heartbeat on them.
    until("a and c alone to be missed", async || {
        let refusal = in_time(deployment.sign(LONG)).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::NoQuorum);
        refusal.detail.contains("not reachable: a, c")
    })
    .await;
    assert_eq!(deployment.contributions(), 0);
}
