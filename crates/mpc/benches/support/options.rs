//! Command lines: `--name` and `--name value`.

use std::str::FromStr;

use countersign_mpc::HashAlgorithm;

pub struct Options(Vec<String>);

impl Options {
    pub fn from_command_line() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|argument| argument == name)
    }

    /// The value after `name`, if it is there; ends the process if it makes no sense.
    pub fn value<T: FromStr>(&self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|argument| argument == name)?;
        let text = self.0.get(at + 1).map_or("", String::as_str);
        match text.parse() {
            Ok(value) => Some(value),
            Err(_) => refuse(name, text),
        }
    }

    /// The hash after `--hash`, if it is there: sha256, sha384 or sha512.
    pub fn hash(&self) -> Option<HashAlgorithm> {
        let name: String = self.value("--hash")?;
        let hash = HashAlgorithm::from_scheme(&format!("hmac-{name}"));
        Some(hash.unwrap_or_else(|| refuse("--hash", &name)))
    }

    /// `cargo bench` says so; without it, `cargo test --benches` only asks whether it runs.
    pub fn is_bench(&self) -> bool {
        self.has("--bench")
    }
}

fn refuse(name: &str, value: &str) -> ! {
    eprintln!("{name} {value}: not understood");
    std::process::exit(2);
}
