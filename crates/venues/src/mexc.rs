//! MEXC: PLACEHOLDER, to be written.

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Placement, Stamp, Timing,
    kit::{self, Venue},
};

pub(crate) static VENUE: Venue = Venue {
    name: "mexc",
    title: "MEXC",
    api_key_header: "",
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: false,
        query: false,
        body: false,
    },
    placement: |_| Placement::Message,
    text: |_| Ok(Vec::new()),
    fields: kit::fields,
    envelope: &[],
    timing: |_| {
        Ok(Timing {
            stamp: Stamp::None,
            expires_at_ms: None,
        })
    },
    quote: |_| Asset::Unknown,
    operations: &[],
    permissions: &[],
};
