//! From the text of a secret to the bytes HMAC is keyed with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_wire::manifest::SecretEncoding;
use zeroize::Zeroizing;

use super::secret::{SecretError, TrailingNewline};

/// Decodes `text`. Errors say nothing of it.
///
/// # Errors
/// [`SecretError::Encoding`] for text that is not of the encoding,
/// [`SecretError::TrailingNewline`] for a newline of which nobody said what it is.
pub fn decode(
    mut text: Zeroizing<Vec<u8>>,
    encoding: SecretEncoding,
    newline: Option<TrailingNewline>,
) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let wrong = || SecretError::Encoding(encoding);
    match encoding {
        SecretEncoding::Utf8 => {
            match newline {
                None if text.ends_with(b"\n") => return Err(SecretError::TrailingNewline),
                Some(TrailingNewline::Trim) => trim_newline(&mut text),
                None | Some(TrailingNewline::Keep) => {}
            }
            Ok(text)
        }
        // Neither alphabet has a newline, so it cannot be part of the secret.
        SecretEncoding::Base64 => {
            trim_newline(&mut text);
            let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
            let length = STANDARD
                .decode_slice(text.as_slice(), &mut bytes)
                .map_err(|_| wrong())?;
            bytes.truncate(length);
            Ok(bytes)
        }
        SecretEncoding::Hex => {
            trim_newline(&mut text);
            let mut bytes = Zeroizing::new(vec![0; text.len() / 2]);
            hex::decode_to_slice(text.as_slice(), &mut bytes).map_err(|_| wrong())?;
            Ok(bytes)
        }
    }
}

/// Removes one line ending, `\n` or `\r\n`.
pub fn trim_newline(text: &mut Zeroizing<Vec<u8>>) {
    if text.pop_if(|last| *last == b'\n').is_some() {
        text.pop_if(|last| *last == b'\r');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(
        text: &[u8],
        encoding: SecretEncoding,
        newline: Option<TrailingNewline>,
    ) -> Option<Vec<u8>> {
        let text = Zeroizing::new(text.to_vec());
        decode(text, encoding, newline)
            .ok()
            .map(|bytes| bytes.to_vec())
    }

    #[test]
    fn plain_bytes_stay_as_they_are() {
        let utf8 = SecretEncoding::Utf8;
        for bytes in [
            &b"secret"[..],
            b" secret ",
            b"\xff\x00",
            b"a\nb",
            b"\r",
            b"",
        ] {
            assert_eq!(decoded(bytes, utf8, None).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn a_newline_at_the_end_is_what_the_dealer_says_it_is() {
        let utf8 = SecretEncoding::Utf8;
        for (text, trimmed) in [
            (&b"s\n"[..], &b"s"[..]),
            (b"s\r\n", b"s"),
            (b"s\n\n", b"s\n"),
        ] {
            assert_eq!(decoded(text, utf8, None), None);
            let keep = Some(TrailingNewline::Keep);
            assert_eq!(decoded(text, utf8, keep).as_deref(), Some(text));
            let trim = Some(TrailingNewline::Trim);
            assert_eq!(decoded(text, utf8, trim).as_deref(), Some(trimmed));
        }
    }

    #[test]
    fn base64_and_hex_are_decoded_strictly() {
        let base64 = SecretEncoding::Base64;
        for text in ["c2VjcmV0IQ==", "c2VjcmV0IQ==\n", "c2VjcmV0IQ==\r\n"] {
            assert_eq!(decoded(text.as_bytes(), base64, None).unwrap(), b"secret!");
        }
        for text in [
            "c2VjcmV0IQ",
            "c2VjcmV0IQ== ",
            "c2Vjc mV0IQ==",
            "c2VjcmV0I_==",
            "=",
            "\n\n",
        ] {
            assert_eq!(decoded(text.as_bytes(), base64, None), None, "{text:?}");
        }
        let hex = SecretEncoding::Hex;
        assert_eq!(decoded(b"00fF7a\n", hex, None).unwrap(), [0, 0xff, 0x7a]);
        for text in ["0", "0g", "00 ff", "0x00", "00\n\n"] {
            assert_eq!(decoded(text.as_bytes(), hex, None), None, "{text:?}");
        }
    }
}
