//! Protection of a whole process. Not among the unit tests: it forks, and for a moment a fork shares
//! the file locks of everything else in its process.
#![allow(non_snake_case, clippy::unwrap_used)]

use std::process::Command;

use countersign_node::hardening::{MemoryProtection, Outcome, harden};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, dumpable_behavior, getrlimit, setrlimit,
};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// Runs one of the tests below in a process of its own, since it changes the process.
fn in_a_process_of_its_own(test: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", test])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn harden__should_protect_the_process() {
    in_a_process_of_its_own("protected");
}

#[test]
#[ignore = "changes the whole process; run by harden__should_protect_the_process"]
fn protected() {
    let report = harden(MemoryProtection::BestEffort).unwrap();
    assert_eq!(report.no_core_dumps, Outcome::Done);
    assert_eq!(report.not_dumpable, Outcome::Done);
    assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    // Whatever the outcome of locking, memory can be had afterwards.
    let large = vec![1u8; 256 << 20];
    assert_eq!(large.last(), Some(&1));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let locked = status
        .lines()
        .find_map(|line| line.strip_prefix("VmLck:"))
        .unwrap();
    let locked: u64 = locked.trim().trim_end_matches(" kB").parse().unwrap();
    match report.memory_locked {
        Outcome::Done => assert!(locked > 200 << 10, "{locked} kB"),
        other => assert_eq!(locked, 0, "{other}"),
    }
}

#[test]
fn harden__should_fail_when_required_and_refused() {
    in_a_process_of_its_own("refused");
}

#[test]
#[ignore = "changes the whole process; run by harden__should_fail_when_required_and_refused"]
fn refused() {
    let little = Rlimit {
        current: Some(1 << 14),
        maximum: Some(1 << 14),
    };
    setrlimit(Resource::Memlock, little).unwrap();
    let mut sets = capabilities(None).unwrap();
    sets.effective.remove(CapabilitySet::IPC_LOCK);
    set_capabilities(None, sets).unwrap();

    let error = harden(MemoryProtection::Required).unwrap_err();
    assert!(error.to_string().contains("LimitMEMLOCK"), "{error}");
    let report = harden(MemoryProtection::BestEffort).unwrap();
    assert!(matches!(report.memory_locked, Outcome::Refused(_)));
    assert_eq!(vec![1u8; 64 << 20].last(), Some(&1));
}
