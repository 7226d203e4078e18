//! Requests for operations of which none was captured, made from the venues' own tables.

use std::{collections::BTreeMap, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::{
    Operation, ParameterFacts, Permissions, Request, VenueFacts, facts, unavoidable, venues,
};
use rand_core::Rng;
use serde_json::{Map, Value};

/// What is known of a venue.
pub struct Table {
    pub facts: VenueFacts,
    /// Names of operations that any signature authorises.
    pub unavoidable: Vec<&'static str>,
}

static TABLES: LazyLock<BTreeMap<&str, Table>> = LazyLock::new(|| {
    let table = |venue| {
        let everything = unavoidable(venue, &Permissions::unknown()).expect("a known venue");
        let table = Table {
            facts: facts(venue).expect("a known venue"),
            unavoidable: everything.iter().map(|operation| operation.name).collect(),
        };
        (venue, table)
    };
    venues().map(table).collect()
});

/// What is known of the request's venue.
pub fn table(request: &Request) -> Option<&'static Table> {
    TABLES.get(request.venue.as_str())
}

/// A request for an operation of the record's venue. Time, key and whatever else that has to be beside the
/// parameters is as in a record.
pub fn crafted(record: &Request, records: &[Request], rng: &mut impl Rng) -> Request {
    let Some(Table { facts, .. }) = table(record) else {
        return record.clone();
    };
    let at = rng.next_u32() as usize % facts.operations.len();
    let operation = &facts.operations[at];
    let alike: Vec<&Request> = records
        .iter()
        .filter(|other| other.venue == record.venue && other.method == operation.method)
        .collect();
    let mut request = match alike.as_slice() {
        [] => record.clone(),
        _ => (*pick(&alike, rng)).clone(),
    };
    let before = request.path.clone();
    present(&mut request, operation);
    request.path = with_values(&request.path, rng);

    let mut parameters = Vec::new();
    for parameter in &facts.parameters[at] {
        if parameter.needed || rng.next_u32().is_multiple_of(4) {
            parameters.push((parameter.name, value_of(parameter, rng)));
        }
    }
    let filling = Filling {
        envelope: facts.envelope,
        parameters,
        quoted: rng.next_u32().is_multiple_of(2),
        paths: [before, request.path.clone()],
    };
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let sealed = request
        .headers
        .iter_mut()
        .find_map(|(_, value)| sealed_json(value).map(|json| (value, json)));
    if let Some((value, mut json)) = sealed {
        filling.fill(&mut json);
        *value = STANDARD.encode(json.to_string());
        request.body.clear();
    } else if let Ok(mut json) = serde_json::from_str::<Value>(&text) {
        filling.fill(&mut json);
        request.body = json.to_string().into_bytes();
    } else if text.is_empty() {
        request.query = filling.form(&request.query);
    } else {
        request.body = filling.form(&text).into_bytes();
    }
    request
}

/// The JSON that a header holds in Base64, if it does.
pub fn sealed_json(value: &str) -> Option<Value> {
    let text = STANDARD.decode(value).ok()?;
    text.starts_with(b"{").then_some(())?;
    serde_json::from_slice(&text).ok()
}

/// Makes `request` name another operation of its venue, parameters as they are.
pub fn relabel(request: &mut Request, rng: &mut impl Rng) {
    if let Some(table) = table(request) {
        present(request, pick(&table.facts.operations, rng));
    }
}

/// Makes `request` name an operation: its method and path, and a host that serves it. A path with parameters
/// in it is kept.
pub fn present(request: &mut Request, operation: &Operation) {
    request.method = operation.method.to_owned();
    if !operation.hosts.contains(&request.host.as_str()) {
        request.host = operation.hosts.first().copied().unwrap_or_default().into();
    }
    request.path = operation.path.to_owned();
}

/// A parameter that some operation of the venue takes, with a value for it.
pub fn parameter(request: &Request, rng: &mut impl Rng) -> Option<(&'static str, String)> {
    let parameters = pick(&table(request)?.facts.parameters, rng);
    let parameter = (!parameters.is_empty()).then(|| pick(parameters, rng))?;
    Some((parameter.name, value_of(parameter, rng)))
}

/// The parameters of another operation, to be put where a record has those of its own.
struct Filling<'a> {
    envelope: &'a [&'a str],
    parameters: Vec<(&'static str, String)>,
    quoted: bool,
    /// The path before and after: some messages repeat it, or the end of it.
    paths: [String; 2],
}

impl Filling<'_> {
    /// Into JSON: the object, the first of an array, or the object that is named for parameters.
    fn fill(&self, json: &mut Value) {
        match json {
            Value::Array(items) => {
                items.truncate(1);
                items.iter_mut().for_each(|item| self.fill(item));
            }
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.rename(value));
                if let Some(inner @ Value::Object(_)) = members.get_mut("params") {
                    return self.fill(inner);
                }
                let before = std::mem::take(members).into_iter();
                *members = before
                    .filter(|(name, value)| self.keeps(name, value))
                    .collect();
                self.put(members);
            }
            _ => {}
        }
    }

    fn rename(&self, value: &mut Value) {
        let [before, after] = &self.paths;
        let Value::String(text) = value else { return };
        let common = before
            .strip_suffix(text.as_str())
            .filter(|_| text.contains('/'));
        if let Some(after) = common.and_then(|common| after.strip_prefix(common)) {
            after.clone_into(text);
        }
    }

    fn keeps(&self, name: &str, value: &Value) -> bool {
        self.envelope.contains(&name) || value.as_str().is_some_and(|text| self.paths[1] == text)
    }

    fn put(&self, members: &mut Map<String, Value>) {
        for (name, value) in &self.parameters {
            let plain = match serde_json::from_str::<Value>(value) {
                Ok(plain @ (Value::Number(_) | Value::Bool(_))) if !self.quoted => plain,
                _ => Value::String(value.clone()),
            };
            members.insert((*name).to_owned(), plain);
        }
    }

    /// As pairs, after those that carry time and key.
    fn form(&self, text: &str) -> String {
        let name = |piece: &&str| {
            self.envelope
                .contains(&piece.split('=').next().unwrap_or(""))
        };
        let envelope = text.split('&').filter(name).map(str::to_owned);
        let own = self.parameters.iter();
        let own = own.map(|(name, value)| format!("{name}={value}"));
        envelope.chain(own).collect::<Vec<_>>().join("&")
    }
}

/// A path with values for its parameters.
fn with_values(path: &str, rng: &mut impl Rng) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, (_, after))) = rest
        .split_once('{')
        .and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        let value: &str = pick::<&str>(VALUES, rng);
        text = text + before + value;
        rest = after;
    }
    text + rest
}

fn value_of(parameter: &ParameterFacts, rng: &mut impl Rng) -> String {
    let words = &parameter.words;
    match words.is_empty() || rng.next_u32().is_multiple_of(16) {
        true => (*pick(VALUES, rng)).to_owned(),
        false => (*pick(words, rng)).to_owned(),
    }
}

/// Values that one parameter or another may have, those that fit most parameters more often.
const VALUES: &[&str] = &[
    "1",
    "1",
    "2",
    "10",
    "100",
    "0.5",
    "0.001",
    "60000",
    "1",
    "3",
    "20",
    "BTCUSDT",
    "BTC-USDT",
    "btcusd",
    "USDT",
    "BTC",
    "TRX",
    "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",
    "a-1",
    "true",
    "false",
    "1753000000000",
    "0",
    "-1",
    "1e2",
    "99999999999999999999",
    "a b",
    "",
];

/// One of these, of which there is one.
pub fn pick<'a, T>(from: &'a [T], rng: &mut impl Rng) -> &'a T {
    &from[rng.next_u32() as usize % from.len()]
}
