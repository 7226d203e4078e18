//! Dealing and sharing take no branch and no memory access that depends on secrets.
//!
//! The program runs twice, from start to end, under valgrind's `lackey`, which writes down the address of
//! every instruction executed and of every memory access. The runs differ in the secret and in all
//! randomness (Δ, polynomials, keys, seeds) and in nothing else, so the two traces must be the same.
//! There is no clock in it, and no noise.
//!
//! Where there is no valgrind this says so and passes, unless `COUNTERSIGN_REQUIRE_VALGRIND` is set: set
//! it where the result counts.
//!
//! # Limits
//! - It compares two runs per case, not all. A branch that both take the same way by chance stays hidden;
//!   secrets of zeros and of ones are among the cases to make that unlikely.
//! - It sees addresses, not times: an instruction whose time depends on its operands is not noticed. There
//!   is none of those (division) on secrets in this crate.
//! - It sees the instructions of this build, on the processor that valgrind imitates: AES-NI and AVX2, and
//!   none of the wider kernels.
//! - Release and evaluation follow a preprocessing run of several threads, whose order is not the same
//!   twice. For them there are statistics: `cargo bench -p countersign-mpc --bench constant-time`.
//!
//! It has no test harness, since that would run it on a thread among others.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitCode, Stdio};

use countersign_mpc::dealing::{DealParameters, QuorumShare, Secret, deal};
use countersign_mpc::{HashAlgorithm, Party, Quorum};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

/// The argument on which the program runs the operation, as the subject of a trace.
const SUBJECT: &str = "--subject";

/// The API secret and the seed of all randomness.
type Secrets = [u8; 64];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has(SUBJECT) {
        subject();
        return ExitCode::SUCCESS;
    }
    let name = "dealing_and_sharing_leave_the_same_trace_whatever_the_secret";
    if has("--list") {
        println!("{name}: test");
        return ExitCode::SUCCESS;
    }
    if !there_is_valgrind() {
        println!("test {name} ... NOT RUN: there is no valgrind");
        let required = std::env::var_os("COUNTERSIGN_REQUIRE_VALGRIND").is_some();
        return if required {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        };
    }
    dealing_and_sharing_leave_the_same_trace_whatever_the_secret();
    println!("test {name} ... ok");
    ExitCode::SUCCESS
}

fn dealing_and_sharing_leave_the_same_trace_whatever_the_secret() {
    let mixed: Secrets = std::array::from_fn(|i| (i as u8).wrapping_mul(151) ^ 0x3c);
    for other in [[0; 64], [0xff; 64]] {
        let length = compare_traces(&mixed, &other);
        // Dealing is in it: the start of a program alone is shorter.
        assert!(length > 500_000, "a trace of {length} lines is too short");
    }
}

/// What is traced: dealing to three nodes, and the shares of one quorum. Its input comes as raw bytes:
/// parsing it would leave a trace.
fn subject() {
    let mut secrets: Secrets = [0; 64];
    std::io::stdin().lock().read_exact(&mut secrets).unwrap();
    let [secret, seed] = [0, 32].map(|at| -> [u8; 32] { secrets[at..at + 32].try_into().unwrap() });
    let parties: Vec<Party> = (1..=3).filter_map(Party::new).collect();
    let quorum = Quorum::new(parties.iter().copied().take(2)).unwrap();
    let parameters = DealParameters {
        hash: HashAlgorithm::Sha256,
        threshold: 2,
        parties,
    };
    let secret = Secret::new(Zeroizing::new(secret.to_vec())).unwrap();
    let dealt = deal(&parameters, secret, &mut ChaCha20Rng::from_seed(seed)).unwrap();
    for package in &dealt.packages[..2] {
        std::hint::black_box(QuorumShare::new(package, &quorum).unwrap());
    }
}

/// Runs the subject on both inputs at once; panics at the first difference, else returns the length.
fn compare_traces(a: &Secrets, b: &Secrets) -> usize {
    let [mut a, mut b] = [trace(a), trace(b)];
    let mut length = 0;
    let mut instruction = String::new();
    loop {
        match (a.next(), b.next()) {
            (None, None) => return length,
            (Some(a), Some(b)) if a == b => {
                length += 1;
                if a.starts_with('I') {
                    instruction = a;
                }
            }
            (a, b) => panic!(
                "after {length} lines one run has {a:?} and the other {b:?}, in the instruction at \
                 {instruction:?} (`addr2line`, less 0x108000, says where that is)"
            ),
        }
    }
}

/// Lines of the trace: `I`, ` L`, ` S` or ` M`, address, size.
fn trace(secrets: &Secrets) -> impl Iterator<Item = String> + use<> {
    let mut child = Command::new("valgrind")
        .args(["--tool=lackey", "--trace-mem=yes", "--basic-counts=no"])
        .arg(std::env::current_exe().unwrap())
        .arg(SUBJECT)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(secrets).unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut child = Some(child);
    let mut lines = lines
        .map(Result::unwrap)
        // Lines with the number of the process are valgrind's own remarks.
        .filter(|line| !line.starts_with("=="))
        .skip_while(|line| !is_of_the_program(line));
    std::iter::from_fn(move || {
        let line = lines.next();
        if line.is_none()
            && let Some(mut child) = child.take()
        {
            assert!(child.wait().unwrap().success(), "the subject failed");
        }
        line
    })
}

/// Whether this is an instruction of the program itself. Before the first of them runs the dynamic loader,
/// which reads beyond the end of a string into what the kernel gave the process as random bytes.
fn is_of_the_program(line: &str) -> bool {
    /// Valgrind puts the loader here, libraries above, and the program below.
    const LOADER: u64 = 0x0400_0000;
    let address = line
        .strip_prefix("I")
        .and_then(|rest| rest.trim().split(',').next());
    address.is_some_and(|address| u64::from_str_radix(address, 16).is_ok_and(|at| at < LOADER))
}

fn there_is_valgrind() -> bool {
    let mut command = Command::new("valgrind");
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
