//! A client that asks for what a test wants asked.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_wire::envelope::{self, Envelope};
use countersign_wire::seal::{Sealed, TAG_INFO};
use countersign_wire::v1::{SealedTag, SignedEnvelope, VenueRequest};
use countersign_wire::{EnvelopeKey, RequestDigest, RequestId, SealingKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::cluster::{CLIENT, Cluster, KEY};

/// A request about to be signed by its client; tests change what they please.
pub struct Ask {
    pub envelope: Envelope,
    reply_key: SealingKey,
}

/// A request its client has signed.
pub struct Asked {
    pub signed: SignedEnvelope,
    pub digest: RequestDigest,
    pub request_id: [u8; 16],
    reply_key: SealingKey,
    query: String,
}

/// Unix milliseconds.
pub fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_millis().try_into().unwrap()
}

/// A small limit order, which the demo's policy permits.
pub fn order() -> Ask {
    let parameters = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001\
                      &price=50000.00&recvWindow=60000";
    binance("/api/v3/order", parameters)
}

/// A withdrawal, which it forbids.
pub fn withdrawal() -> Ask {
    let parameters = "coin=USDT&network=TRX&address=TThisAddressDoesNotExist1111111111&amount=100\
                      &recvWindow=60000";
    binance("/sapi/v1/capital/withdraw/apply", parameters)
}

/// A POST to Binance with the time of now.
pub fn binance(path: &str, parameters: &str) -> Ask {
    let now = now_ms();
    let request = VenueRequest {
        venue: "binance".to_owned(),
        method: "POST".to_owned(),
        host: "api.binance.com".to_owned(),
        path: path.to_owned(),
        query: format!("{parameters}&timestamp={now}"),
        body: Vec::new(),
        headers: Vec::new(),
    };
    ask(KEY, request, now)
}

/// Any request, asked for at `now` (Unix milliseconds).
pub fn ask(key: &str, request: VenueRequest, now: u64) -> Ask {
    let mut request_id = [0; 16];
    getrandom::fill(&mut request_id).unwrap();
    let reply_key = SealingKey::generate().unwrap();
    let envelope = Envelope {
        client: CLIENT.parse().unwrap(),
        request_id: RequestId(request_id),
        key_id: key.parse().unwrap(),
        created_at_ms: now,
        deadline_ms: now + 30_000,
        request,
        reply_key: reply_key.public().unwrap(),
    };
    Ask {
        envelope,
        reply_key,
    }
}

impl Ask {
    /// The same, with other content under the id.
    pub fn with_id(mut self, request_id: [u8; 16]) -> Self {
        self.envelope.request_id = RequestId(request_id);
        self
    }

    /// With so many milliseconds to the deadline.
    pub fn within(mut self, ms: u64) -> Self {
        self.envelope.deadline_ms = self.envelope.created_at_ms + ms;
        self
    }

    /// Signed by the deployment's client.
    pub fn sign(self, cluster: &Cluster) -> Asked {
        self.sign_with(&cluster.envelope_key())
    }

    /// Signed by whoever holds this key.
    pub fn sign_with(self, key: &EnvelopeKey) -> Asked {
        let signed = envelope::sign(&self.envelope, key).unwrap();
        Asked {
            digest: RequestDigest::of(&signed.envelope),
            signed,
            request_id: self.envelope.request_id.0,
            reply_key: self.reply_key,
            query: self.envelope.request.query,
        }
    }
}

impl Asked {
    /// The tag inside, which only this client can open.
    pub fn open(&self, sealed: &SealedTag) -> Vec<u8> {
        let sealed = Sealed::from(sealed.clone());
        let opened = self
            .reply_key
            .open(TAG_INFO, self.digest.as_bytes(), &sealed);
        opened.unwrap().to_vec()
    }

    /// What the exchange expects: HMAC-SHA-256 of the query by the whole secret.
    pub fn expected_tag(&self, cluster: &Cluster) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&cluster.secret).unwrap();
        mac.update(self.query.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}
