//! `countersign venue explain`.

use std::borrow::Cow;
use std::path::Path;

use countersign_venues::{
    Asset, Bound, Intent, Notional, Operation, Permissions, ReadError, Request, Shown,
    unavoidable_changes, without_signature,
};
use serde::Serialize;

use super::record::request_in;
use crate::error::CliError;
use crate::output;
use crate::permissions::permissions_named;
use crate::sign::read_text;

/// What nodes make of a request.
#[derive(Serialize)]
pub(super) struct Explanation {
    venue: String,
    /// Of the operation the client names; null if the request is not understood.
    class: Option<&'static str>,
    operation: Option<&'static str>,
    authorised: Vec<Member>,
    intent: Intent,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    batch: Vec<Intent>,
    /// The orders that come with those of the operation named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attached: Vec<AttachedOrder>,
    signed_payload_hex: Option<String>,
    unclassified: Option<String>,
}

/// An order that comes with another.
#[derive(Serialize)]
struct AttachedOrder {
    name: &'static str,
    /// It can only close what the other opens.
    closes: bool,
    /// Of the order it comes with, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    intent: Intent,
}

/// One operation of the authorised set.
#[derive(Serialize)]
struct Member {
    class: &'static str,
    method: &'static str,
    host: &'static str,
    path: &'static str,
    operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attached: Option<&'static str>,
    #[serde(skip)]
    label: Cow<'static, str>,
    product: &'static str,
    permission: &'static str,
    /// Any signature of a key with the permission authorises it; accepted when the key is dealt, or else
    /// for policy to permit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unavoidable: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unbound: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outside_alphabet: Vec<&'static str>,
}

pub(super) fn run(path: &Path, permissions: Option<&[String]>, json: bool) -> Result<(), CliError> {
    let permissions = permissions_named(permissions)?;
    let explanation = explain(request_in(path, &read_text(path)?)?, &permissions)?;
    if json {
        output::json(&explanation)
    } else {
        output::line(explanation.text())
    }
}

/// What nodes make of `request`, whose signature is left out of account, for a key with `permissions`.
///
/// # Errors
/// The venue is unknown.
pub(super) fn explain(
    request: Request,
    permissions: &Permissions,
) -> Result<Explanation, CliError> {
    let request = without_signature(request)?;
    let mut explanation = Explanation {
        venue: request.venue.clone(),
        class: None,
        operation: None,
        authorised: Vec::new(),
        intent: Intent::default(),
        batch: Vec::new(),
        attached: Vec::new(),
        signed_payload_hex: None,
        unclassified: None,
    };
    match countersign_venues::signed_text(&request) {
        Ok(signed) => explanation.signed_payload_hex = Some(hex::encode(&signed.bytes)),
        Err(error) => explanation.unclassified = Some(error.to_string()),
    }
    match countersign_venues::read_for(&request, permissions) {
        Ok(reading) => {
            let named = reading.named();
            explanation.class = Some(named.class.as_str());
            explanation.operation = Some(named.name);
            explanation.intent = named.intent.clone();
            if let Some(place) = named.batch {
                let elements = reading.authorised().iter().take(place.of);
                explanation.batch = elements.map(|element| element.intent.clone()).collect();
            }
            explanation.attached = reading
                .authorised()
                .iter()
                .filter(|member| member.comes_with(named))
                .filter_map(AttachedOrder::of)
                .collect();
            explanation.authorised = reading
                .authorised()
                .iter()
                .map(|member| Member::of(member, &request.host))
                .collect();
            let listed: Vec<_> = reading.authorised().iter().map(|it| it.name).collect();
            let all = unavoidable_changes(reading.venue(), permissions)?;
            explanation
                .authorised
                .extend(
                    all.iter()
                        .filter(|it| !listed.contains(&it.name))
                        .map(|it| Member {
                            unavoidable: true,
                            ..Member::of(it, &request.host)
                        }),
                );
        }
        Err(ReadError::UnknownVenue(unknown)) => return Err(unknown.into()),
        Err(error) => {
            explanation
                .unclassified
                .get_or_insert_with(|| error.to_string());
        }
    }
    Ok(explanation)
}

impl AttachedOrder {
    fn of(operation: &Operation) -> Option<Self> {
        let order = operation.attached?;
        Some(Self {
            name: order.name,
            closes: order.closes,
            index: operation.batch.map(|place| place.index),
            intent: operation.intent.clone(),
        })
    }
}

impl Member {
    fn of(operation: &Operation, host: &str) -> Self {
        let same = operation.hosts.iter().find(|known| **known == host);
        Self {
            class: operation.class.as_str(),
            method: operation.method,
            host: same
                .or(operation.hosts.first())
                .copied()
                .unwrap_or_default(),
            path: operation.path,
            operation: operation.name,
            attached: operation.attached.map(|order| order.name),
            label: operation.label(),
            product: operation.product.as_str(),
            permission: operation.permission.as_str(),
            unavoidable: false,
            unbound: operation.unbound,
            outside_alphabet: operation.outside_alphabet.clone(),
        }
    }
}

impl Explanation {
    fn text(&self) -> String {
        let mut lines = Vec::new();
        match (&self.unclassified, self.class, self.operation) {
            (Some(why), ..) => {
                lines.push(format!(
                    "{}: not understood, so no node signs it",
                    self.venue
                ));
                lines.push(format!("  {why}"));
            }
            (None, Some(class), Some(operation)) => {
                lines.push(format!("{}: {class} ({operation})", self.venue))
            }
            _ => {}
        }
        lines.extend(text_of(&self.intent));
        for order in &self.attached {
            let of = order
                .index
                .map_or_else(String::new, |index| format!(" of order {index}"));
            let closes = if order.closes {
                ", which only closes"
            } else {
                ""
            };
            lines.push(format!(
                "  with {}{of}{closes}:",
                order.name.replace('_', " ")
            ));
            lines.extend(text_of(&order.intent).map(|line| format!("  {line}")));
        }
        if !self.authorised.is_empty() {
            lines.push("a signature would authorise:".to_owned());
        }
        for member in &self.authorised {
            let mut line = format!(
                "  {:<14} {:<6} {}{}  ({})",
                member.class, member.method, member.host, member.path, member.label
            );
            if member.unavoidable {
                line.push_str("; as any signature of a key that may");
            }
            if !member.unbound.is_empty() {
                line.push_str(&format!("; not bound by it: {}", member.unbound.join(", ")));
            }
            if !member.outside_alphabet.is_empty() {
                line.push_str(&format!(
                    "; outside the alphabet: {}",
                    member.outside_alphabet.join(", ")
                ));
            }
            lines.push(line);
        }
        if let Some(hex) = &self.signed_payload_hex {
            lines.push(format!("signed bytes: {hex}"));
        }
        lines.join("\n")
    }
}

/// An intent, a line for each field that the request states.
fn text_of(intent: &Intent) -> impl Iterator<Item = String> {
    let mut fields = match serde_json::to_value(intent) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    if let Some(notional) = &intent.notional {
        fields.insert("notional".to_owned(), text_of_notional(notional).into());
    }
    fields.into_iter().map(|(name, value)| {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let name = name.replace('_', " ");
        format!("  {name:<16} {}", Shown::new(value))
    })
}

fn text_of_notional(notional: &Notional) -> String {
    let bound = match notional.bound {
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
    };
    let asset = match &notional.asset {
        Asset::Known(asset) => asset,
        Asset::Unknown => "of an asset that the symbol does not tell",
    };
    format!("{bound} {} {asset}", notional.amount)
}
