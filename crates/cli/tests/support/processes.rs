//! Looking after processes that are not our children.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{PATIENCE, countersign, run, text};

/// Whether a process of ours has that id. A zombie counts: nobody reaped it.
pub fn exists(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|_| {
        fs::read_to_string(format!("/proc/{pid}/comm"))
            .is_ok_and(|name| name.trim() == "countersign")
    })
}

/// Waits until none of the processes is left.
pub fn assert_gone(pids: &[u32]) {
    let deadline = Instant::now() + PATIENCE;
    while pids.iter().any(|&pid| exists(pid)) {
        assert!(Instant::now() < deadline, "still there: {pids:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal.
pub fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// A process stopped with SIGSTOP; it goes on when this is dropped.
pub struct Stopped(u32);

impl Stopped {
    /// Stops a process and waits until all of its threads have stopped.
    pub fn stop(pid: u32) -> Self {
        signal(pid, Signal::STOP);
        let stopped = Self(pid);
        let deadline = Instant::now() + PATIENCE;
        while !threads_stopped(pid) {
            assert!(Instant::now() < deadline, "process {pid} does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
        stopped
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal(self.0, Signal::CONT);
    }
}

fn threads_stopped(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.map_while(Result::ok).all(|thread| {
        // "pid (name) state …", and a name may hold anything.
        fs::read_to_string(thread.path().join("stat")).is_ok_and(|stat| {
            stat.rsplit(')')
                .next()
                .is_some_and(|rest| rest.starts_with(" T"))
        })
    })
}

/// Nodes and a coordinator started by hand from a demo's directory, without a demo. All end when
/// this is dropped.
pub struct Deployment {
    dir: std::path::PathBuf,
    children: Vec<(String, Child)>,
}

impl Deployment {
    /// Starts the nodes of these names, and the coordinator.
    pub fn start(dir: &Path, nodes: &[&str]) -> Self {
        let mut deployment = Self {
            dir: dir.to_owned(),
            children: Vec::new(),
        };
        for node in nodes {
            deployment.start_node(node);
        }
        let config = text(&dir.join("coordinator-main/coordinator.toml"));
        deployment.spawn("coordinator", &["coordinator", "run", "--config", &config]);
        deployment
    }

    /// Starts one more node.
    pub fn start_node(&mut self, node: &str) {
        let config = text(&self.dir.join(format!("node-{node}/node.toml")));
        self.spawn(node, &["node", "run", "--config", &config]);
    }

    fn spawn(&mut self, name: &str, arguments: &[&str]) {
        let log = fs::File::create(self.dir.join(format!("{name}.by-hand.log"))).unwrap();
        let child = countersign()
            .args(arguments)
            .arg("--exit-with-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.children.push((name.to_owned(), child));
    }

    /// Kills one process without warning.
    pub fn kill(&mut self, name: &str) {
        let at = self.children.iter().position(|(n, _)| n == name).unwrap();
        let (_, mut child) = self.children.remove(at);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// What `countersign status --json` says; null while the coordinator does not answer.
    pub fn status(&self) -> Value {
        let output = run(&["status", "--json", "--config", &self.client_config()]);
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Waits until `condition` holds of the status.
    pub fn wait_until(&self, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if condition(&status) {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "{what}: {status:#}\n{}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The client's configuration.
    pub fn client_config(&self) -> String {
        text(&self.dir.join("client-desk-1/client.toml"))
    }

    /// What the processes logged last.
    pub fn logs(&self) -> String {
        let logs = self.children.iter().map(|(name, _)| {
            let log = fs::read_to_string(self.dir.join(format!("{name}.by-hand.log")));
            let log = log.unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let from = lines.len().saturating_sub(20);
            format!("--- {name}\n{}\n", lines[from..].join("\n"))
        });
        logs.collect()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        for (_, child) in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The quorums of a status, as (nodes, entry), whose evaluators the coordinator can ask.
pub fn quorums(status: &Value) -> Vec<(Vec<String>, Value)> {
    let mut quorums = Vec::new();
    let nodes = status["nodes"].as_array().into_iter().flatten();
    for node in nodes.filter(|node| node["connected"] == true) {
        for key in node["keys"].as_array().into_iter().flatten() {
            for quorum in key["quorums"].as_array().into_iter().flatten() {
                let names = quorum["nodes"].as_array().into_iter().flatten();
                let names = names.filter_map(Value::as_str).map(str::to_owned).collect();
                quorums.push((names, quorum.clone()));
            }
        }
    }
    quorums
}

/// Whether a quorum of exactly these nodes has proved itself and has a presignature.
pub fn can_sign(status: &Value, nodes: &[&str]) -> bool {
    quorums(status).iter().any(|(names, quorum)| {
        names == nodes && quorum["active"] == true && quorum["pool"].as_u64() > Some(0)
    })
}

/// Whether these nodes are linked and have proved themselves; under load their pool may be empty.
pub fn is_active(status: &Value, nodes: &[&str]) -> bool {
    let quorums = quorums(status);
    let mut of_these = quorums.iter().filter(|(names, _)| names == nodes);
    of_these.any(|(_, quorum)| quorum["active"] == true)
}

/// Whether a node uses its key with that peer no more.
pub fn quarantined(status: &Value, node: &str, peer: &str) -> bool {
    let nodes = status["nodes"].as_array().into_iter().flatten();
    nodes.filter(|entry| entry["node"] == node).any(|entry| {
        let keys = entry["keys"].as_array().into_iter().flatten();
        keys.flat_map(|key| key["quarantined_peers"].as_array().into_iter().flatten())
            .any(|quarantined| quarantined == peer)
    })
}
