//! What the demo shows, in order.

use std::time::{Duration, Instant};

use countersign_client::{Client, Reason, Refusal, Request, SignError, SignOptions, Signed};
use countersign_wire::NodeName;
use tokio::time::sleep;

use super::cluster::{Addresses, Cluster};
use super::layout::Layout;
use super::report::Report;
use super::{DemoError, Settings, provision, requests};
use crate::error::CliError;

/// For one request, retries by the coordinator included.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long empty pools are waited for: many signatures at once empty them.
const POOL_PATIENCE: Duration = Duration::from_secs(60);

/// Runs all steps; returns what still runs.
///
/// # Errors
/// [`CliError`] of the first step that did not do what it should. All processes have ended then.
pub async fn show(
    settings: &Settings,
    layout: &Layout,
    report: &Report,
) -> Result<Cluster, CliError> {
    provision::deployment(layout).await?;
    report.deployed(layout)?;
    let mut show = Show::start(settings, layout, report).await?;
    let signed = show.sign_all().await?;
    if settings.keep {
        show.deny().await?;
        return Ok(show.cluster);
    }
    show.sign_without(&signed.evaluator).await?;
    show.deny().await?;
    show.refuse().await?;
    Ok(show.cluster)
}

/// A demo under way.
struct Show<'a> {
    settings: &'a Settings,
    layout: &'a Layout,
    report: &'a Report,
    cluster: Cluster,
    client: Client,
}

impl<'a> Show<'a> {
    async fn start(
        settings: &'a Settings,
        layout: &'a Layout,
        report: &'a Report,
    ) -> Result<Self, CliError> {
        let addresses = Addresses::choose(layout.nodes.len()).map_err(DemoError::Ports)?;
        provision::configure(layout, settings, &addresses)?;
        provision::key(layout, settings).await?;
        report.dealt(layout, settings)?;
        let (cluster, client) = Cluster::start(layout, settings, report).await?;
        report.ready(layout, &cluster)?;
        Ok(Self {
            settings,
            layout,
            report,
            cluster,
            client,
        })
    }

    /// As many signatures as asked for; returns the last.
    async fn sign_all(&self) -> Result<Signed, CliError> {
        let mut signed = self.sign().await?;
        for _ in 1..self.settings.count {
            signed = self.sign().await?;
        }
        Ok(signed)
    }

    /// Stops a node that has just signed, and signs without it if enough are left.
    async fn sign_without(&mut self, node: &NodeName) -> Result<(), CliError> {
        if self.cluster.live_nodes() <= usize::from(self.settings.threshold) {
            return self.report.skipped(self.settings);
        }
        self.cluster.stop_node(node).await;
        self.report.stopped(node, self.cluster.live_nodes())?;
        self.sign().await?;
        Ok(())
    }

    /// Shows that what the policy forbids is not signed.
    async fn deny(&self) -> Result<(), CliError> {
        let (refusal, _) = self
            .expect_refusal(
                "a withdrawal",
                requests::withdrawal()?,
                Reason::PolicyDenied,
            )
            .await?;
        self.report.denied(&refusal)
    }

    /// Stops nodes until fewer than the threshold are left, and shows that they sign nothing.
    async fn refuse(&mut self) -> Result<(), CliError> {
        while self.cluster.live_nodes() >= usize::from(self.settings.threshold)
            && let Some(node) = self.cluster.any_node()
        {
            self.cluster.stop_node(&node).await;
            self.report.stopped(&node, self.cluster.live_nodes())?;
        }
        let request = self.request()?;
        let (refusal, after) = self
            .expect_refusal("a request to too few nodes", request, Reason::NoQuorum)
            .await?;
        self.report.refused(&refusal, after)
    }

    /// Signs and reports one request. A request is made anew for each try, unless it is the
    /// caller's.
    async fn sign(&self) -> Result<Signed, CliError> {
        let given_up = Instant::now() + POOL_PATIENCE;
        loop {
            let request = self.request()?;
            match self.ask(&request).await {
                Ok(signed) => {
                    self.report.signed(&signed, &request)?;
                    return Ok(signed);
                }
                Err(SignError::Refused(refusal))
                    if refusal.reason() == Reason::PoolEmpty && Instant::now() < given_up =>
                {
                    sleep(Duration::from_millis(refusal.retry_after_ms.max(50))).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn expect_refusal(
        &self,
        what: &'static str,
        request: Request,
        expected: Reason,
    ) -> Result<(Refusal, Duration), CliError> {
        let asked = Instant::now();
        match self.ask(&request).await {
            Ok(_) => Err(DemoError::Signed(what).into()),
            Err(SignError::Refused(refusal)) if refusal.reason() == expected => {
                Ok((*refusal, asked.elapsed()))
            }
            Err(error) => Err(DemoError::OtherReason {
                what,
                expected,
                error,
            }
            .into()),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Signed, SignError> {
        let options = SignOptions { deadline: DEADLINE };
        self.client
            .sign(&self.layout.key_id, request, options)
            .await
    }

    fn request(&self) -> Result<Request, DemoError> {
        match &self.settings.request {
            Some(request) => Ok(request.clone()),
            None => requests::order(),
        }
    }
}
