//! The demo's nodes and coordinator.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};

use countersign_client::Client;
use countersign_wire::NodeName;

use super::children::ChildProcess;
use super::layout::{COORDINATOR, Layout, node_process};
use super::report::Report;
use super::{DemoError, Settings, provision, readiness};
use crate::client_config;
use crate::error::CliError;

/// How often another set of ports is tried when somebody else takes one meanwhile.
const ATTEMPTS: usize = 5;

/// Where the processes listen, on the loopback address.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// By share index.
    pub nodes: Vec<SocketAddr>,
    pub coordinator: SocketAddr,
}

/// The processes that serve. All end when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    addresses: BTreeMap<String, SocketAddr>,
    nodes: BTreeMap<NodeName, ChildProcess>,
    coordinator: ChildProcess,
}

impl Cluster {
    /// Starts nodes and coordinator and waits until every pool is full.
    ///
    /// # Errors
    /// [`CliError`] if a process ends, or nothing moves for a long time.
    pub async fn start(
        layout: &Layout,
        settings: &Settings,
        report: &Report,
    ) -> Result<(Self, Client), CliError> {
        let mut attempt = 1;
        loop {
            let addresses = Addresses::choose(layout.nodes.len()).map_err(DemoError::Ports)?;
            provision::configure(layout, settings, &addresses)?;
            let mut cluster = Self::spawn(layout, &addresses)?;
            let client = client_config::connect(&layout.client_config())?;
            match readiness::wait(&mut cluster, &client, report).await {
                Ok(()) => return Ok((cluster, client)),
                Err(DemoError::Died { name, .. })
                    if attempt < ATTEMPTS && cluster.port_is_taken(&name) =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn spawn(layout: &Layout, addresses: &Addresses) -> Result<Self, CliError> {
        let mut by_name = BTreeMap::from([(COORDINATOR.to_owned(), addresses.coordinator)]);
        let mut nodes = BTreeMap::new();
        for (name, address) in layout.nodes.iter().zip(&addresses.nodes) {
            let process = node_process(name);
            let config = layout.node_config(name);
            let arguments = ["node", "run", "--config", &config.to_string_lossy()];
            let log = layout.node(name).join("node.log");
            nodes.insert(
                name.clone(),
                ChildProcess::serve(&process, &arguments, &log)?,
            );
            by_name.insert(process, *address);
        }
        let config = layout.coordinator_config();
        let arguments = ["coordinator", "run", "--config", &config.to_string_lossy()];
        let log = layout.coordinator().join("coordinator.log");
        let coordinator = ChildProcess::serve(COORDINATOR, &arguments, &log)?;
        Ok(Self {
            addresses: by_name,
            nodes,
            coordinator,
        })
    }

    /// An error if any process has ended by itself.
    ///
    /// # Errors
    /// [`DemoError::Died`] naming the first.
    pub fn check_alive(&mut self) -> Result<(), DemoError> {
        let mut processes = self.nodes.values_mut().chain([&mut self.coordinator]);
        processes.try_for_each(ChildProcess::check_alive)
    }

    /// How many nodes run.
    pub fn live_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The first node that still runs.
    pub fn any_node(&self) -> Option<NodeName> {
        self.nodes.keys().next().cloned()
    }

    /// Process ids by process name.
    pub fn pids(&self) -> BTreeMap<String, u32> {
        let processes = self.nodes.values().chain([&self.coordinator]);
        processes
            .map(|process| (process.name().to_owned(), process.id()))
            .collect()
    }

    /// Addresses by process name.
    pub fn addresses(&self) -> &BTreeMap<String, SocketAddr> {
        &self.addresses
    }

    /// Stops one node.
    pub async fn stop_node(&mut self, name: &NodeName) {
        if let Some(process) = self.nodes.remove(name) {
            process.stop().await;
        }
    }

    /// Stops everything.
    pub async fn stop(self) {
        let processes = self.nodes.into_values().chain([self.coordinator]);
        let processes: Vec<ChildProcess> = processes.collect();
        processes.iter().for_each(ChildProcess::terminate);
        for process in processes {
            process.stop().await;
        }
    }

    /// Whether the reason for which a process ended can be that somebody else listens on its port.
    fn port_is_taken(&self, process: &str) -> bool {
        self.addresses.get(process).is_some_and(|address| {
            TcpListener::bind(address).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
        })
    }
}

impl Addresses {
    /// Free ports, all different because all are held while they are chosen.
    ///
    /// # Errors
    /// If the system gives none.
    pub fn choose(nodes: usize) -> io::Result<Self> {
        let held = (0..=nodes).map(|_| TcpListener::bind("127.0.0.1:0"));
        let held = held.collect::<io::Result<Vec<_>>>()?;
        let mut addresses = held
            .iter()
            .map(TcpListener::local_addr)
            .collect::<io::Result<Vec<_>>>()?;
        let coordinator = addresses.pop().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self {
            nodes: addresses,
            coordinator,
        })
    }
}
