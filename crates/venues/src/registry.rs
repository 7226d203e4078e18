//! The venues known, and the functions that find a request's dialect.

use crate::{
    Binds, Class, DigestEncoding, HashAlg, KeyEncoding, Operation, PassphraseMac, Permission,
    Permissions, Placement, ReadError, Reading, Request, Shown, SignedText, Timing, UnknownVenue,
    binance, bingx, bitfinex, bitget, bitmex, bitstamp, bybit, coinbaseexchange, cryptocom,
    deribit, gate, gemini, htx, kraken, krakenfutures, kucoin, mexc, okx,
};

/// Every dialect. A new venue is one line here.
static DIALECTS: &[&dyn Dialect] = &[
    &binance::VENUE,
    &bingx::VENUE,
    &bitfinex::VENUE,
    &bitget::VENUE,
    &bitmex::VENUE,
    &bitstamp::VENUE,
    &bybit::VENUE,
    &coinbaseexchange::VENUE,
    &cryptocom::VENUE,
    &deribit::VENUE,
    &gate::VENUE,
    &gemini::VENUE,
    &htx::VENUE,
    &kraken::VENUE,
    &krakenfutures::VENUE,
    &kucoin::VENUE,
    &mexc::VENUE,
    &okx::VENUE,
];

/// Reads a request: what is signed, what that authorises, and when it is good.
///
/// # Errors
/// [`ReadError`]; the request is then not to be signed.
pub fn read(request: &Request) -> Result<Reading, ReadError> {
    read_for(request, &Permissions::unknown())
}

/// Reads a request that a key with these permissions is to sign: as [`read`] and then
/// [`Reading::restricted_to`], but operations that the restriction removes are not read at all.
///
/// # Errors
/// [`ReadError`]; the request is then not to be signed.
pub fn read_for(request: &Request, key: &Permissions) -> Result<Reading, ReadError> {
    let dialect = find(&request.venue)?;
    let signed = dialect.signed_text(request)?;
    let understood = dialect.understand(request, &signed, key)?;
    let api_key = dialect.api_key(request)?;
    Ok(Reading::new(dialect, signed, understood, api_key).restricted_to(key))
}

/// The signed text of a request, whether or not the dialect understands what it does. For checks
/// and tools: a node signs only what [`read`] accepts.
///
/// # Errors
/// [`ReadError::UnknownVenue`], or [`ReadError::Malformed`] if a signature is already present.
pub fn signed_text(request: &Request) -> Result<SignedText, ReadError> {
    find(&request.venue)?.signed_text(request)
}

/// What *any* signature of a key with these permissions authorises, whatever is in it: operations
/// that need no parameter but the time, at venues that sign neither method nor path. Officers see
/// and accept these when they enrol the key; [`Reading::authorised`] does not repeat them.
///
/// # Errors
/// [`UnknownVenue`].
pub fn unavoidable(venue: &str, key: &Permissions) -> Result<Vec<Operation>, UnknownVenue> {
    let mut operations = find(venue)?.unavoidable();
    operations.retain(|operation| key.contain(operation.permission));
    Ok(operations)
}

/// Those of them that change something: what has to be accepted with the key, or permitted by policy.
///
/// # Errors
/// [`UnknownVenue`].
pub fn unavoidable_changes(venue: &str, key: &Permissions) -> Result<Vec<Operation>, UnknownVenue> {
    let mut operations = unavoidable(venue, key)?;
    operations.retain(|operation| operation.class != Class::Read);
    Ok(operations)
}

/// `request` without its signature, wherever the venue wants that: what a request captured from a
/// client has to be before it can be read.
///
/// # Errors
/// [`UnknownVenue`].
pub fn without_signature(request: Request) -> Result<Request, UnknownVenue> {
    let placement = find(&request.venue)?.placement(&request);
    Ok(placement.remove_from(request))
}

/// What is known of a venue, for people and for documents made from the code.
#[derive(Debug, Clone)]
pub struct VenueFacts {
    /// Its name in requests, manifests and policies.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The header that carries the API key.
    pub api_key_header: &'static str,
    /// The MAC of a passphrase that it wants beside the signature.
    pub passphrase: Option<PassphraseMac>,
    /// What its MAC covers.
    pub binds: Binds,
    /// The hash inside HMAC.
    pub hash: HashAlg,
    /// How the API secret becomes the HMAC key.
    pub key_encoding: KeyEncoding,
    /// How a tag is written.
    pub digest_encoding: DigestEncoding,
    /// Which of the venue's own switches each permission stands for.
    pub permissions: &'static [(Permission, &'static str)],
    /// Every operation known, with an empty intent. Those not offered are known so that they can be
    /// found in a set.
    pub operations: Vec<Operation>,
    /// What each of `operations` takes, in the same order.
    pub parameters: Vec<Vec<ParameterFacts>>,
    /// Names of parameters that carry time, key and signature and are no operation's.
    pub envelope: &'static [&'static str],
}

/// What is known of a parameter of an operation; in a batch, of its elements.
#[derive(Debug, Clone)]
pub struct ParameterFacts {
    /// The venue's name for it.
    pub name: &'static str,
    /// Whether the venue refuses the operation without it.
    pub needed: bool,
    /// The words it may be, without regard to case. Empty where it is no choice of words.
    pub words: Vec<&'static str>,
}

/// What is known of a venue.
///
/// # Errors
/// [`UnknownVenue`].
pub fn facts(venue: &str) -> Result<VenueFacts, UnknownVenue> {
    let dialect = find(venue)?;
    let (hash, key_encoding, digest_encoding) = dialect.scheme();
    Ok(VenueFacts {
        name: dialect.name(),
        title: dialect.title(),
        api_key_header: dialect.api_key_header(),
        passphrase: dialect.passphrase(),
        binds: dialect.binds(),
        hash,
        key_encoding,
        digest_encoding,
        permissions: dialect.permissions(),
        operations: dialect.known(),
        parameters: dialect.parameters(),
        envelope: dialect.envelope(),
    })
}

/// Names of the venues known.
pub fn venues() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.name())
}

fn find(venue: &str) -> Result<&'static dyn Dialect, UnknownVenue> {
    DIALECTS
        .iter()
        .copied()
        .find(|dialect| dialect.name() == venue)
        .ok_or_else(|| UnknownVenue {
            venue: Shown::new(venue),
        })
}

/// How one venue's requests are read.
pub(crate) trait Dialect: Sync {
    /// The venue's name in requests, manifests and policies.
    fn name(&self) -> &'static str;
    /// The venue's name for people.
    fn title(&self) -> &'static str;
    /// The header that carries the API key.
    fn api_key_header(&self) -> &'static str;
    /// The API key in the text under the MAC, if it is there.
    fn api_key(&self, request: &Request) -> Result<Option<String>, ReadError>;
    /// The MAC of a passphrase that it wants beside the signature.
    fn passphrase(&self) -> Option<PassphraseMac>;
    /// What the MAC covers.
    fn binds(&self) -> Binds;
    /// Hash and encodings, the same for all requests.
    fn scheme(&self) -> (HashAlg, KeyEncoding, DigestEncoding);
    /// Which of the venue's own switches each permission stands for.
    fn permissions(&self) -> &'static [(Permission, &'static str)];
    /// Where the signature of a request goes.
    fn placement(&self, request: &Request) -> Placement;
    /// The text under the MAC.
    fn signed_text(&self, request: &Request) -> Result<SignedText, ReadError>;
    /// What that text authorises. Operations away from the endpoint named that `key` does not permit
    /// may be left out.
    fn understand(
        &self,
        request: &Request,
        signed: &SignedText,
        key: &Permissions,
    ) -> Result<Understood, ReadError>;
    /// See [`Reading::if_cut`].
    fn if_cut(&self, signed: &SignedText, authorised: &[Operation]) -> Vec<Operation>;
    /// See [`unavoidable`].
    fn unavoidable(&self) -> Vec<Operation>;
    /// Every operation known.
    fn known(&self) -> Vec<Operation>;
    /// What each of the known operations takes.
    fn parameters(&self) -> Vec<Vec<ParameterFacts>>;
    /// Names of parameters that are no operation's.
    fn envelope(&self) -> &'static [&'static str];
}

/// What a dialect makes of a signed text.
pub(crate) struct Understood {
    /// The operation the client named.
    pub named: Operation,
    /// That one, the further elements of a batch, and the others that the same bytes serve.
    pub authorised: Vec<Operation>,
    /// When the signature is good.
    pub timing: Timing,
    /// See [`Reading::has_secret`].
    pub secret: bool,
}
