//! The coordinator's configuration file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use countersign_wire::CoordinatorName;
use serde::Deserialize;

/// What a coordinator is told. Times are in milliseconds in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The name in its certificate.
    pub name: CoordinatorName,
    /// Where it listens for clients.
    pub listen: SocketAddr,
    /// Its certificate.
    pub tls: TlsPaths,
    /// The roster file.
    pub roster: PathBuf,
    /// How often nodes are to send heartbeats; 50 ms to 10 s. Default 250 ms.
    pub heartbeat_interval: Duration,
    /// A node silent for longer is not asked. Default 1 s; at least two heartbeats.
    pub liveness_timeout: Duration,
    /// A quorum that has not answered after this long gets company by another. Default 150 ms.
    pub hedge_delay: Duration,
    /// Most quorums tried for one request. Default 6.
    pub max_attempts: u32,
    /// Most requests in flight. Default 512.
    pub max_in_flight: usize,
    /// Most requests in flight of one client. Default 128.
    pub max_in_flight_per_client: usize,
}

/// Paths of PEM files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsPaths {
    /// Certificate chain, leaf first.
    pub certificate: PathBuf,
    /// Private key.
    pub key: PathBuf,
    /// Certificate authority of the deployment.
    pub ca: PathBuf,
}

impl Config {
    /// Reads a configuration file. Relative paths in it are relative to its own directory.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|error| ConfigError::Read(path.to_owned(), error))?;
        Self::from_toml(&text, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads a configuration from TOML text, with relative paths relative to `home`.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn from_toml(text: &str, home: &Path) -> Result<Self, ConfigError> {
        let file: ConfigFile = toml::from_str(text)?;
        let config = Self {
            name: file.name,
            listen: file.listen,
            tls: TlsPaths {
                certificate: home.join(file.tls.certificate),
                key: home.join(file.tls.key),
                ca: home.join(file.tls.ca),
            },
            roster: home.join(file.roster),
            heartbeat_interval: Duration::from_millis(file.heartbeat_interval_ms.into()),
            liveness_timeout: Duration::from_millis(file.liveness_timeout_ms.into()),
            hedge_delay: Duration::from_millis(file.hedge_delay_ms.into()),
            max_attempts: file.max_attempts,
            max_in_flight: file.max_in_flight,
            max_in_flight_per_client: file.max_in_flight_per_client,
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let interval = self.heartbeat_interval;
        let rules = [
            (
                (Duration::from_millis(50)..=Duration::from_secs(10)).contains(&interval),
                "heartbeat_interval_ms is 50 to 10000",
            ),
            (
                self.liveness_timeout >= interval * 2
                    && self.liveness_timeout <= Duration::from_secs(60),
                "liveness_timeout_ms is two heartbeats to 60000",
            ),
            (
                (Duration::from_millis(1)..=Duration::from_secs(60)).contains(&self.hedge_delay),
                "hedge_delay_ms is 1 to 60000",
            ),
            (
                (1..=64).contains(&self.max_attempts),
                "max_attempts is 1 to 64",
            ),
            (
                (1..=100_000).contains(&self.max_in_flight)
                    && (1..=100_000).contains(&self.max_in_flight_per_client),
                "max_in_flight and max_in_flight_per_client are 1 to 100000",
            ),
        ];
        for (holds, rule) in rules {
            if !holds {
                return Err(ConfigError::Range(rule));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    name: CoordinatorName,
    listen: SocketAddr,
    roster: PathBuf,
    tls: TlsPaths,
    #[serde(default = "default_heartbeat_interval_ms")]
    heartbeat_interval_ms: u32,
    #[serde(default = "default_liveness_timeout_ms")]
    liveness_timeout_ms: u32,
    #[serde(default = "default_hedge_delay_ms")]
    hedge_delay_ms: u32,
    #[serde(default = "default_max_attempts")]
    max_attempts: u32,
    #[serde(default = "default_max_in_flight")]
    max_in_flight: usize,
    #[serde(default = "default_max_in_flight_per_client")]
    max_in_flight_per_client: usize,
}

fn default_heartbeat_interval_ms() -> u32 {
    250
}

fn default_liveness_timeout_ms() -> u32 {
    1000
}

fn default_hedge_delay_ms() -> u32 {
    150
}

fn default_max_attempts() -> u32 {
    6
}

fn default_max_in_flight() -> usize {
    512
}

fn default_max_in_flight_per_client() -> usize {
    128
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Read(PathBuf, #[source] io::Error),
    /// Not TOML of a configuration's shape.
    #[error("not a coordinator's configuration: {0}")]
    Parse(#[from] toml::de::Error),
    /// A value out of range.
    #[error("{0}")]
    Range(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = r#"
        name = "one"
        listen = "127.0.0.1:7100"
        roster = "roster.toml"
        [tls]
        certificate = "cert.pem"
        key = "/keys/key.pem"
        ca = "../ca.pem"
    "#;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::from_toml(text, Path::new("/etc/countersign"))
    }

    #[test]
    fn the_smallest_file_gets_the_defaults() {
        let config = parse(SMALLEST).unwrap();
        assert_eq!(config.roster, Path::new("/etc/countersign/roster.toml"));
        assert_eq!(config.tls.key, Path::new("/keys/key.pem"));
        assert_eq!(config.heartbeat_interval, Duration::from_millis(250));
        assert_eq!(config.liveness_timeout, Duration::from_secs(1));
        assert_eq!(config.hedge_delay, Duration::from_millis(150));
    }

    #[test]
    fn unknown_fields_and_values_out_of_range_are_refused() {
        for line in [
            "extra = 1",
            "heartbeat_interval_ms = 49",
            "heartbeat_interval_ms = 10001",
            "liveness_timeout_ms = 499",
            "liveness_timeout_ms = 60001",
            "hedge_delay_ms = 0",
            "max_attempts = 0",
            "max_attempts = 65",
            "max_in_flight = 0",
            "max_in_flight_per_client = 0",
            "max_in_flight = -1",
        ] {
            assert!(parse(&format!("{line}\n{SMALLEST}")).is_err(), "{line}");
        }
        assert!(parse(&format!("hedge_delay_ms = 20\n{SMALLEST}")).is_ok());
        assert!(parse(&format!("{SMALLEST}\nextra = 1")).is_err());
        assert!(parse(&SMALLEST.replace("\"one\"", "\"One\"")).is_err());
        assert!(parse("").is_err());
    }
}
