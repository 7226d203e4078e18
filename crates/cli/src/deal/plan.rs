//! What is to be dealt, checked before any secret is read.

use countersign_mpc::dealing::{DealError, DealParameters};
use countersign_mpc::{HashAlgorithm, Party};
use countersign_venues::{
    DigestEncoding, HashAlg, KeyEncoding, Operation, PassphraseMac, VenueFacts,
};
use countersign_wire::manifest::SecretEncoding;
use countersign_wire::roster::NodeEntry;
use countersign_wire::{KeyId, NodeName, Roster};

use super::Args;
use crate::error::CliError;
use crate::output;
use crate::permissions::permissions_named;

/// A dealing, but for the secret.
pub struct Plan {
    pub key_id: KeyId,
    pub venue: String,
    pub encoding: SecretEncoding,
    pub permissions: Option<Vec<String>>,
    pub api_key: Option<String>,
    /// What the venue wants beside each signature.
    pub passphrase: Option<PassphraseMac>,
    pub digest_encoding: DigestEncoding,
    /// By ascending share index, as [`DealParameters::parties`].
    pub nodes: Vec<NodeEntry>,
    pub parameters: DealParameters,
    pub roster_hash: [u8; 32],
    /// What any signature of the key authorises, reads aside. Not empty only if it is accepted.
    pub unavoidable: Vec<Operation>,
}

impl Plan {
    /// # Errors
    /// [`CliError`] if roster, nodes, threshold and venue do not fit together.
    pub fn new(args: &Args) -> Result<Self, CliError> {
        let roster = Roster::load(&args.roster)
            .map_err(|error| CliError::Roster(args.roster.clone(), error))?;
        let nodes = chosen_nodes(&roster, args.nodes.as_deref())?;
        let facts = countersign_venues::facts(&args.venue)?;
        let (hash, encoding) = venue_scheme(&facts);
        if args.passphrase_file.is_some() && facts.passphrase.is_none() {
            return Err(CliError::NoPassphrase(facts.title));
        }
        if let Some(asked) = args.hash.map(HashAlgorithm::from)
            && asked != hash
        {
            return Err(CliError::Hash {
                venue: args.venue.clone(),
                expected: hash.scheme(),
                found: asked.scheme(),
            });
        }
        let parameters = DealParameters {
            hash,
            threshold: args.threshold,
            parties: nodes
                .iter()
                .filter_map(|node| Party::new(node.index))
                .collect(),
        };
        if usize::from(args.threshold) > nodes.len() {
            return Err(DealError::Threshold {
                threshold: args.threshold,
                nodes: nodes.len(),
            }
            .into());
        }
        let permissions = permissions_named(args.permissions.as_deref())?;
        let unavoidable = countersign_venues::unavoidable_changes(&args.venue, &permissions)?;
        if !unavoidable.is_empty() && !args.accept_unavoidable {
            return Err(CliError::Unavoidable {
                venue: facts.title,
                operations: table(&unavoidable),
            });
        }
        Ok(Self {
            key_id: args.key_id.clone(),
            encoding: args.encoding.map_or(encoding, SecretEncoding::from),
            permissions: args.permissions.is_some().then(|| {
                permissions
                    .iter()
                    .map(|permission| permission.as_str().to_owned())
                    .collect()
            }),
            api_key: args.api_key.clone(),
            passphrase: facts.passphrase,
            digest_encoding: facts.digest_encoding,
            nodes,
            parameters,
            roster_hash: roster.hash(),
            unavoidable,
            venue: args.venue.clone(),
        })
    }

    /// The operations that any signature of the key authorises, as a table.
    pub fn unavoidable(&self) -> String {
        table(&self.unavoidable)
    }

    /// The nodes' names.
    pub fn node_names(&self) -> impl Iterator<Item = &NodeName> {
        self.nodes.iter().map(|node| &node.name)
    }
}

fn table(operations: &[Operation]) -> String {
    let mut table = output::Table::new(&["CLASS", "OPERATION", "REQUEST"]);
    for Operation {
        class,
        name,
        method,
        path,
        ..
    } in operations
    {
        table.row(vec![
            class.as_str().to_owned(),
            (*name).to_owned(),
            format!("{method} {path}"),
        ]);
    }
    table.render()
}

fn chosen_nodes(roster: &Roster, names: Option<&[NodeName]>) -> Result<Vec<NodeEntry>, CliError> {
    let Some(names) = names else {
        return Ok(roster.nodes().to_vec());
    };
    if let Some(unknown) = names.iter().find(|name| roster.node(name).is_none()) {
        return Err(CliError::UnknownNode(unknown.clone()));
    }
    let nodes = roster.nodes().iter();
    Ok(nodes
        .filter(|node| names.contains(&node.name))
        .cloned()
        .collect())
}

/// The venue's hash and its way to write secrets, which are the same for all its requests.
fn venue_scheme(facts: &VenueFacts) -> (HashAlgorithm, SecretEncoding) {
    let hash = match facts.hash {
        HashAlg::Sha256 => HashAlgorithm::Sha256,
        HashAlg::Sha384 => HashAlgorithm::Sha384,
        HashAlg::Sha512 => HashAlgorithm::Sha512,
    };
    let encoding = match facts.key_encoding {
        KeyEncoding::Utf8 => SecretEncoding::Utf8,
        KeyEncoding::Base64 => SecretEncoding::Base64,
    };
    (hash, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_s_scheme_is_that_of_its_signatures() {
        let scheme = |venue| venue_scheme(&countersign_venues::facts(venue).unwrap());
        let binance = (HashAlgorithm::Sha256, SecretEncoding::Utf8);
        assert_eq!(scheme("binance"), binance);
        let kraken = (HashAlgorithm::Sha512, SecretEncoding::Base64);
        assert_eq!(scheme("kraken"), kraken);
    }
}
