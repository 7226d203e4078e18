//! `countersign pki`: certificates, keys and roster of a new deployment.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use countersign_wire::pki::{DeploymentSpec, issue_deployment};
use countersign_wire::roster::Address;
use countersign_wire::{ClientName, CoordinatorName, NodeName, TrustDomain};

use crate::error::CliError;
use crate::output;

const DAY: u64 = 24 * 60 * 60;

/// Make certificates, keys and roster of a new deployment
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Make certificates, keys and roster of a new deployment.\n\n\
    Writes a certificate authority, the roster, and one directory per node, coordinator and \
    client, which is to be moved to where it belongs. Share indexes are 1, 2, … in the order in \
    which nodes are given. Afterwards keep ca-key.pem offline: whoever has it can be anyone.\n\n\
    Run by: whoever sets the deployment up, once. An organisation with an authority of its own \
    issues the same certificates from that instead.\n\n\
    Example:\n  \
    countersign pki --dir deployment --trust-domain example.org \\\n    \
    --node a=node-a.example.org:7101 --node b=node-b.example.org:7101 \\\n    \
    --node c=node-c.example.org:7101 --coordinator main --client desk-1"
)]
pub struct Args {
    /// Where to write; a new or empty directory.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The deployment's name in every certificate, as a DNS name.
    #[arg(long, value_name = "NAME")]
    trust_domain: TrustDomain,
    /// A node and where the others reach it. Repeat for each.
    #[arg(long = "node", value_name = "NAME=HOST:PORT", required = true)]
    nodes: Vec<NamedAddress>,
    /// A coordinator. Repeat for each.
    #[arg(long = "coordinator", value_name = "NAME")]
    coordinators: Vec<CoordinatorName>,
    /// A client: a service or person that asks for signatures. Repeat for each.
    #[arg(long = "client", value_name = "NAME")]
    clients: Vec<ClientName>,
    /// Days for which the authority's certificate is valid.
    #[arg(long, value_name = "DAYS", default_value = "3650")]
    authority_days: u32,
    /// Days for which all other certificates are valid.
    #[arg(long, value_name = "DAYS", default_value = "365")]
    certificate_days: u32,
}

/// A node's name and address, `a=127.0.0.1:7101`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedAddress(NodeName, Address);

impl FromStr for NamedAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, address) = text
            .split_once('=')
            .ok_or("expected NAME=HOST:PORT, as in a=127.0.0.1:7101")?;
        Ok(Self(
            name.parse().map_err(|error| format!("{error}"))?,
            address.parse().map_err(|error| format!("{error}"))?,
        ))
    }
}

/// Runs `countersign pki`.
pub fn run(args: &Args) -> Result<(), CliError> {
    let days = |days: u32| Duration::from_secs(u64::from(days) * DAY);
    let nodes = args.nodes.iter().cloned();
    let roster = issue_deployment(
        &args.dir,
        &DeploymentSpec {
            trust_domain: args.trust_domain.clone(),
            nodes: nodes
                .map(|NamedAddress(name, address)| (name, address))
                .collect(),
            coordinators: args.coordinators.clone(),
            clients: args.clients.clone(),
            authority_validity: days(args.authority_days),
            certificate_validity: days(args.certificate_days),
        },
    )?;
    output::line(format!(
        "{} holds the deployment {}. Nodes: {}, coordinators: {}, clients: {}.",
        args.dir.display(),
        roster.trust_domain(),
        roster.nodes().len(),
        args.coordinators.len(),
        roster.clients().len()
    ))?;
    output::line(
        "Move each node-*, coordinator-* and client-* directory to where it belongs, with ca.pem \
         and roster.toml; keep ca-key.pem offline.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_named_with_their_address() {
        let NamedAddress(name, address) = "a=[::1]:7101".parse().unwrap();
        assert_eq!((name.as_str(), address.as_str()), ("a", "[::1]:7101"));
        for text in [
            "",
            "a",
            "=127.0.0.1:1",
            "a=",
            "a=127.0.0.1",
            "A=127.0.0.1:1",
        ] {
            assert!(text.parse::<NamedAddress>().is_err(), "{text:?}");
        }
    }
}
