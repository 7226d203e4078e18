use super::*;
use crate::ed25519::ReceiptKey;
use crate::identity::TrustDomain;
use crate::roster::{ClientEntry, NodeEntry};
use crate::seal::SealingKey;

struct Party {
    key: EnvelopeKey,
    roster: Roster,
}

fn party() -> Party {
    let key = EnvelopeKey::generate().unwrap();
    let node = |name: &str, index| NodeEntry {
        name: name.parse().unwrap(),
        index,
        address: format!("{name}:1").parse().unwrap(),
        receipt_key: ReceiptKey::generate().unwrap().verifying_key(),
        sealing_key: SealingKey::generate().unwrap().public().unwrap(),
    };
    let clients = vec![
        ClientEntry {
            name: "desk".parse().unwrap(),
            envelope_key: key.verifying_key(),
        },
        ClientEntry {
            name: "other".parse().unwrap(),
            envelope_key: EnvelopeKey::generate().unwrap().verifying_key(),
        },
    ];
    let domain: TrustDomain = "prod.example".parse().unwrap();
    let roster = Roster::new(domain, vec![node("a", 1), node("b", 2)], clients).unwrap();
    Party { key, roster }
}

fn sample() -> Envelope {
    Envelope {
        client: "desk".parse().unwrap(),
        request_id: RequestId([7; 16]),
        key_id: "venue-main".parse().unwrap(),
        created_at_ms: 1_700_000_000_000,
        deadline_ms: 1_700_000_002_000,
        request: v1::VenueRequest {
            venue: "some-venue".into(),
            method: "POST".into(),
            host: "api.example".into(),
            path: "/order".into(),
            query: "a=1&b=2".into(),
            body: b"{}".to_vec(),
            headers: vec![v1::Header {
                name: "x".into(),
                value: "y".into(),
            }],
        },
        reply_key: SealingKey::generate().unwrap().public().unwrap(),
    }
}

fn proto(envelope: &Envelope) -> v1::Envelope {
    v1::Envelope::decode(envelope.encode().as_slice()).unwrap()
}

/// Signed properly, whatever the bytes are: what a malicious client can send.
fn signed_bytes(bytes: Vec<u8>, key: &EnvelopeKey) -> v1::SignedEnvelope {
    v1::SignedEnvelope {
        signature: key.sign(&[&bytes]).to_vec(),
        envelope: bytes,
    }
}

fn parse_proto(
    proto: &v1::Envelope,
    key: &EnvelopeKey,
) -> Result<UnverifiedEnvelope, EnvelopeError> {
    UnverifiedEnvelope::parse(&signed_bytes(proto.encode_to_vec(), key))
}

#[test]
fn a_signed_envelope_arrives_as_it_was_meant() {
    let Party { key, roster } = party();
    let envelope = sample();
    let signed = sign(&envelope, &key).unwrap();
    let unverified = UnverifiedEnvelope::parse(&signed).unwrap();
    assert_eq!(unverified.claimed(), &envelope);
    let authenticated = unverified.authenticate(&roster).unwrap();
    assert_eq!(authenticated.envelope(), &envelope);
    assert_eq!(authenticated.signed(), &signed);
    assert_eq!(authenticated.digest(), RequestDigest::of(&signed.envelope));
}

#[test]
fn no_bit_can_be_changed_on_the_way() {
    let Party { key, roster } = party();
    let signed = sign(&sample(), &key).unwrap();
    let accepted = |altered: &v1::SignedEnvelope| {
        UnverifiedEnvelope::parse(altered).is_ok_and(|e| e.authenticate(&roster).is_ok())
    };
    assert!(accepted(&signed));
    for at in 0..signed.envelope.len() {
        for bit in 0..8 {
            let mut altered = signed.clone();
            altered.envelope[at] ^= 1 << bit;
            assert!(!accepted(&altered), "envelope byte {at} bit {bit}");
        }
    }
    for at in 0..signed.signature.len() {
        for bit in 0..8 {
            let mut altered = signed.clone();
            altered.signature[at] ^= 1 << bit;
            assert!(!accepted(&altered), "signature byte {at} bit {bit}");
        }
    }
    for length in 0..signed.envelope.len() {
        let mut altered = signed.clone();
        altered.envelope.truncate(length);
        assert!(!accepted(&altered), "cut to {length}");
    }
}

#[test]
fn a_client_cannot_speak_for_another() {
    let Party { key, roster } = party();
    let as_other = Envelope {
        client: "other".parse().unwrap(),
        ..sample()
    };
    let unverified = UnverifiedEnvelope::parse(&sign(&as_other, &key).unwrap()).unwrap();
    let error = unverified.authenticate(&roster).unwrap_err();
    assert_eq!(error, EnvelopeError::Signature(BadSignature));
    assert_eq!(error.reason(), Reason::UnauthenticatedClient);

    let stranger = Envelope {
        client: "stranger".parse().unwrap(),
        ..sample()
    };
    let unverified = UnverifiedEnvelope::parse(&sign(&stranger, &key).unwrap()).unwrap();
    assert!(matches!(
        unverified.authenticate(&roster),
        Err(EnvelopeError::UnknownClient(name)) if name.as_str() == "stranger"
    ));
}

#[test]
fn a_signature_of_another_purpose_does_not_count() {
    let Party { key, roster } = party();
    let bytes = sample().encode();
    let receipt_key = ReceiptKey::from_pem(&key.to_pem()).unwrap();
    let signed = v1::SignedEnvelope {
        signature: receipt_key.sign(&[&bytes]).to_vec(),
        envelope: bytes,
    };
    let unverified = UnverifiedEnvelope::parse(&signed).unwrap();
    assert!(unverified.authenticate(&roster).is_err());
}

#[test]
fn other_encodings_of_the_same_content_are_refused() {
    let Party { key, .. } = party();
    let bytes = sample().encode();
    let request = sample().request.encode_to_vec();

    let mut unknown_field = bytes.clone();
    unknown_field.extend([0x78, 0x01]);
    let mut repeated_scalar = bytes.clone();
    repeated_scalar.extend([0x08, 0x01]);
    let mut default_written = bytes.clone();
    default_written.extend([0x4a, 0x00]);
    // Protobuf merges a repeated message into the first: the last query would win.
    let mut repeated_message = bytes.clone();
    repeated_message.push(0x3a);
    prost::encoding::encode_varint(request.len() as u64, &mut repeated_message);
    repeated_message.extend(&request);
    let mut long_varint = vec![0x08, 0x81, 0x00];
    long_varint.extend(&bytes[2..]);
    let mut reordered = bytes[2..].to_vec();
    reordered.extend(&bytes[..2]);
    let mut group = bytes.clone();
    group.extend([0x7b, 0x7c]);

    for (what, bytes) in [
        ("unknown field", unknown_field),
        ("repeated scalar", repeated_scalar),
        ("default written", default_written),
        ("repeated message", repeated_message),
        ("long varint", long_varint),
        ("reordered", reordered),
        ("group", group),
    ] {
        let refused = UnverifiedEnvelope::parse(&signed_bytes(bytes, &key)).unwrap_err();
        assert_eq!(refused, EnvelopeError::NotCanonical, "{what}");
    }
    let garbage = UnverifiedEnvelope::parse(&signed_bytes(vec![0xff; 40], &key));
    assert_eq!(garbage.unwrap_err(), EnvelopeError::NotProtobuf);
}

#[test]
fn every_rule_is_enforced_on_what_a_client_signed() {
    let Party { key, .. } = party();
    let good = proto(&sample());
    assert!(parse_proto(&good, &key).is_ok());

    type Spoil = fn(&mut v1::Envelope);
    let malformed: [(&str, Spoil); 24] = [
        ("version 0", |e| e.version = 0),
        ("version 2", |e| e.version = 2),
        ("no client", |e| e.client.clear()),
        ("client alphabet", |e| e.client = "Desk".into()),
        ("client length", |e| e.client = "d".repeat(33)),
        ("no request id", |e| e.request_id.clear()),
        ("short request id", |e| e.request_id.truncate(15)),
        ("long request id", |e| e.request_id.push(0)),
        ("key alphabet", |e| e.key_id = "a/b".into()),
        ("no key", |e| e.key_id.clear()),
        ("deadline at creation", |e| e.deadline_ms = e.created_at_ms),
        ("deadline before", |e| e.deadline_ms = e.created_at_ms - 1),
        ("lifetime", |e| e.deadline_ms = e.created_at_ms + 60_001),
        ("lifetime at the end", |e| e.deadline_ms = u64::MAX),
        ("no request", |e| e.request = None),
        ("short reply key", |e| e.reply_key.truncate(31)),
        ("no reply key", |e| e.reply_key.clear()),
        ("weak reply key", |e| e.reply_key = vec![0; 32]),
        ("venue length", |e| request(e).venue = "v".repeat(257)),
        ("method length", |e| request(e).method = "M".repeat(257)),
        ("host length", |e| request(e).host = "h".repeat(257)),
        ("path length", |e| request(e).path = "/".repeat(2049)),
        ("header count", |e| {
            request(e).headers = vec![v1::Header::default(); 33];
        }),
        ("header length", |e| {
            request(e).headers[0].value = "v".repeat(4097);
        }),
    ];
    for (what, spoil) in malformed {
        let mut bad = good.clone();
        spoil(&mut bad);
        let error = parse_proto(&bad, &key).unwrap_err();
        assert_eq!(error.reason(), Reason::Malformed, "{what}");
        assert_ne!(error, EnvelopeError::NotCanonical, "{what}");
    }
}

fn request(envelope: &mut v1::Envelope) -> &mut v1::VenueRequest {
    envelope.request.as_mut().unwrap()
}

#[test]
fn the_longest_lifetime_is_allowed() {
    let Party { key, .. } = party();
    let mut edge = proto(&sample());
    edge.deadline_ms = edge.created_at_ms + 60_000;
    assert!(parse_proto(&edge, &key).is_ok());
}

#[test]
fn size_is_limited_before_anything_is_read() {
    let Party { key, .. } = party();
    let mut big = sample();
    big.request.body = vec![0; MAX_BYTES];
    assert!(matches!(sign(&big, &key), Err(EnvelopeError::TooLarge(_))));

    let overhead = MAX_BYTES + big.encode().len() - 2 * MAX_BYTES + 64;
    big.request.body.truncate(MAX_BYTES - overhead - 8);
    assert!(sign(&big, &key).is_ok());
    let garbage = v1::SignedEnvelope {
        envelope: vec![0xff; MAX_BYTES],
        signature: vec![0; 64],
    };
    assert!(matches!(
        UnverifiedEnvelope::parse(&garbage),
        Err(EnvelopeError::TooLarge(_))
    ));
}

#[test]
fn signatures_have_one_length() {
    let Party { key, .. } = party();
    let mut signed = sign(&sample(), &key).unwrap();
    signed.signature.push(0);
    assert_eq!(
        UnverifiedEnvelope::parse(&signed).unwrap_err(),
        EnvelopeError::Length("signature")
    );
}

#[test]
fn remaining_time_ends_at_the_deadline() {
    let envelope = sample();
    let at = |now| envelope.remaining(now);
    assert_eq!(at(envelope.deadline_ms - 1), Some(Duration::from_millis(1)));
    assert_eq!(at(envelope.deadline_ms), None);
    assert_eq!(at(u64::MAX), None);
}

#[test]
fn the_request_does_not_print() {
    let text = format!("{:?}", sample());
    assert!(text.contains("desk") && !text.contains("api.example"));
}
