//! An authorisation on its way to disk.

use countersign_wire::AuthenticatedRequest;
use countersign_wire::v1::SignedEnvelope;

use super::Decider;
use super::books::Digest;
use crate::gossip::Ticket;

/// An authorisation that counters are charged for, and that is not on disk. If it never gets there,
/// nobody is told.
pub(super) struct Outstanding<'a> {
    decider: &'a Decider,
    digest: Digest,
    envelope: &'a SignedEnvelope,
    ticket: Option<Ticket>,
}

impl<'a> Outstanding<'a> {
    pub(super) fn new(
        decider: &'a Decider,
        request: &'a AuthenticatedRequest,
        ticket: Ticket,
    ) -> Self {
        Self {
            decider,
            digest: *request.digest().as_bytes(),
            envelope: request.signed(),
            ticket: Some(ticket),
        }
    }

    /// It is on this line of the audit log.
    pub(super) fn durable(mut self, line: u64) {
        if let Some(ticket) = self.ticket.take() {
            let envelope = self.envelope.clone();
            let mut books = self.decider.books();
            books.durable(ticket, &self.digest, line, envelope);
            drop(books);
            self.decider.untold.send_replace(());
            self.decider.records.send_replace(());
        }
    }
}

impl Drop for Outstanding<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.decider.books().void(ticket, &self.digest);
            self.decider.records.send_replace(());
        }
    }
}
