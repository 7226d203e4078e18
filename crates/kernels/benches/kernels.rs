//! Time of every kernel on every backend, side by side.
//!
//! `cargo bench -p countersign-kernels`
#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign_kernels::{
    AesKey, Backend, WEIGHTS, half_tree_level, local_linear, small_field_vole,
};

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let bench = Bench {
        budget: Duration::from_millis(if measured { 60 } else { 0 }),
        backends: Backend::available(),
    };
    print!("{:<44}", "nanoseconds");
    for backend in &bench.backends {
        print!("{:>11}", backend.name());
    }
    println!();
    aes(&bench);
    small_field(&bench);
    transposition(&bench);
    polyval(&bench);
    silent(&bench);
}

struct Bench {
    budget: Duration,
    backends: Vec<Backend>,
}

impl Bench {
    /// Prints the least time of `run` on each backend, divided by `units`. `prepare` is not timed.
    fn row<S>(
        &self,
        name: &str,
        units: usize,
        mut prepare: impl FnMut(Backend) -> S,
        mut run: impl FnMut(Backend, &mut S),
    ) {
        print!("{name:<44}");
        for &backend in &self.backends {
            let mut state = prepare(backend);
            let start = Instant::now();
            let mut least = Duration::MAX;
            loop {
                // Short runs are repeated, for the clock's sake.
                let repeats = (2000 / units).max(1) as u32;
                let one = Instant::now();
                for _ in 0..repeats {
                    run(black_box(backend), black_box(&mut state));
                }
                least = least.min(one.elapsed() / repeats);
                if start.elapsed() >= self.budget {
                    break;
                }
            }
            print!("{:>11.3}", least.as_secs_f64() * 1e9 / units as f64);
        }
        println!();
    }
}

fn aes(bench: &Bench) {
    const N: usize = 1024;
    let keys: Vec<u128> = (0..256).collect();
    bench.row(
        "expand_many, 256 keys: a key",
        256,
        |_| Vec::<AesKey>::new(),
        |backend, out| {
            out.clear();
            backend.expand_many(&keys, out);
        },
    );
    bench.row(
        "rekey_many, 256 keys: a key",
        256,
        |backend| {
            let mut out = Vec::new();
            backend.expand_many(&keys, &mut out);
            out
        },
        |backend, out| backend.rekey_many(&keys, out),
    );
    bench.row(
        "encrypt: a block",
        N,
        |backend| (backend.aes_key(1), vec![0; N]),
        |_, (key, blocks)| key.encrypt(blocks),
    );
    bench.row(
        "stream: a block",
        N,
        |backend| (backend.aes_key(1), vec![0; N]),
        |_, (key, blocks)| key.stream(0, blocks),
    );
    bench.row(
        "hash_in_place, 4, latency: a call",
        1,
        |backend| (backend.aes_key(1), [3; 4]),
        |_, (key, blocks)| key.hash_in_place(blocks),
    );
    bench.row(
        "hash_in_place, 8, latency: a call",
        1,
        |backend| (backend.aes_key(1), [3; 8]),
        |_, (key, blocks)| key.hash_in_place(blocks),
    );
    bench.row(
        "hash_in_place, 12, latency: a call",
        1,
        |backend| (backend.aes_key(1), [3; 12]),
        |_, (key, blocks)| key.hash_in_place(blocks),
    );
    bench.row(
        "expand 1 key and hash 8, a garbled gate: a gate",
        256,
        |backend| {
            let mut out = Vec::new();
            backend.expand_many(&keys, &mut out);
            (out, [3; 8])
        },
        |backend, (out, blocks)| {
            for (keys, out) in keys.chunks(32).zip(out.chunks_mut(32)) {
                backend.rekey_many(keys, out);
                for key in out {
                    key.hash_in_place(blocks);
                }
            }
        },
    );
    bench.row(
        "tweaked_hashes: a block",
        N,
        |backend| (backend.aes_key(1), vec![5; N], vec![0; N]),
        |_, (key, inputs, out)| key.tweaked_hashes(inputs, 9, 0, out),
    );
}

fn small_field(bench: &Bench) {
    for n in [127, 512] {
        bench.row(
            &format!("small_field_vole, {n} blocks: a block"),
            WEIGHTS * n,
            |backend| {
                let mut keys = Vec::new();
                backend.expand_many(&[7; WEIGHTS], &mut keys);
                (keys, [(); 5].map(|()| vec![0; n]))
            },
            |_, (keys, sums)| small_field_vole(keys, sums.each_mut().map(|sum| &mut sum[..])),
        );
    }
}

fn transposition(bench: &Bench) {
    for n in [16, 256, 1000] {
        let columns = vec![vec![7u128; n]; 128];
        bench.row(
            &format!("transpose_128, {n} blocks: a row"),
            128 * n,
            |_| vec![0; 128 * n],
            |backend, rows| backend.transpose_128(&columns, rows),
        );
    }
}

fn polyval(bench: &Bench) {
    bench.row(
        "Polyval::new: a call",
        1,
        |_| 3,
        |backend, key| {
            black_box(backend.polyval(*key));
        },
    );
    bench.row(
        "dot: a call",
        1,
        |_| 3,
        |backend, block| *block = backend.dot(*block, 9),
    );
    for n in [8, 64, 4096] {
        bench.row(
            &format!("Polyval::hash, {n} blocks: a block"),
            n,
            |backend| (backend.polyval(3), vec![5; n]),
            |_, (polyval, blocks)| {
                black_box(polyval.hash(blocks));
            },
        );
    }
}

fn silent(bench: &Bench) {
    const N: usize = 1024;
    bench.row(
        "half_tree_level: a child",
        2 * N,
        |backend| (backend.aes_key(1), vec![5; N], vec![0; 2 * N]),
        |_, (key, parents, children)| {
            black_box(half_tree_level(key, parents, children));
        },
    );
    for log in [12, 15, 16] {
        bench.row(
            &format!("local_linear, table of 2^{log}: an output"),
            N,
            |backend| (backend.aes_key(1), vec![5; 1 << log], vec![0; N]),
            |_, (matrix, table, out)| local_linear(matrix, 0, table, out),
        );
    }
}
