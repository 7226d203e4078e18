//! The service coordinators call.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign_wire::require_coordinator;
use countersign_wire::v1::node_server;
use countersign_wire::v1::{
    ContributeRequest, ContributeResponse, HeartbeatsRequest, KeyStatus, NodeStatus, PeerBudget,
    QuorumStatus,
};
use tokio_stream::Stream;
use tokio_stream::StreamExt;
use tonic::{Request, Response, Status};

use super::heartbeats;
use crate::keys::Key;
use crate::pools::PoolId;
use crate::signing::Signing;

/// `countersign.v1.Node`.
pub struct NodeService {
    signing: Arc<Signing>,
}

impl NodeService {
    /// The service over this node's signing.
    pub fn new(signing: Arc<Signing>) -> Self {
        Self { signing }
    }
}

#[tonic::async_trait]
impl node_server::Node for NodeService {
    type HeartbeatsStream = Pin<Box<dyn Stream<Item = Result<NodeStatus, Status>> + Send>>;

    async fn contribute(
        &self,
        request: Request<ContributeRequest>,
    ) -> Result<Response<ContributeResponse>, Status> {
        require_coordinator(&request)?;
        // A coordinator that stops waiting must not undo what others already count on.
        let (signing, call) = (Arc::clone(&self.signing), request.into_inner());
        let answer = tokio::spawn(async move { signing.contribute(call).await })
            .await
            .map_err(|_| Status::internal("the node failed; its log says why"))?;
        answer.map(Response::new).map_err(Status::from)
    }

    async fn heartbeats(
        &self,
        request: Request<HeartbeatsRequest>,
    ) -> Result<Response<Self::HeartbeatsStream>, Status> {
        require_coordinator(&request)?;
        let interval = match request.get_ref().interval_ms {
            0 => 250,
            asked => asked.clamp(50, 10_000),
        };
        let (signing, news) = (Arc::clone(&self.signing), self.signing.pools.news());
        let interval = Duration::from_millis(interval.into());
        let beats = heartbeats::beats(interval, news, move || status(&signing));
        Ok(Response::new(Box::pin(beats.map(Ok))))
    }
}

/// The node's state as it tells coordinators.
pub fn status(signing: &Signing) -> NodeStatus {
    // First: with peers it shows, quorums that are missing will stay missing.
    let connected = signing.links.connected_peers();
    let keys: Vec<KeyStatus> = signing
        .keys
        .iter()
        .map(|key| key_status(signing, key))
        .collect();
    let mut waiting_for = Vec::new();
    if keys.is_empty() {
        waiting_for.push("a key: import a share package".to_owned());
    }
    if let Some(left) = signing.decider.closed_for() {
        let left = left.as_secs();
        waiting_for.push(format!(
            "{left} s, until requests that a lost audit log may have held are past"
        ));
    }
    for (key, status) in signing.keys.iter().zip(&keys) {
        if connected.len() + 1 < usize::from(key.threshold()) {
            let missing = usize::from(key.threshold()) - 1 - connected.len();
            waiting_for.push(format!(
                "{missing} more connected peers for key {}",
                status.key_id
            ));
        } else if status
            .quorums
            .iter()
            .any(|q| q.trouble.is_empty() && (q.pool == 0 || !q.active))
        {
            waiting_for.push(format!("presignatures for key {}", status.key_id));
        }
    }
    NodeStatus {
        node: signing.name.to_string(),
        boot_nonce: signing.links.boot().0.to_vec(),
        ready: waiting_for.is_empty(),
        waiting_for,
        clock_ms: signing.clock.now_ms(),
        connected_peers: connected
            .iter()
            .map(|&peer| signing.maker.name_of(peer))
            .collect(),
        keys,
    }
}

fn key_status(signing: &Signing, key: &Key) -> KeyStatus {
    let maker = &signing.maker;
    let ledger = &maker.ledger;
    let quorums = maker
        .wanted(key)
        .into_iter()
        .map(|quorum| {
            let pool = PoolId {
                deal: *key.deal_id(),
                quorum,
            };
            let (depth, made) = signing.pools.depth(&pool);
            QuorumStatus {
                nodes: maker.names_of(&pool.quorum),
                pool: u32::try_from(depth).unwrap_or(u32::MAX),
                pool_target: u32::try_from(maker.settings.depth).unwrap_or(u32::MAX),
                active: maker.is_active(&pool),
                made,
                trouble: maker.usable(key, &pool.quorum).err().unwrap_or_default(),
            }
        })
        .collect();
    let party_name = |index: u8| countersign_mpc::Party::new(index).map(|p| maker.name_of(p));
    KeyStatus {
        key_id: key.manifest().key_id.to_string(),
        scheme: key.manifest().scheme.clone(),
        venue: key.manifest().venue.clone(),
        threshold: key.threshold().into(),
        state: key.state()[..16].to_vec(),
        quorums,
        quarantined_peers: ledger
            .quarantined(key.deal_id())
            .into_iter()
            .filter_map(|(index, _)| party_name(index))
            .collect(),
        budgets: key
            .parties()
            .into_iter()
            .filter(|party| *party != key.me())
            .map(|party| PeerBudget {
                peer: maker.name_of(party),
                left: ledger.left(key.deal_id(), party.index()),
            })
            .collect(),
        gossip_stale: signing
            .decider
            .out_of_step(key)
            .into_iter()
            .map(|party| maker.name_of(party))
            .collect(),
    }
}
