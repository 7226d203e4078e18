//! `countersign deal`: the one moment at which a secret is whole.

mod decode;
mod files;
mod passphrase;
mod plan;
mod secret;

use std::path::PathBuf;

use clap::ValueEnum;
use countersign_mpc::HashAlgorithm;
use countersign_mpc::dealing::{self, Dealt};
use countersign_node::hardening::{MemoryProtection, harden};
use countersign_wire::manifest::{
    Manifest, ManifestError, ManifestNode, PassphraseCommitment, SecretEncoding, VERSION,
    is_api_key, package_sha256, seal_package,
};
use countersign_wire::{KeyId, NodeName};

pub use self::secret::SecretError;

use self::files::{OutputFiles, package_name};
use self::passphrase::Passphrase;
use self::plan::Plan;
use self::secret::TrailingNewline;
use crate::error::CliError;
use crate::output;
use crate::permissions::permission_names;

/// Deal one exchange secret into one sealed package per node
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Deal one exchange secret into one sealed package per node.\n\n\
    Reads the secret once, from a file, stdin or a prompt that shows nothing; never from an \
    argument or the environment, where others could see it. Writes <node>.package for each node, \
    which only that node can open, and the public manifest.json; then wipes the secret from \
    memory and exits. Delete the file the secret came from yourself, and close the exchange's \
    page that shows it.\n\n\
    The secret is the exact bytes of file or stdin. A newline at the end is ambiguous and \
    refused unless --trailing-newline says what it is; for base64 and hex it is never part of \
    the secret. Secrets of fewer than 16 bytes after decoding are refused: they could be \
    guessed.\n\n\
    KuCoin wants the MAC of the key's passphrase beside each signature. --passphrase-file has it made \
    here, once, into passphrase-header.txt, which clients need and nodes do not; the manifest \
    commits nodes to that passphrase. Without it they make the MAC of none.\n\n\
    Also shows what any signature of the key authorises whatever it is for, where the exchange \
    signs too little of a request. No policy can prevent these: accept them, or give the key \
    fewer permissions at the exchange.\n\n\
    Run by: the dealer, once per key, on an offline machine if wished. It needs nothing but \
    roster.toml.\n\n\
    Examples:\n  \
    countersign deal --roster roster.toml --key-id trading --venue binance --threshold 2 \\\n    \
    --permissions read,spot_trading --out dealt                   # asks for the secret\n  \
    pass show exchange/secret | head -c 64 | countersign deal … --stdin --out dealt"
)]
pub struct Args {
    /// The roster of the deployment.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// A name for the key, by which clients and policies call it.
    #[arg(long, value_name = "NAME")]
    key_id: KeyId,
    /// The exchange.
    #[arg(long, value_name = "NAME", value_parser = venue_names())]
    venue: String,
    /// How many nodes sign together.
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u8).range(2..=16))]
    threshold: u8,
    /// The nodes to deal to, separated by commas [default: all of the roster].
    #[arg(long, value_name = "NODES", value_delimiter = ',')]
    nodes: Option<Vec<NodeName>>,
    /// How the secret's text becomes the bytes HMAC is keyed with [default: the venue's way].
    #[arg(long, value_enum)]
    encoding: Option<Encoding>,
    /// What the key may do at the exchange, as checked there, separated by commas. Left out, the
    /// widest is assumed: policies then have to permit more for each request.
    #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',', value_parser = permission_names())]
    permissions: Option<Vec<String>>,
    /// The key's public name at the exchange. Where a signed text names a key, nodes then refuse it
    /// with any other.
    #[arg(long, value_name = "TEXT", value_parser = api_key)]
    api_key: Option<String>,
    /// Read the key's passphrase from this file, for venues that want its MAC: kucoin. A line ending
    /// at its end is no part of it.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Accept that any signature of the key also authorises the operations which take no parameter, at
    /// an exchange that signs neither method nor path. Without it they are listed, and nothing is dealt.
    #[arg(long)]
    accept_unavoidable: bool,
    /// The hash under the HMAC [default: the venue's].
    #[arg(long, value_enum)]
    hash: Option<Hash>,
    #[command(flatten)]
    source: SourceArgs,
    /// What a newline at the end of a utf8 secret is.
    #[arg(long, value_enum)]
    trailing_newline: Option<TrailingNewline>,
    /// Where to write; must hold none of the files yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Where the secret comes from; without any, it is asked for.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct SourceArgs {
    /// Read the secret from this file.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Read the secret from stdin.
    #[arg(long)]
    stdin: bool,
}

/// How a secret's text is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    /// The bytes as they are.
    Utf8,
    /// RFC 4648 section 4.
    Base64,
    /// RFC 4648 section 8.
    Hex,
}

impl From<Encoding> for SecretEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::Utf8,
            Encoding::Base64 => Self::Base64,
            Encoding::Hex => Self::Hex,
        }
    }
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl From<Hash> for HashAlgorithm {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha256 => Self::Sha256,
            Hash::Sha384 => Self::Sha384,
            Hash::Sha512 => Self::Sha512,
        }
    }
}

fn venue_names() -> clap::builder::PossibleValuesParser {
    countersign_venues::venues().collect::<Vec<_>>().into()
}

fn api_key(text: &str) -> Result<String, ManifestError> {
    if is_api_key(text) {
        Ok(text.to_owned())
    } else {
        Err(ManifestError::ApiKey)
    }
}

/// Runs `countersign deal`.
pub fn run(args: &Args) -> Result<(), CliError> {
    // Refusals are logged; a dealer's machine is trusted as it is.
    if let Err(error) = harden(MemoryProtection::BestEffort) {
        tracing::warn!(%error, "memory is not protected");
    }
    // Everything that can be wrong is found before the secret is asked for.
    let plan = Plan::new(args)?;
    let mut files = OutputFiles::claim(&args.out, plan.node_names())?;
    let passphrase = Passphrase::read(&plan, args.passphrase_file.as_deref())?;
    let secret = secret::read(&args.source, plan.encoding, args.trailing_newline)?;
    if let Some(passphrase) = &passphrase {
        let header = passphrase.header(&plan, &secret);
        files.write(files::PASSPHRASE_HEADER, header.as_bytes())?;
    }

    let mut randomness = rand_core::UnwrapErr(getrandom::SysRng);
    let dealt = dealing::deal(&plan.parameters, secret, &mut randomness)?;
    let commitment = passphrase.and_then(|passphrase| passphrase.commitment(&dealt));
    let manifest = write(&plan, &dealt, commitment, &mut files)?;
    drop(dealt);
    files.keep();
    report(args, &plan, &manifest)
}

/// Seals and writes all packages, then the manifest: where it is, the dealing is complete.
fn write(
    plan: &Plan,
    dealt: &Dealt,
    passphrase: Option<PassphraseCommitment>,
    files: &mut OutputFiles,
) -> Result<Manifest, CliError> {
    let deal_id = *dealt.deal_id.as_bytes();
    let mut nodes = Vec::with_capacity(plan.nodes.len());
    for (node, package) in plan.nodes.iter().zip(&dealt.packages) {
        let sealed = seal_package(
            &package.encode(),
            &node.sealing_key,
            &plan.key_id,
            &deal_id,
            &node.name,
        )?;
        files.write(&package_name(&node.name), &sealed)?;
        nodes.push(ManifestNode {
            name: node.name.clone(),
            index: node.index,
            package_sha256: package_sha256(&sealed),
        });
    }
    let manifest = Manifest {
        version: VERSION,
        key_id: plan.key_id.clone(),
        deal_id,
        scheme: plan.parameters.hash.scheme().to_owned(),
        venue: plan.venue.clone(),
        secret_encoding: plan.encoding,
        permissions: plan.permissions.clone(),
        api_key: plan.api_key.clone(),
        passphrase,
        accepts_unavoidable: !plan.unavoidable.is_empty(),
        threshold: plan.parameters.threshold,
        nodes,
        inner_state_hash: dealt.inner_state_hash,
        check_tag: dealt.check_tag.clone(),
        epoch: 1,
        roster_hash: plan.roster_hash,
    };
    manifest.validate()?;
    files.write(files::MANIFEST, manifest.to_json().as_bytes())?;
    Ok(manifest)
}

fn report(args: &Args, plan: &Plan, manifest: &Manifest) -> Result<(), CliError> {
    output::line(format!(
        "Dealt key {} for {}: any {} of {} nodes sign, fewer learn nothing.",
        manifest.key_id,
        manifest.venue,
        manifest.threshold,
        manifest.nodes.len()
    ))?;
    for node in &manifest.nodes {
        output::line(format!(
            "  {}  for node {} only",
            args.out.join(package_name(&node.name)).display(),
            node.name
        ))?;
    }
    output::line(format!(
        "  {}  for every node, public (hash {})",
        args.out.join(files::MANIFEST).display(),
        hex::encode(manifest.hash())
    ))?;
    if let Some(mac) = plan.passphrase {
        output::line(match manifest.passphrase {
            Some(_) => format!(
                "  {}  for clients: the header {}",
                args.out.join(files::PASSPHRASE_HEADER).display(),
                mac.header
            ),
            None => format!(
                "No passphrase was enrolled: where clients get {} from is up to you, nodes do not \
                 make it.",
                mac.header
            ),
        })?;
    }
    if !plan.unavoidable.is_empty() {
        output::line(format!(
            "\nAccepted: any signature of this key, until it expires, also authorises\n{}\n",
            plan.unavoidable()
        ))?;
    }
    output::line("The secret was wiped from memory. Delete the file it came from.")
}
