#![allow(non_snake_case)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc as channel};

use super::super::record::{Chain, MAX_LINE_BYTES, Record};
use super::super::verify::verify_file;
use super::*;

fn peer(name: &str) -> Event {
    Event::PeerRestarted {
        peer: name.to_owned(),
    }
}

fn records(replay: &Replay, since_ms: u64) -> Vec<Record> {
    replay
        .since(since_ms)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// A log of some records, and its bytes.
async fn written(path: &Path, count: u64) -> Vec<u8> {
    let (log, _) = AuditLog::open(path).unwrap();
    for at in 0..count {
        log.append(100 + at, peer(&format!("p{at}"))).await.unwrap();
    }
    drop(log);
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn log__should_continue_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let (log, replay) = AuditLog::open(&path).unwrap();
    assert_eq!(records(&replay, 0), []);
    let first = log.append(5, peer("a")).await.unwrap();
    assert_eq!(first.seq, 1);
    drop(log);

    let (log, replay) = AuditLog::open(&path).unwrap();
    let second = log.append(6, peer("b")).await.unwrap();
    assert_eq!(second.seq, 2);
    let past = records(&replay, 0);
    assert_eq!(past.len(), 1);
    assert_eq!(
        (past[0].seq, past[0].hash, past[0].at_ms),
        (1, first.hash, 5)
    );
    assert_eq!(past[0].event, peer("a"));
    let summary = verify_file(&path).unwrap();
    assert_eq!((summary.records, summary.head), (2, second.hash));
}

#[tokio::test]
async fn replay__should_find_late_records_whatever_the_clock_did() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let (log, _) = AuditLog::open(&path).unwrap();
    let times: Vec<u64> = (0..3000)
        .map(|at| if at == 1500 { 9_000 } else { at })
        .collect();
    let appends = times.iter().map(|&at| {
        let log = log.clone();
        async move { log.append(at, peer("x")).await.unwrap().seq }
    });
    for append in appends.map(tokio::spawn).collect::<Vec<_>>() {
        append.await.unwrap();
    }
    drop(log);
    let (_log, replay) = AuditLog::open(&path).unwrap();
    for since in [0, 1, 1499, 2000, 2999, 3000, 9000, 9001] {
        let mut found: Vec<u64> = records(&replay, since).iter().map(|r| r.at_ms).collect();
        let mut expected: Vec<u64> = times.iter().copied().filter(|at| *at >= since).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "since {since}");
    }
}

#[tokio::test]
async fn crash_at_any_byte__should_lose_no_acknowledged_record() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let bytes = written(&path, 3).await;
    for length in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let complete = bytes[..length].iter().filter(|&&b| b == b'\n').count();
        let torn = length
            - bytes[..length]
                .iter()
                .rposition(|&b| b == b'\n')
                .map_or(0, |at| at + 1);

        let (log, replay) = AuditLog::open(&path).unwrap();
        assert_eq!(records(&replay, 0).len(), complete, "{length} bytes");
        let appended = log.append(200, peer("next")).await.unwrap();
        drop(log);

        let (_log, replay) = AuditLog::open(&path).unwrap();
        let all = records(&replay, 0);
        let cut = usize::from(torn > 0);
        assert_eq!(all.len(), complete + cut + 1);
        assert_eq!(appended.seq as usize, all.len());
        if torn > 0 {
            let event = Event::TornTail { bytes: torn as u64 };
            assert_eq!(all[complete].event, event);
        }
    }
}

#[tokio::test]
async fn altered_byte__should_be_noticed_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let bytes = written(&path, 3).await;
    for at in 0..bytes.len() {
        let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count() as u64;
        for bit in 0..8 {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            std::fs::write(&path, &bad).unwrap();
            let result = if bit == at % 8 {
                AuditLog::open(&path).map(|_| ())
            } else {
                verify_file(&path).map(|_| ())
            };
            assert!(
                matches!(result, Err(AuditError::Damaged { line: at, .. }) if at == line),
                "byte {at} bit {bit}: {result:?}"
            );
            let kept = std::fs::read(&path).unwrap();
            assert_eq!(kept, bad, "a damaged log stays as it is");
        }
    }
}

#[tokio::test]
async fn altered_order__should_be_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let bytes = written(&path, 3).await;
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    let long = vec![b'x'; MAX_LINE_BYTES + 10];
    for bad in [
        vec![lines[1], lines[2]],
        vec![lines[0], lines[2]],
        vec![lines[1], lines[0], lines[2]],
        vec![lines[0], lines[0], lines[1]],
        vec![lines[0], b"\n", lines[1]],
        vec![b"\xef\xbb\xbf", lines[0]],
        vec![lines[0], &long],
    ] {
        std::fs::write(&path, bad.concat()).unwrap();
        assert!(matches!(
            AuditLog::open(&path),
            Err(AuditError::Damaged { .. })
        ));
        assert!(matches!(
            verify_file(&path),
            Err(AuditError::Damaged { .. })
        ));
    }
}

#[tokio::test]
async fn log__should_have_one_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    let (log, _) = AuditLog::open(&path).unwrap();
    assert!(matches!(
        AuditLog::open(&path),
        Err(AuditError::AlreadyOpen(_))
    ));
    let clone = log.clone();
    drop(log);
    assert!(matches!(
        AuditLog::open(&path),
        Err(AuditError::AlreadyOpen(_))
    ));
    drop(clone);
    AuditLog::open(&path).unwrap();
}

/// A disk that does as the test says.
struct Disk {
    syncs: Arc<AtomicUsize>,
    written: Arc<Mutex<Vec<u8>>>,
    fault: Fault,
}

enum Fault {
    None,
    /// Each sync takes that long.
    Slow(Duration),
    /// Each sync waits for a word of the test.
    Stuck(channel::Receiver<()>),
    /// Writes fail after that many bytes.
    Full(usize),
    /// Syncs fail from the second on; later ones would succeed.
    Sync,
}

impl Sink for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().unwrap();
        let room = match self.fault {
            Fault::Full(size) => size.saturating_sub(written.len()),
            _ => usize::MAX,
        };
        written.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let before = self.syncs.fetch_add(1, Ordering::SeqCst);
        match &self.fault {
            Fault::Slow(time) => thread::sleep(*time),
            Fault::Stuck(word) => word.recv().map_err(io::Error::other)?,
            Fault::Sync if before == 1 => return Err(io::Error::other("sync failed")),
            Fault::None | Fault::Full(_) | Fault::Sync => {}
        }
        Ok(())
    }
}

struct Bench {
    log: AuditLog,
    syncs: Arc<AtomicUsize>,
    written: Arc<Mutex<Vec<u8>>>,
}

fn bench(fault: Fault, config: AuditConfig) -> Bench {
    let (syncs, written) = (Arc::default(), Arc::default());
    let disk = Disk {
        syncs: Arc::clone(&syncs),
        written: Arc::clone(&written),
        fault,
    };
    let log = AuditLog::start(Writer::new(disk, Chain::default()), config).unwrap();
    Bench {
        log,
        syncs,
        written,
    }
}

fn lines(bench: &Bench) -> usize {
    let bytes = bench.written.lock().unwrap();
    let mut chain = Chain::default();
    let lines = bytes
        .split_inclusive(|&b| b == b'\n')
        .filter(|line| line.ends_with(b"\n"));
    lines
        .map(|line| chain.next(&line[..line.len() - 1]).unwrap())
        .count()
}

#[tokio::test]
async fn concurrent_appends__should_share_syncs() {
    let bench = bench(
        Fault::Slow(Duration::from_millis(5)),
        AuditConfig::default(),
    );
    let appends: Vec<_> = (0..500)
        .map(|at| {
            let log = bench.log.clone();
            tokio::spawn(async move { log.append(at, peer("x")).await.unwrap() })
        })
        .collect();
    let mut seqs = BTreeSet::new();
    for append in appends {
        seqs.insert(append.await.unwrap().seq);
    }
    assert_eq!(seqs, (1..=500).collect());
    assert_eq!(lines(&bench), 500);
    let syncs = bench.syncs.load(Ordering::SeqCst);
    assert!(syncs < 100, "{syncs} syncs for 500 appends");
}

#[tokio::test]
async fn append__should_be_answered_only_after_a_sync() {
    let (word, wait) = channel::channel();
    let bench = bench(Fault::Stuck(wait), AuditConfig::default());
    let log = bench.log.clone();
    let append = tokio::spawn(async move { log.append(0, peer("x")).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!append.is_finished());
    assert_eq!(lines(&bench), 1);
    word.send(()).unwrap();
    assert_eq!(append.await.unwrap().unwrap().seq, 1);
}

#[tokio::test]
async fn full_disk__should_close_the_log_until_a_restart() {
    let bench = bench(Fault::Full(1000), AuditConfig::default());
    let mut recorded = 0;
    let error = loop {
        match bench.log.append(0, peer("x")).await {
            Ok(appended) => recorded = appended.seq,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AuditError::Poisoned(_)), "{error}");
    assert!(recorded > 0 && bench.log.poisoned().is_some());
    let length = bench.written.lock().unwrap().len();
    for _ in 0..10 {
        let again = bench.log.append(0, peer("x")).await;
        assert!(matches!(again, Err(AuditError::Poisoned(_))));
    }
    assert_eq!(
        bench.written.lock().unwrap().len(),
        length,
        "nothing more is written"
    );

    // What had been acknowledged is there after the restart.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.log");
    std::fs::write(&path, &*bench.written.lock().unwrap()).unwrap();
    let (_log, replay) = AuditLog::open(&path).unwrap();
    assert_eq!(records(&replay, 0).len() as u64, recorded);
}

#[tokio::test]
async fn failed_sync__should_never_be_tried_again() {
    let bench = bench(Fault::Sync, AuditConfig::default());
    bench.log.append(0, peer("x")).await.unwrap();
    for _ in 0..3 {
        let failed = bench.log.append(0, peer("x")).await;
        assert!(matches!(failed, Err(AuditError::Poisoned(_))));
    }
    assert_eq!(bench.syncs.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn stuck_disk__should_be_waited_for_no_longer_than_allowed() {
    let (word, wait) = channel::channel();
    let config = AuditConfig {
        wait: Duration::from_millis(100),
        queue: 2,
    };
    let bench = bench(Fault::Stuck(wait), config);
    let append = |at| {
        let log = bench.log.clone();
        tokio::spawn(async move { log.append(at, peer("x")).await })
    };
    let mut appends = vec![append(0)];
    while lines(&bench) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // One at the disk; now two for the queue, and three more before it.
    appends.extend((1..6).map(append));
    for append in appends {
        let answer = tokio::time::timeout(Duration::from_secs(5), append).await;
        assert!(matches!(
            answer.unwrap().unwrap(),
            Err(AuditError::Unavailable(_))
        ));
    }
    assert!(bench.log.poisoned().is_none());

    // Once the disk answers, the log goes on; those who gave up are not written.
    word.send(()).unwrap();
    word.send(()).unwrap();
    assert_eq!(bench.log.append(9, peer("y")).await.unwrap().seq, 2);
    assert_eq!(lines(&bench), 2);
}

#[tokio::test]
async fn long_event__should_be_refused_alone() {
    let bench = bench(Fault::None, AuditConfig::default());
    let long = peer(&"x".repeat(MAX_LINE_BYTES));
    assert!(matches!(
        bench.log.append(0, long).await,
        Err(AuditError::TooLong)
    ));
    assert_eq!(bench.log.append(0, peer("x")).await.unwrap().seq, 1);
    assert_eq!(lines(&bench), 1);
}
