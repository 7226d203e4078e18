//! A coordinator with a valid certificate and no scruples: it sends each node what a test says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::node_client::NodeClient;
use countersign_wire::v1::{
    ContributeRequest, ContributeResponse, HeartbeatsRequest, NodeStatus, QuorumStatus,
    SignedEnvelope,
};
use countersign_wire::{Reason, Refusal, receipt};
use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::Channel;

use super::client::Asked;
use super::cluster::{COORDINATOR, Cluster};

/// Longer than any patience of a node.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Coordinator {
    stubs: BTreeMap<String, NodeClient<Channel>>,
}

/// What one node answered.
pub type Answer = (String, Result<ContributeResponse, Refusal>);

/// What all members of a quorum answered.
pub type Answers = BTreeMap<String, Result<ContributeResponse, Refusal>>;

impl Coordinator {
    /// With the certificate of the deployment's coordinator.
    pub fn new(cluster: &Cluster) -> Self {
        let material = cluster.material(&format!("coordinator-{COORDINATOR}"));
        Self::with_certificate(cluster, &material)
    }

    /// With somebody else's certificate.
    pub fn with_certificate(cluster: &Cluster, material: &TlsMaterial) -> Self {
        let options = TransportOptions::default();
        let stub = |name: &String| {
            let (address, identity) = (cluster.address(name), cluster.identity(name));
            let channel = tls::connect_lazy(&address, &identity, material, &options).unwrap();
            (name.clone(), NodeClient::new(channel))
        };
        Self {
            stubs: cluster.names().iter().map(stub).collect(),
        }
    }

    /// Calls one node.
    pub async fn contribute(
        &self,
        node: &str,
        envelope: &SignedEnvelope,
        quorum: &[&str],
    ) -> Result<ContributeResponse, Refusal> {
        self.contribute_raw(node, envelope, quorum)
            .await
            .map_err(|status| {
                Refusal::from_status(&status).unwrap_or_else(|| panic!("no refusal: {status}"))
            })
    }

    /// As [`Self::contribute`], with the status as it comes.
    pub async fn contribute_raw(
        &self,
        node: &str,
        envelope: &SignedEnvelope,
        quorum: &[&str],
    ) -> Result<ContributeResponse, Status> {
        let mut request = tonic::Request::new(ContributeRequest {
            envelope: Some(envelope.clone()),
            quorum: quorum.iter().map(|&name| name.to_owned()).collect(),
        });
        request.set_timeout(PATIENCE);
        let answer = self.stubs[node].clone().contribute(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Calls each of `calls`, all at once.
    pub async fn contribute_each(
        &self,
        calls: &[(&str, &SignedEnvelope)],
        quorum: &[&str],
    ) -> Answers {
        let answers = self.answers(calls, quorum).join_all().await;
        answers.into_iter().collect()
    }

    /// As [`Self::contribute_each`], with several calls to one node.
    pub async fn contribute_all(
        &self,
        calls: &[(&str, &SignedEnvelope)],
        quorum: &[&str],
    ) -> Vec<Answer> {
        self.answers(calls, quorum).join_all().await
    }

    fn answers(&self, calls: &[(&str, &SignedEnvelope)], quorum: &[&str]) -> JoinSet<Answer> {
        let mut answers = JoinSet::new();
        for (node, envelope) in calls {
            let only = Self {
                stubs: [((*node).to_owned(), self.stubs[*node].clone())].into(),
            };
            let (node, envelope) = ((*node).to_owned(), (*envelope).clone());
            let quorum: Vec<String> = quorum.iter().map(|&name| name.to_owned()).collect();
            answers.spawn(async move {
                let quorum: Vec<&str> = quorum.iter().map(String::as_str).collect();
                let answer = only.contribute(&node, &envelope, &quorum).await;
                (node, answer)
            });
        }
        answers
    }

    /// Does what an honest coordinator does.
    pub async fn ask(&self, asked: &Asked, quorum: &[&str]) -> Answers {
        let calls: Vec<_> = quorum.iter().map(|&node| (node, &asked.signed)).collect();
        self.contribute_each(&calls, quorum).await
    }

    /// The tag that a quorum makes, as soon as there is a presignature for it.
    pub async fn tag(&self, asked: &Asked, quorum: &[&str]) -> Vec<u8> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let answers = self.ask(asked, quorum).await;
            let answers: Result<Vec<_>, _> = answers.into_values().collect();
            match answers {
                Ok(answers) => {
                    let mut tags = answers
                        .iter()
                        .filter_map(|answer| answer.sealed_tag.as_ref());
                    let tag = asked.open(tags.next().unwrap());
                    assert!(tags.next().is_none(), "one node evaluates");
                    return tag;
                }
                Err(refusal) => {
                    let not_yet = matches!(refusal.reason(), Reason::PoolEmpty | Reason::NotReady);
                    assert!(not_yet && Instant::now() < patience, "{refusal}");
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Has a request signed by a quorum, and checks everything there is to check about the answer.
    pub async fn sign(&self, cluster: &Cluster, asked: &Asked, quorum: &[&str]) -> Signed {
        let answers = self.ask(asked, quorum).await;
        let signed = Signed::from_answers(&answers, asked, cluster);
        let signed = signed.unwrap_or_else(|why| panic!("{quorum:?}: {why}: {answers:?}"));
        assert_eq!(
            signed.tag,
            asked.expected_tag(cluster),
            "{quorum:?}: a wrong tag"
        );
        signed
    }

    /// A node's next heartbeat.
    pub async fn status(&self, node: &str) -> Result<NodeStatus, Status> {
        let request = HeartbeatsRequest { interval_ms: 50 };
        let beats = self.stubs[node].clone().heartbeats(request).await?;
        let first = beats.into_inner().message().await?;
        first.ok_or_else(|| Status::unavailable("no heartbeat"))
    }

    /// Waits until these nodes run and every quorum among them is active with a full pool.
    pub async fn wait_until_full(&self, cluster: &Cluster, nodes: &[&str]) {
        let patience = Instant::now() + PATIENCE;
        let wanted = combinations(nodes.len(), cluster.options().threshold.into());
        loop {
            let mut full = 0;
            let mut seen = Vec::new();
            for node in nodes {
                let status = self.status(node).await;
                for quorum in status.iter().flat_map(quorums) {
                    full += usize::from(quorum.active && quorum.pool >= quorum.pool_target);
                }
                seen.push(status);
            }
            if full == wanted {
                return;
            }
            assert!(Instant::now() < patience, "pools do not fill: {seen:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until these nodes, and no others, are missed by the gossip of `node`.
    pub async fn wait_until_stale(&self, node: &str, stale: &[&str]) {
        let patience = Instant::now() + PATIENCE;
        loop {
            let status = self.status(node).await;
            if let Ok(status) = &status
                && status.keys.iter().all(|key| key.gossip_stale == stale)
            {
                return;
            }
            assert!(Instant::now() < patience, "gossip of {node}: {status:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until each of these nodes hears from all others.
    pub async fn wait_until_fresh(&self, nodes: &[&str]) {
        for node in nodes {
            self.wait_until_stale(node, &[]).await;
        }
    }

    /// Waits until a node answers.
    pub async fn wait_until_up(&self, node: &str) {
        let patience = Instant::now() + PATIENCE;
        while let Err(status) = self.status(node).await {
            assert!(Instant::now() < patience, "node {node}: {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a quorum is active and has presignatures.
    pub async fn wait_until_active(&self, quorum: &[&str]) {
        let patience = Instant::now() + PATIENCE;
        loop {
            for node in quorum {
                let status = self.status(node).await;
                let mut found = status.iter().flat_map(quorums);
                if found.any(|of| of.nodes == quorum && of.active && of.pool > 0) {
                    return;
                }
            }
            assert!(Instant::now() < patience, "{quorum:?} does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A quorum's pool, and presignatures made for it, by its evaluator's word.
    pub async fn pool(&self, quorum: &[&str]) -> (u32, u64) {
        for node in quorum {
            let status = self.status(node).await.unwrap();
            if let Some(found) = quorums(&status).find(|of| of.nodes == quorum) {
                return (found.pool, found.made);
            }
        }
        panic!("nobody evaluates for {quorum:?}");
    }

    /// The member of a quorum that evaluates.
    pub async fn evaluator<'a>(&self, quorum: &[&'a str]) -> &'a str {
        for node in quorum {
            let status = self.status(node).await.unwrap();
            if quorums(&status).any(|of| of.nodes == quorum) {
                return node;
            }
        }
        panic!("nobody evaluates for {quorum:?}");
    }

    /// Nobody is quarantined by anybody, and no budget was touched.
    pub async fn assert_nobody_blamed(&self, cluster: &Cluster) {
        super::audit::assert_no_incident(cluster);
        for node in self.stubs.keys() {
            for key in self.status(node).await.unwrap().keys {
                assert!(key.quarantined_peers.is_empty(), "{node}: {key:?}");
            }
        }
    }
}

fn quorums(status: &NodeStatus) -> impl Iterator<Item = &QuorumStatus> {
    status.keys.iter().flat_map(|key| &key.quorums)
}

fn combinations(of: usize, choose: usize) -> usize {
    (0..choose).fold(1, |count, at| count * (of - at) / (at + 1))
}

/// A signature, verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Signed {
    pub tag: Vec<u8>,
    /// Each member's place in its audit log.
    pub audit_seqs: BTreeMap<String, u64>,
}

impl Signed {
    fn from_answers(answers: &Answers, asked: &Asked, cluster: &Cluster) -> Result<Self, String> {
        let (mut audit_seqs, mut tags) = (BTreeMap::new(), Vec::new());
        for (node, answer) in answers {
            let answer = answer.as_ref().map_err(|refusal| refusal.to_string())?;
            let receipt = answer.receipt.as_ref().ok_or("no receipt")?;
            let verified = receipt::verify(receipt, &asked.digest, &cluster.roster)
                .map_err(|error| error.to_string())?;
            if verified.node().as_str() != node {
                return Err("another node's receipt".to_owned());
            }
            audit_seqs.insert(node.clone(), verified.audit_seq());
            tags.extend(answer.sealed_tag.as_ref().map(|tag| asked.open(tag)));
        }
        match <[Vec<u8>; 1]>::try_from(tags) {
            Ok([tag]) => Ok(Self { tag, audit_seqs }),
            Err(tags) => Err(format!("{} tags", tags.len())),
        }
    }
}
