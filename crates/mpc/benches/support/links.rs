//! Queues in memory between all members of a quorum.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use countersign_mpc::{Channel, ChannelError, Kind, Party, Quorum};

type Envelope = (Kind, Vec<u8>);

/// One party's ends of the queues to and from each of its peers.
pub struct Links {
    outgoing: HashMap<Party, Sender<Envelope>>,
    incoming: HashMap<Party, Receiver<Envelope>>,
}

/// Links among all members of a quorum, in order of members.
pub fn network(quorum: &Quorum) -> Vec<Links> {
    let members = quorum.members();
    let mut links: Vec<Links> = members
        .iter()
        .map(|_| Links {
            outgoing: HashMap::new(),
            incoming: HashMap::new(),
        })
        .collect();
    for (from, &sender) in members.iter().enumerate() {
        for (to, &receiver) in members.iter().enumerate() {
            if from != to {
                let (outgoing, incoming) = channel();
                links[from].outgoing.insert(receiver, outgoing);
                links[to].incoming.insert(sender, incoming);
            }
        }
    }
    links
}

impl Channel for Links {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        let queue = self.outgoing.get(&to).ok_or(ChannelError::Lost)?;
        queue.send((kind, body)).map_err(|_| ChannelError::Lost)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        let queue = self.incoming.get(&from).ok_or(ChannelError::Lost)?;
        queue.recv().map_err(|_| ChannelError::Lost)
    }
}
