//! `countersign sign`: one request, signed and ready to send.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_client::{KeyId, Request, SignOptions, Signed};
use serde::Serialize;

use crate::error::CliError;
use crate::{client_config, daemon, output};

/// A request is some parameters; this bounds what a wrong file can cost.
const MAX_REQUEST_FILE_BYTES: u64 = 1 << 20;

/// Have one exchange request signed
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Have one exchange request signed, and print it ready to send.\n\n\
    The request is signed to the nodes with the client's envelope key; a quorum of them decides \
    and computes the signature; only this client can read it. Nothing is sent to the exchange. \
    The API key header (for binance X-MBX-APIKEY) is not secret and not part of the signature: \
    put it among the headers, or add it when sending.\n\n\
    Run by: a client, as a test or from a script. Services use the client library.\n\n\
    Example:\n  \
    countersign sign --config client.toml --key-id trading --request order.json\n\n\
    with order.json:\n\n  \
    {\"venue\": \"binance\", \"method\": \"POST\", \"host\": \"api.binance.com\",\n   \
    \"path\": \"/api/v3/order\", \"headers\": {}, \"body\": \"\",\n   \
    \"query\": \"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000&timestamp=…\"}\n\n\
    and client.toml, in which relative paths are relative to the file:\n\n  \
    name = \"desk-1\"\n  \
    certificate = \"cert.pem\"\n  \
    key = \"key.pem\"\n  \
    ca = \"ca.pem\"\n  \
    envelope_key = \"envelope-key.pem\"\n  \
    roster = \"roster.toml\"\n  \
    [[coordinators]]\n  \
    name = \"main\"\n  \
    address = \"coordinator.example.org:7100\"\n\n\
    Exit code 3: refused, with who refused and why on stderr."
)]
pub struct Args {
    /// The client's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The key to sign with, as its manifest names it.
    #[arg(long, value_name = "NAME")]
    key_id: KeyId,
    /// The request, JSON; '-' reads it from stdin.
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Milliseconds from now after which no node may contribute.
    #[arg(long, value_name = "MS", default_value = "2000",
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    deadline_ms: u64,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs `countersign sign`.
pub fn run(args: &Args) -> Result<(), CliError> {
    let request = read_request(&args.request)?;
    let options = SignOptions {
        deadline: Duration::from_millis(args.deadline_ms),
    };
    let signed = daemon::runtime()?.block_on(async {
        let client = client_config::connect(&args.config)?;
        Ok::<_, CliError>(client.sign(&args.key_id, &request, options).await?)
    })?;
    if args.json {
        output::json(&SignedView::of(&signed))
    } else {
        eprintln!("{}", summary(&signed));
        output::line(http_text(&signed))
    }
}

/// Reads a request file; `-` is stdin.
pub fn read_request(path: &Path) -> Result<Request, CliError> {
    let text = read_text(path)?;
    serde_json::from_slice(&text).map_err(|error| CliError::RequestFile(path.to_owned(), error))
}

/// Reads a file with one request in it; `-` is stdin.
pub fn read_text(path: &Path) -> Result<Vec<u8>, CliError> {
    let mut text = Vec::new();
    let read = |from: &mut dyn Read, text: &mut Vec<u8>| {
        from.take(MAX_REQUEST_FILE_BYTES + 1).read_to_end(text)
    };
    if path == Path::new("-") {
        read(&mut io::stdin().lock(), &mut text)
    } else {
        File::open(path).and_then(|mut file| read(&mut file, &mut text))
    }
    .map_err(CliError::file(path))?;
    if text.len() as u64 > MAX_REQUEST_FILE_BYTES {
        let error = io::Error::other("too large for a request");
        return Err(CliError::File(path.to_owned(), error));
    }
    Ok(text)
}

/// "signed by a, b (a evaluated) in 14 ms".
pub fn summary(signed: &Signed) -> String {
    let quorum: Vec<&str> = signed.quorum.iter().map(AsRef::as_ref).collect();
    format!(
        "signed by {} ({} evaluated) in {:.1} ms",
        quorum.join(", "),
        signed.evaluator,
        milliseconds(signed.elapsed)
    )
}

/// The request as HTTP reads: method and URL, headers, an empty line and the body.
pub fn http_text(signed: &Signed) -> String {
    let Request {
        method,
        headers,
        body,
        ..
    } = &signed.request;
    let mut text = format!("{method} {}", signed.url);
    for (name, value) in headers {
        text.push_str(&format!("\n{name}: {value}"));
    }
    if !body.is_empty() {
        text.push_str(&format!("\n\n{}", String::from_utf8_lossy(body)));
    }
    text
}

/// Milliseconds with their fraction.
pub fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// A signed request as JSON.
#[derive(Debug, Serialize)]
pub struct SignedView {
    /// The text under the MAC.
    signed_payload: String,
    /// The signature as the venue writes it.
    signature: String,
    /// The nodes that signed.
    quorum: Vec<String>,
    /// The node that computed the tag.
    evaluator: String,
    /// Time from the call to the verified answer.
    online_ms: f64,
    /// How many quorums the coordinator says it tried.
    attempts: u32,
    /// Names the request in every node's audit log, hexadecimal.
    request_id: String,
    /// Where in the audit log of each node its decision is.
    receipts: Vec<ReceiptView>,
    /// What to send.
    request: ReadyView,
}

#[derive(Debug, Serialize)]
struct ReceiptView {
    node: String,
    audit_seq: u64,
    audit_hash: String,
}

#[derive(Debug, Serialize)]
struct ReadyView {
    url: String,
    #[serde(flatten)]
    request: Request,
}

impl SignedView {
    /// The view of a signed request. Requests come from JSON here, so every text of them is UTF-8.
    pub fn of(signed: &Signed) -> Self {
        let receipts = signed.receipts.iter();
        Self {
            signed_payload: String::from_utf8_lossy(&signed.signed_payload).into_owned(),
            signature: signed.signature.clone(),
            quorum: signed.quorum.iter().map(ToString::to_string).collect(),
            evaluator: signed.evaluator.to_string(),
            online_ms: milliseconds(signed.elapsed),
            attempts: signed.attempts,
            request_id: hex::encode(signed.request_id.0),
            receipts: receipts
                .map(|receipt| ReceiptView {
                    node: receipt.node().to_string(),
                    audit_seq: receipt.audit_seq(),
                    audit_hash: hex::encode(receipt.audit_hash()),
                })
                .collect(),
            request: ReadyView {
                url: signed.url.clone(),
                request: signed.request.clone(),
            },
        }
    }
}
