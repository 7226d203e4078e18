//! Requests as text: what the fuzzer works on, and how the corpus is kept.

use countersign_venues::Request;

/// A request out of arbitrary text: lines of venue, method, host, path, `?` and query, headers (`name: value`), an
/// empty line and the body.
pub fn from_text(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let [venue, method, host, path] = [next(), next(), next(), next()];
    // The mark keeps an empty query from ending the head.
    let query = next().trim_start_matches('?').to_owned();
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    Request {
        venue,
        method,
        host,
        path,
        query,
        body: body.as_bytes().to_vec(),
        headers: lines.filter_map(header).collect(),
    }
}

/// What [`from_text`] reads.
pub fn to_text(request: &Request) -> String {
    let Request {
        venue,
        method,
        host,
        path,
        query,
        ..
    } = request;
    let headers: String = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!("{venue}\n{method}\n{host}\n{path}\n?{query}\n{headers}\n{body}")
}
