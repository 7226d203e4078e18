//! The coordinators a client may ask, and asking one after the other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_wire::tls::{self, MAX_FRAME_BYTES, MAX_REQUEST_BYTES};
use countersign_wire::v1::signer_client::SignerClient;
use countersign_wire::{Identity, Refusal};
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::config::{ClientConfig, ConfigError};

/// Pause before a coordinator is asked again, unless it named a time itself.
const PAUSE: Duration = Duration::from_millis(25);
/// No attempt is cut shorter than this to leave time for others.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(100);

pub(crate) type Stub = SignerClient<Channel>;

/// One stub for each coordinator, and which of them answered last.
#[derive(Debug)]
pub(crate) struct Coordinators {
    stubs: Vec<Stub>,
    preferred: AtomicUsize,
}

/// What became of asking.
#[derive(Debug, Clone)]
pub(crate) enum Failure<E> {
    /// A refusal; the last one, if it was one that another try might have changed.
    Refused(Box<Refusal>),
    /// An answer that the caller did not accept.
    Rejected(E),
    /// Nothing but silence and broken connections.
    Unreachable(String),
}

impl Coordinators {
    /// Prepares connections, which are made when first needed.
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let domain = config.roster.trust_domain();
        let stubs = config
            .coordinators
            .iter()
            .map(|coordinator| {
                let expected = Identity::coordinator(domain.clone(), coordinator.name.clone());
                let channel = tls::connect_lazy(
                    &coordinator.address,
                    &expected,
                    &config.tls,
                    &config.transport,
                )?;
                Ok(SignerClient::new(channel)
                    .max_encoding_message_size(MAX_REQUEST_BYTES)
                    .max_decoding_message_size(MAX_FRAME_BYTES))
            })
            .collect::<Result<Vec<_>, ConfigError>>()?;
        Ok(Self {
            stubs,
            preferred: AtomicUsize::new(0),
        })
    }

    /// Puts the same question to one coordinator after the other until one gives an answer that
    /// `accept` takes or refuses for good, or the deadline passes. When all were asked it begins
    /// again, unless all said that asking again is pointless.
    ///
    /// Nobody is waited for so long that the others could not be asked any more.
    pub(crate) async fn ask<Q, A, B, E>(
        &self,
        question: &Q,
        deadline: Instant,
        call: impl AsyncFn(Stub, Request<Q>) -> Result<Response<A>, Status>,
        mut accept: impl FnMut(A) -> Result<B, E>,
    ) -> Result<B, Failure<E>>
    where
        Q: Clone,
    {
        let start = self.preferred.load(Ordering::Relaxed);
        let count = self.stubs.len();
        let mut last = Failure::Unreachable("nothing: there was no time to ask".to_owned());
        // Time to rest before the next round; none if nobody gave reason to ask again.
        let mut rest: Option<Duration> = None;
        for turn in 0.. {
            let left = deadline.saturating_duration_since(Instant::now());
            let index = (start + turn) % count.max(1);
            let Some(stub) = self.stubs.get(index).filter(|_| !left.is_zero()) else {
                break;
            };
            let waiting = u32::try_from(count - turn % count).unwrap_or(u32::MAX);
            let attempt = (left / waiting).max(SHORTEST_ATTEMPT).min(left);

            let mut request = Request::new(question.clone());
            request.set_timeout(left);
            let mut pause = Some(PAUSE);
            match timeout(attempt, call(stub.clone(), request)).await {
                Ok(Ok(response)) => match accept(response.into_inner()) {
                    Ok(accepted) => {
                        self.preferred.store(index, Ordering::Relaxed);
                        return Ok(accepted);
                    }
                    Err(rejected) => {
                        pause = None;
                        last = Failure::Rejected(rejected);
                    }
                },
                Ok(Err(status)) => {
                    let retry = is_worth_retrying(&status);
                    match Refusal::from_status(&status) {
                        Some(refusal) => {
                            let after = Duration::from_millis(refusal.retry_after_ms);
                            pause = (!after.is_zero()).then(|| after.max(PAUSE));
                            last = Failure::Refused(Box::new(refusal));
                        }
                        // A refusal says more than a broken connection after it.
                        None if matches!(last, Failure::Unreachable(_)) => {
                            last = Failure::Unreachable(status.to_string());
                        }
                        None => {}
                    }
                    if !retry {
                        return Err(last);
                    }
                }
                Err(_) => {
                    if let Failure::Unreachable(said) = &mut last {
                        *said = "nothing, until its time was up".to_owned();
                    }
                }
            }
            rest = rest.into_iter().chain(pause).min();
            if (turn + 1) % count == 0 {
                // Every coordinator was asked: another round, if there is reason and time for one.
                match rest.take() {
                    Some(rest) if deadline.saturating_duration_since(Instant::now()) > rest => {
                        sleep(rest).await;
                    }
                    _ => break,
                }
            }
        }
        Err(last)
    }
}

/// What another coordinator, or the same a little later, may answer differently: `UNAVAILABLE`,
/// overload, and whatever a broken connection turns into. A status without a refusal did not come
/// from Countersign's code.
fn is_worth_retrying(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::ResourceExhausted => true,
        Code::Unknown | Code::Cancelled | Code::Internal | Code::DeadlineExceeded => {
            Refusal::from_status(status).is_none()
        }
        _ => false,
    }
}
