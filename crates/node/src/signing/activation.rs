//! A quorum may sign once it has reproduced the manifest's check tag (P6).

use std::sync::Arc;
use std::time::Duration;

use countersign_mpc::{PresignatureId, Statement};
use subtle::ConstantTimeEq;
use tracing::{info, warn};

use super::evaluating::Allocation;
use super::{Place, Signing};
use crate::audit::Event;
use crate::keys::Key;
use crate::pools::PoolId;

const PATIENCE: Duration = Duration::from_secs(10);

fn statement(key: &Key) -> Statement {
    Statement {
        request_digest: key.check_digest(),
        governance_state: *key.state(),
        inner_digest: key.inner_digest(&key.check_message()),
    }
}

/// As evaluator: spends one presignature on the check message and compares the tag with the
/// manifest's.
pub(crate) async fn activate(signing: &Arc<Signing>, key: &Arc<Key>, pool: &PoolId) {
    if signing.maker.is_active(pool) {
        return;
    }
    let place = Place {
        pool: pool.clone(),
        digest: key.check_digest(),
    };
    let Some(allocation) = Allocation::new(signing, key, &place) else {
        return;
    };
    let quorum = signing.quorum_names(&pool.quorum);
    match allocation.finish(statement(key), PATIENCE).await {
        Ok(tag) if bool::from(tag.expose().ct_eq(&key.manifest().check_tag)) => {
            let members = pool.quorum.indices();
            if let Err(error) = signing.maker.store.mark_active(key.deal_id(), &members) {
                warn!(%error, "the activation could not be made durable");
                return;
            }
            signing.pools.announce();
            info!(key = %key.manifest().key_id, ?quorum, "quorum active");
            let key_id = key.manifest().key_id.to_string();
            signing
                .maker
                .record(Event::QuorumActivated { key_id, quorum });
        }
        Ok(_) => {
            let fault = "the check tag came out wrong: a share package is damaged or substituted, \
                         or a member cheated; the quorum stays inactive";
            signing.maker.incident(key, pool, None, fault.to_owned());
        }
        Err(error) => {
            warn!(key = %key.manifest().key_id, ?quorum, %error, "quorum not active yet");
            if let super::evaluating::EvaluationError::Fault(fault) = &error {
                signing.maker.settle(key, pool, fault);
            }
        }
    }
}

/// As garbler: the check message is fixed and its tag public, so it needs no policy; it is recorded
/// all the same before labels leave.
pub(super) fn answer(signing: &Arc<Signing>, key: Arc<Key>, place: Place, id: PresignatureId) {
    let signing = Arc::clone(signing);
    tokio::spawn(async move {
        // Nothing is recorded for a presignature that is not there, or a peer could fill the log.
        let half = match signing.half(&place, id).await {
            Ok(half) => half,
            Err(error) => return warn!(%error, "the check message is not signed"),
        };
        let event = Event::CheckSigned {
            key_id: key.manifest().key_id.to_string(),
            quorum: signing.quorum_names(&place.pool.quorum),
            presignature: *id.as_bytes(),
        };
        if let Err(error) = signing.audit.append(signing.clock.now_ms(), event).await {
            warn!(%error, "the check message is not signed");
            return;
        }
        if let Err(error) = signing.release_half(&key, &place, half, &statement(&key), None) {
            warn!(%error, "the check message is not signed");
        }
    });
}
