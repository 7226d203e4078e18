//! What is known of Binance's interface: the operations offered and their dangerous neighbours.
//!
//! A row's `requires` must never name more than the venue requires, and its `takes` must never
//! name, for an offered row, what the dialect does not understand. Wrong the other way is safe: a
//! requirement left out makes the authorised set larger, a parameter left out makes a request
//! unclassified. Neighbours list in `takes` only what shows in an intent.
//!
//! The offered rows that the vectors exercise agree with captured client traffic. The neighbours
//! were written down from knowledge of the public interface and have **not** been checked row by row
//! against the current documentation; nor is the list known to be complete.

mod futures;
mod other_accounts;
mod spot;
mod wallet;

use crate::{Class, Permission, Product};

/// Every known operation.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    [
        spot::ROWS,
        futures::ROWS,
        wallet::ROWS,
        other_accounts::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// One operation of the venue.
#[derive(Debug)]
pub(super) struct Row {
    pub name: &'static str,
    pub class: Class,
    pub product: Product,
    pub permission: Permission,
    pub method: &'static str,
    pub interface: Interface,
    pub path: &'static str,
    /// All of these must be present.
    pub requires: &'static [&'static str],
    /// One of these must be present; empty if there is no such choice.
    pub requires_one_of: &'static [&'static str],
    /// These may be present.
    pub takes: &'static [&'static str],
    /// Whether a client may name the operation. The others are here to be found in a set.
    pub offered: bool,
}

impl Row {
    const fn new(
        name: &'static str,
        (class, product, permission): (Class, Product, Permission),
        interface: Interface,
        method: &'static str,
        path: &'static str,
    ) -> Self {
        Self {
            name,
            class,
            product,
            permission,
            method,
            interface,
            path,
            requires: &[],
            requires_one_of: &[],
            takes: &[],
            offered: false,
        }
    }

    const fn requires(mut self, names: &'static [&'static str]) -> Self {
        self.requires = names;
        self
    }

    const fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.requires_one_of = names;
        self
    }

    const fn takes(mut self, names: &'static [&'static str]) -> Self {
        self.takes = names;
        self
    }

    const fn offered(mut self) -> Self {
        self.offered = true;
        self
    }

    /// Whether the operation reads a parameter of that name, the time's two left aside.
    pub(super) fn reads(&self, name: &str) -> bool {
        [self.requires, self.requires_one_of, self.takes]
            .into_iter()
            .flatten()
            .any(|&known| known == name)
    }

    /// Whether the operation needs nothing but the time.
    pub(super) fn is_unconditional(&self) -> bool {
        self.requires.is_empty() && self.requires_one_of.is_empty()
    }

    /// Whether the operation places an order.
    pub(super) fn is_order(&self) -> bool {
        self.reads("side") && self.reads("type")
    }
}

/// Binance's families of endpoints, each with its own hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// `/api`.
    Spot,
    /// `/sapi`: margin, wallet, sub-accounts and more.
    Sapi,
    /// `/fapi`.
    UsdFutures,
    /// `/dapi`.
    CoinFutures,
    /// `/eapi`.
    Options,
    /// `/papi`.
    PortfolioMargin,
}

impl Interface {
    /// Hosts that serve the family. Test networks have accounts and keys of their own.
    pub(super) const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Spot => &[
                "api.binance.com",
                "api-gcp.binance.com",
                "api1.binance.com",
                "api2.binance.com",
                "api3.binance.com",
                "api4.binance.com",
                "testnet.binance.vision",
            ],
            Self::Sapi => &[
                "api.binance.com",
                "api-gcp.binance.com",
                "api1.binance.com",
                "api2.binance.com",
                "api3.binance.com",
                "api4.binance.com",
            ],
            Self::UsdFutures => &[
                "fapi.binance.com",
                "demo-fapi.binance.com",
                "testnet.binancefuture.com",
            ],
            Self::CoinFutures => &["dapi.binance.com"],
            Self::Options => &["eapi.binance.com"],
            Self::PortfolioMargin => &["papi.binance.com"],
        }
    }
}

const GET: &str = "GET";
const POST: &str = "POST";
const PUT: &str = "PUT";
const DELETE: &str = "DELETE";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::parameters, *};

    #[test]
    fn names_and_endpoints_are_unique() {
        let names: BTreeSet<_> = all().map(|row| row.name).collect();
        let endpoints: BTreeSet<_> = all().map(|row| (row.method, row.path)).collect();
        assert_eq!(names.len(), all().count());
        assert_eq!(endpoints.len(), all().count());
    }

    #[test]
    fn every_parameter_of_an_offered_operation_is_understood() {
        for row in all().filter(|row| row.offered) {
            for name in [row.requires, row.requires_one_of, row.takes].concat() {
                assert!(parameters::is_known(name), "{}: {name}", row.name);
            }
        }
    }

    #[test]
    fn no_offered_operation_takes_an_api_key_or_a_nested_text() {
        for row in all().filter(|row| row.offered) {
            for name in ["apiKey", "batchOrders", "signature", "questionnaire"] {
                assert!(!row.reads(name), "{}: {name}", row.name);
            }
        }
    }

    /// A name cut in two must not leave another parameter's name: see `authorised::if_cut`.
    #[test]
    fn no_offered_parameter_ends_with_the_name_of_another() {
        let names = |row: &Row| [row.requires, row.requires_one_of, row.takes].concat();
        let known: BTreeSet<_> = all()
            .flat_map(names)
            .chain(["timestamp", "recvWindow"])
            .collect();
        for name in all().filter(|row| row.offered).flat_map(names) {
            let end = known
                .iter()
                .find(|end| **end != name && name.ends_with(**end));
            assert_eq!(end, None, "{name}");
        }
    }

    #[test]
    fn reads_are_gets_and_everything_else_is_not() {
        // The two tests of an order change nothing though they are POSTs, and an address is asked
        // for by GET though it may be created by the asking.
        for row in all().filter(|row| !row.name.ends_with("_test") && row.class != Class::Deposit) {
            assert_eq!(row.class == Class::Read, row.method == GET, "{}", row.name);
        }
    }

    #[test]
    fn paths_belong_to_their_interface() {
        for row in all() {
            let prefix = match row.interface {
                Interface::Spot => "/api/",
                Interface::Sapi => "/sapi/",
                Interface::UsdFutures => "/fapi/",
                Interface::CoinFutures => "/dapi/",
                Interface::Options => "/eapi/",
                Interface::PortfolioMargin => "/papi/",
            };
            assert!(row.path.starts_with(prefix), "{}", row.name);
        }
    }
}
