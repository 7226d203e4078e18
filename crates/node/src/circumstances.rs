//! What the node's operator says of the world, for policies to go by: how bad things are, whether the kill
//! switch is open, and what things cost.
//!
//! A file, looked at again four times a second at most, so that opening the switch takes an editor and no restart. What
//! cannot be read is not known, and what is not known counts as bad: the risk is the highest, the switch
//! is open and nothing has a price.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countersign_policy::{Decimal, Reference};
use serde::Deserialize;
use tracing::{error, info};

/// How often the file is looked at, at most.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// The circumstances of a moment. In TOML:
///
/// ```toml
/// risk_level = 0
/// kill_switch = false
///
/// [reference_prices.okx]
/// BTC-USDT = { price = "61000", asset = "USDT" }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// 0 is normal; `None` if it is not known.
    pub risk_level: Option<u64>,
    /// Whether the kill switch is open; `None` if it is not known.
    pub kill_switch: Option<bool>,
    /// Prices by venue and symbol.
    #[serde(default)]
    reference_prices: BTreeMap<String, BTreeMap<String, Price>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    price: Decimal,
    asset: String,
}

impl Circumstances {
    /// Those of a node whose operator says nothing: normal.
    fn normal() -> Self {
        Self {
            risk_level: Some(0),
            kill_switch: Some(false),
            reference_prices: BTreeMap::new(),
        }
    }

    /// What one unit of a symbol costs at a venue.
    pub fn reference(&self, venue: &str, symbol: &str) -> Option<Reference> {
        let Price { price, asset } = self.reference_prices.get(venue)?.get(symbol)?;
        Some(Reference {
            price: *price,
            asset: asset.clone(),
        })
    }
}

/// The file, and what it last said.
#[derive(Debug)]
pub struct Watched {
    path: Option<PathBuf>,
    last: Mutex<Look>,
}

#[derive(Debug)]
struct Look {
    at: Instant,
    said: Arc<Circumstances>,
}

impl Watched {
    /// Watches a file; without one, circumstances are normal for ever.
    pub fn new(path: Option<PathBuf>) -> Self {
        let said = match &path {
            Some(path) => read(path),
            None => Circumstances::normal(),
        };
        Self {
            path,
            last: Mutex::new(Look {
                at: Instant::now(),
                said: Arc::new(said),
            }),
        }
    }

    /// What it says now, as of a moment ago at most.
    pub fn now(&self) -> Arc<Circumstances> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path
            && last.at.elapsed() >= BETWEEN_LOOKS
        {
            // Its time does not tell: two changes may fall on one tick of the file system's clock.
            let said = read(path);
            if *last.said != said {
                info!(risk_level = ?said.risk_level, kill_switch = ?said.kill_switch, "circumstances changed");
                last.said = Arc::new(said);
            }
            last.at = Instant::now();
        }
        Arc::clone(&last.said)
    }
}

fn read(path: &std::path::Path) -> Circumstances {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let said = text
        .and_then(|text| toml::from_str(&text).map_err(|error: toml::de::Error| error.to_string()));
    said.unwrap_or_else(|error| {
        error!(path = %path.display(), %error, "circumstances are not known: policies see the worst");
        Circumstances::default()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    fn wait_for(watched: &Watched, wanted: impl Fn(&Circumstances) -> bool) {
        let patience = Instant::now() + Duration::from_secs(30);
        while !wanted(&watched.now()) {
            assert!(Instant::now() < patience, "{:?}", watched.now());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_known() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("circumstances.toml");
        for text in [
            None,
            Some("risk_level = \"high\""),
            Some("kil_switch = true"),
            Some("["),
        ] {
            if let Some(text) = text {
                fs::write(&path, text).unwrap();
            }
            let said = Watched::new(Some(path.clone())).now();
            assert_eq!(
                (said.risk_level, said.kill_switch),
                (None, None),
                "{text:?}"
            );
        }
        // What the file leaves out is not known either.
        fs::write(&path, "risk_level = 2").unwrap();
        let said = Watched::new(Some(path)).now();
        assert_eq!((said.risk_level, said.kill_switch), (Some(2), None));
        let normal = Watched::new(None).now();
        assert_eq!(
            (normal.risk_level, normal.kill_switch),
            (Some(0), Some(false))
        );
    }

    #[test]
    fn the_switch_opens_without_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("circumstances.toml");
        let prices = "[reference_prices.okx]\nBTC-USDT = { price = \"61000.5\", asset = \"USDT\" }";
        fs::write(
            &path,
            format!("risk_level = 0\nkill_switch = false\n{prices}"),
        )
        .unwrap();
        let watched = Watched::new(Some(path.clone()));
        assert_eq!(watched.now().kill_switch, Some(false));
        let reference = watched.now().reference("okx", "BTC-USDT").unwrap();
        assert_eq!(
            (reference.price.to_string(), reference.asset),
            ("61000.5".to_owned(), "USDT".to_owned())
        );
        assert_eq!(watched.now().reference("okx", "ETH-USDT"), None);
        assert_eq!(watched.now().reference("binance", "BTC-USDT"), None);

        // Put in place as editors do.
        let next = dir.path().join("next");
        fs::write(&next, "risk_level = 0\nkill_switch = true").unwrap();
        fs::rename(&next, &path).unwrap();
        wait_for(&watched, |said| said.kill_switch == Some(true));
        fs::remove_file(&path).unwrap();
        wait_for(&watched, |said| said.kill_switch.is_none());
    }
}
