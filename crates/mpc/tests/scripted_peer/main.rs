//! P22: an honest node across from a peer that was not made from this crate.
//!
//! The peer is written here from the specification alone: its own arithmetic, OT extension, products,
//! circuit, garbler and evaluator, on the bytes of its share package. If the two make the right tag
//! together, an honest node does what the specification says. It is short and slow on purpose.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod base;
mod block;
mod garbling;
mod masks;
mod sha256;
mod share;
mod sigma;
mod silent;
mod wire;

use countersign_mpc::dealing::QuorumShare;
use countersign_mpc::{BatchSize, HashAlgorithm, Party, Presignature, Quorum, preprocess};

use support::spec::Package;
use support::*;
use wire::Wire;

const KEY: &[u8] = b"an API secret of thirty-one byte";
/// So many that the extension takes more than one iteration.
const MESSAGES: [&[u8]; 3] = [b"symbol=BTCUSDT&side=BUY&quantity=1", b"", &[0xff; 200]];
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

#[test]
fn an_honest_evaluator_signs_with_a_scripted_garbler() {
    let stage = Stage::new(party(1), party(2));
    assert_eq!(stage.quorum.evaluator(), stage.honest);
    let (peer, honest) = stage.preprocess();
    for (number, (half, message)) in honest.into_iter().zip(MESSAGES).enumerate() {
        let Presignature::Evaluator(half) = half else {
            panic!("the honest node evaluates")
        };
        let statement = statement(&stage.package, message);
        let tau = peer.tau(number, &statement);
        let digest = sha256::finish(&peer.package.inner_state, 64, message);
        assert_eq!(
            statement.inner_digest.as_bytes(),
            digest,
            "both hash the message alike"
        );
        let bytes = garbling::release(&peer, number, &tau, &digest);
        let tag = half
            .evaluate(&statement, &[(stage.scripted, bytes)])
            .unwrap();
        assert_eq!(tag.expose(), reference(HASH, KEY, message));
    }
}

#[test]
fn an_honest_garbler_signs_with_a_scripted_evaluator() {
    let stage = Stage::new(party(1), party(3));
    assert_eq!(stage.quorum.evaluator(), stage.scripted);
    let (peer, honest) = stage.preprocess();
    for (number, (half, message)) in honest.into_iter().zip(MESSAGES).enumerate() {
        let Presignature::Garbler(half) = half else {
            panic!("the honest node garbles")
        };
        assert_eq!(*half.id().as_bytes(), peer.presignature_id(number));
        let statement = statement(&stage.package, message);
        let bytes = half.release(&statement).encode();
        let tau = peer.tau(number, &statement);
        let tag = garbling::evaluate(
            &peer,
            number,
            &tau,
            statement.inner_digest.as_bytes(),
            &bytes,
        );
        assert_eq!(tag, reference(HASH, KEY, message));
    }
}

/// Two of three nodes: one runs the crate, the other is scripted.
struct Stage {
    scripted: Party,
    honest: Party,
    quorum: Quorum,
    /// Of the honest node.
    package: countersign_mpc::dealing::SharePackage,
    scripted_package: Vec<u8>,
}

impl Stage {
    fn new(scripted: Party, honest: Party) -> Self {
        let mut dealt = dealt(HASH, 2, 3, KEY, 8);
        let at = |party: Party| usize::from(party.index()) - 1;
        let scripted_package = dealt.packages[at(scripted)].encode().to_vec();
        Self {
            scripted,
            honest,
            quorum: Quorum::new([scripted, honest]).unwrap(),
            package: dealt.packages.swap_remove(at(honest)),
            scripted_package,
        }
    }

    /// Both sides of one batch.
    fn preprocess(&self) -> (garbling::Peer, Vec<Presignature>) {
        let mut links = network(&self.quorum);
        let at = links.iter().position(|l| l.me == self.scripted).unwrap();
        let scripted_links = links.remove(at);
        let mut honest_links = links.remove(0);
        let share = QuorumShare::new(&self.package, &self.quorum).unwrap();
        std::thread::scope(|scope| {
            let honest = scope.spawn(|| {
                let size = BatchSize::new(HASH, 2, MESSAGES.len()).unwrap();
                let mut rng = rng(31, self.honest);
                let session = session(&share, 31);
                preprocess(&share, session, size, &mut honest_links, &mut rng)
            });
            let package = Package::parse(&self.scripted_package);
            let mut batch = [0; 16];
            batch[0] = 31;
            let members: Vec<u8> = self.quorum.members().iter().map(|m| m.index()).collect();
            let session = package.session(&members, &[9; 64], &batch);
            let rng = rng(32, self.scripted);
            let wire = Wire::begin(scripted_links, self.honest, session, MESSAGES.len(), rng);
            let peer = garbling::Peer::preprocess(package, &self.quorum, wire, MESSAGES.len());
            (peer, honest.join().unwrap().unwrap())
        })
    }
}
