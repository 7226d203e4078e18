//! What a text under the MAC says of the key itself.

/// A MAC of the key's passphrase, under the key's secret, that the venue wants in a header of every
/// request. It stays the same for as long as the key lives, so it is made once, by whoever deals the key;
/// nodes make it again only for the passphrase that was enrolled ([`Reading::passphrase`]).
///
/// [`Reading::passphrase`]: crate::Reading::passphrase
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseMac {
    /// The header it goes into, in the encoding of the venue's signatures.
    pub header: &'static str,
    /// The path of the operation, of method `LOGIN`, whose body is the passphrase.
    pub path: &'static str,
    /// The longest passphrase the venue takes, in characters.
    pub longest: usize,
    /// What is in every request's text and so in no passphrase: no MAC of one is a MAC of the other.
    pub mark: &'static str,
}

impl PassphraseMac {
    /// Whether `text` can be a passphrase and cannot be a request's text: printable ASCII, of the
    /// length the venue takes, without the mark.
    #[must_use]
    pub fn accepts(&self, text: &[u8]) -> bool {
        let plain = |byte: &u8| *byte == b' ' || byte.is_ascii_graphic();
        (1..=self.longest).contains(&text.len())
            && text.iter().all(plain)
            && !text
                .windows(self.mark.len())
                .any(|part| part == self.mark.as_bytes())
    }
}
