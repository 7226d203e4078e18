//! Everything that must be there before nodes can start. Each secret is made, and each package
//! opened, by a process of its own; the demo's process reads no file that could tell it the key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use countersign_venues::Permission;
use countersign_wire::Roster;
use countersign_wire::roster::NodeEntry;
use serde::Serialize;

use super::children::run_to_end;
use super::cluster::Addresses;
use super::layout::{Layout, TRUST_DOMAIN};
use super::{DemoError, MemoryProtection, Settings};
use crate::client_config::{ClientFile, CoordinatorFile};
use crate::error::CliError;

const VENUE: &str = "binance";
/// What a careful owner of the key would have allowed it at the exchange.
const PERMISSIONS: [Permission; 2] = [Permission::Read, Permission::SpotTrading];
/// For requests that the caller made before the pools were full. The largest there may be.
const CLOCK_SKEW_MS: u64 = 60_000;

/// Makes certificates and keys, passphrases and the policy.
///
/// # Errors
/// [`CliError`] if the directory is in use, or anything cannot be made.
pub async fn deployment(layout: &Layout) -> Result<(), CliError> {
    let dir = text(layout.dir());
    let mut arguments = vec!["pki", "--dir", &dir, "--trust-domain", TRUST_DOMAIN];
    // Where nodes listen is not known before they start.
    let nodes = layout.nodes.iter().zip(7101..);
    let nodes: Vec<String> = nodes
        .map(|(name, port): (_, u16)| format!("{name}=127.0.0.1:{port}"))
        .collect();
    arguments.extend(nodes.iter().flat_map(|node| ["--node", node]));
    arguments.extend(["--coordinator", layout.coordinator.as_str()]);
    arguments.extend(["--client", layout.client.as_str()]);
    run_to_end("pki", &arguments).await?;

    for name in &layout.nodes {
        random_text(&layout.node(name).join("passphrase")).await?;
    }
    let templates = countersign_policy::templates().iter();
    for template in templates.filter(|template| layout.policy().ends_with(template.name)) {
        fs::write(layout.policy(), template.text).map_err(CliError::file(layout.policy()))?;
    }
    Ok(())
}

/// Has the secret dealt, and the packages taken in; then removes them, before any node starts.
///
/// # Errors
/// [`CliError`] with what the process that failed said.
pub async fn key(layout: &Layout, settings: &Settings) -> Result<(), CliError> {
    let own_secret = Removed(layout.secret());
    let dealt = Removed(layout.dealer());
    let secret = match &settings.secret_file {
        Some(path) => path,
        None => {
            random_text(&own_secret.0).await?;
            &own_secret.0
        }
    };
    let threshold = settings.threshold.to_string();
    let permissions = PERMISSIONS.map(Permission::as_str).join(",");
    let (roster, secret, out) = (text(&layout.roster()), text(secret), text(&dealt.0));
    run_to_end(
        "deal",
        &[
            "deal",
            "--roster",
            &roster,
            "--key-id",
            layout.key_id.as_str(),
            "--venue",
            VENUE,
            "--threshold",
            &threshold,
            "--permissions",
            &permissions,
            "--accept-unavoidable",
            "--encoding",
            "utf8",
            "--trailing-newline",
            "keep",
            "--secret-file",
            &secret,
            "--out",
            &out,
        ],
    )
    .await?;
    own_secret.remove()?;

    let manifest = text(&dealt.0.join("manifest.json"));
    for name in &layout.nodes {
        let config = text(&layout.node_config(name));
        let package = text(&dealt.0.join(format!("{name}.package")));
        let arguments = [
            "node",
            "import",
            "--config",
            &config,
            "--manifest",
            &manifest,
            "--package",
            &package,
        ];
        run_to_end(&format!("node import at {name}"), &arguments).await?;
    }
    dealt.remove()
}

/// A file or directory that nobody may find later, however the demo ends.
struct Removed(PathBuf);

impl Removed {
    fn remove(self) -> Result<(), CliError> {
        self.try_remove().map_err(CliError::file(&self.0))
    }

    fn try_remove(&self) -> io::Result<()> {
        let gone = if self.0.is_dir() {
            fs::remove_dir_all(&self.0)
        } else {
            fs::remove_file(&self.0)
        };
        match gone {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            gone => gone,
        }
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = self.try_remove() {
            tracing::error!(path = %self.0.display(), %error, "cannot be removed; remove it yourself");
        }
    }
}

/// Has a process of its own write 64 random characters to a new file.
async fn random_text(path: &Path) -> Result<(), DemoError> {
    run_to_end("demo-secret", &["demo-secret", "--out", &text(path)]).await
}

/// Writes the configurations of all processes, and their addresses into the roster.
///
/// # Errors
/// [`CliError`] if a file cannot be written.
pub fn configure(
    layout: &Layout,
    settings: &Settings,
    addresses: &Addresses,
) -> Result<(), CliError> {
    let failed = |error| CliError::Roster(layout.roster(), error);
    let roster = Roster::load(&layout.roster()).map_err(failed)?;
    let nodes = roster
        .nodes()
        .iter()
        .zip(&addresses.nodes)
        .map(|(node, address)| {
            Ok(NodeEntry {
                address: address.to_string().parse().map_err(CliError::Address)?,
                ..node.clone()
            })
        });
    let nodes = nodes.collect::<Result<Vec<_>, CliError>>()?;
    let roster = Roster::new(
        roster.trust_domain().clone(),
        nodes,
        roster.clients().to_vec(),
    )
    .and_then(|roster| roster.to_toml())
    .map_err(failed)?;
    fs::write(layout.roster(), roster).map_err(CliError::file(layout.roster()))?;

    for (name, address) in layout.nodes.iter().zip(&addresses.nodes) {
        let file = NodeFile {
            name: name.as_str(),
            listen: *address,
            data_dir: "data",
            roster: "../roster.toml",
            policies: ["../demo.cedar"],
            certificate: "cert.pem",
            key: "key.pem",
            ca: "../ca.pem",
            receipt_key: "receipt-key.pem",
            sealing_key: "sealing-key.pem",
            passphrase_file: "passphrase",
            pool_depth: settings.pool_depth(),
            clock_skew_ms: CLOCK_SKEW_MS,
            memory_protection: settings.memory_protection,
        };
        write_toml(&layout.node_config(name), &file)?;
    }
    let coordinator = CoordinatorToml {
        name: layout.coordinator.as_str(),
        listen: addresses.coordinator,
        roster: "../roster.toml",
        tls: TlsToml {
            certificate: "cert.pem",
            key: "key.pem",
            ca: "../ca.pem",
        },
    };
    write_toml(&layout.coordinator_config(), &coordinator)?;
    let client = ClientFile {
        name: layout.client.clone(),
        certificate: "cert.pem".into(),
        key: "key.pem".into(),
        ca: "../ca.pem".into(),
        envelope_key: "envelope-key.pem".into(),
        roster: "../roster.toml".into(),
        coordinators: vec![CoordinatorFile {
            name: layout.coordinator.clone(),
            address: addresses
                .coordinator
                .to_string()
                .parse()
                .map_err(CliError::Address)?,
        }],
    };
    write_toml(&layout.client_config(), &client)
}

fn write_toml(path: &Path, file: &impl Serialize) -> Result<(), CliError> {
    let text = toml::to_string(file).map_err(DemoError::from)?;
    fs::write(path, text).map_err(CliError::file(path))
}

/// Paths of our own making are UTF-8; a caller's that is not is refused by whoever opens it.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[derive(Serialize)]
struct NodeFile<'a> {
    name: &'a str,
    listen: SocketAddr,
    data_dir: &'a str,
    roster: &'a str,
    policies: [&'a str; 1],
    certificate: &'a str,
    key: &'a str,
    ca: &'a str,
    receipt_key: &'a str,
    sealing_key: &'a str,
    passphrase_file: &'a str,
    pool_depth: u32,
    clock_skew_ms: u64,
    memory_protection: MemoryProtection,
}

#[derive(Serialize)]
struct CoordinatorToml<'a> {
    name: &'a str,
    listen: SocketAddr,
    roster: &'a str,
    tls: TlsToml<'a>,
}

#[derive(Serialize)]
struct TlsToml<'a> {
    certificate: &'a str,
    key: &'a str,
    ca: &'a str,
}
