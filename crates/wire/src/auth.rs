//! Who may call what: decided on the certificate of the connection.

use tonic::{Request, Status};

use crate::identity::{Identity, Principal, Role};
use crate::name::{ClientName, CoordinatorName, NodeName};
use crate::refusal::{Reason, Refusal};
use crate::tls::Peer;

/// The identity of the caller's certificate.
///
/// # Errors
/// A status with [`Reason::ForbiddenCaller`] if the request did not come over [`crate::tls`].
pub fn caller<T>(request: &Request<T>) -> Result<&Identity, Status> {
    request
        .extensions()
        .get::<Peer>()
        .map(|peer| &peer.identity)
        .ok_or_else(|| forbidden("the call carries no certificate".to_owned()))
}

/// The caller's identity if it has this role.
///
/// # Errors
/// A status with [`Reason::ForbiddenCaller`] otherwise.
pub fn require_role<T>(request: &Request<T>, role: Role) -> Result<&Identity, Status> {
    let identity = caller(request)?;
    if identity.role() == role {
        Ok(identity)
    } else {
        Err(not_a(role, identity))
    }
}

/// The caller's name if it is a node.
///
/// # Errors
/// A status with [`Reason::ForbiddenCaller`] otherwise.
pub fn require_node<T>(request: &Request<T>) -> Result<&NodeName, Status> {
    match caller(request)?.principal() {
        Principal::Node(name) => Ok(name),
        _ => Err(not_a(Role::Node, caller(request)?)),
    }
}

/// The caller's name if it is a coordinator.
///
/// # Errors
/// A status with [`Reason::ForbiddenCaller`] otherwise.
pub fn require_coordinator<T>(request: &Request<T>) -> Result<&CoordinatorName, Status> {
    match caller(request)?.principal() {
        Principal::Coordinator(name) => Ok(name),
        _ => Err(not_a(Role::Coordinator, caller(request)?)),
    }
}

/// The caller's name if it is a client.
///
/// # Errors
/// A status with [`Reason::ForbiddenCaller`] otherwise.
pub fn require_client<T>(request: &Request<T>) -> Result<&ClientName, Status> {
    match caller(request)?.principal() {
        Principal::Client(name) => Ok(name),
        _ => Err(not_a(Role::Client, caller(request)?)),
    }
}

fn not_a(role: Role, identity: &Identity) -> Status {
    forbidden(format!("{identity} is not a {role}"))
}

fn forbidden(detail: String) -> Status {
    Refusal::new(Reason::ForbiddenCaller)
        .with_rule("caller")
        .with_detail(detail)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(identity: &str) -> Request<()> {
        let mut request = Request::new(());
        request.extensions_mut().insert(Peer {
            identity: identity.parse().unwrap(),
            address: ([127, 0, 0, 1], 1).into(),
        });
        request
    }

    fn forbidden_by<T: std::fmt::Debug>(result: Result<T, Status>) -> bool {
        Refusal::from_status(&result.unwrap_err())
            .is_some_and(|refusal| refusal.reason() == Reason::ForbiddenCaller)
    }

    #[test]
    fn each_role_passes_its_own_door_only() {
        let node = from("spiffe://x/node/a");
        let coordinator = from("spiffe://x/coordinator/a");
        let client = from("spiffe://x/client/a");

        assert_eq!(require_node(&node).unwrap().as_str(), "a");
        assert_eq!(require_coordinator(&coordinator).unwrap().as_str(), "a");
        assert_eq!(require_client(&client).unwrap().as_str(), "a");
        assert!(require_role(&client, Role::Client).is_ok());

        for request in [&coordinator, &client] {
            assert!(forbidden_by(require_node(request)));
            assert!(forbidden_by(require_role(request, Role::Node)));
        }
        for request in [&node, &client] {
            assert!(forbidden_by(require_coordinator(request)));
            assert!(forbidden_by(require_role(request, Role::Coordinator)));
        }
        for request in [&node, &coordinator] {
            assert!(forbidden_by(require_client(request)));
            assert!(forbidden_by(require_role(request, Role::Client)));
        }
    }

    #[test]
    fn a_call_without_a_connection_identity_is_refused() {
        assert!(forbidden_by(caller(&Request::new(()))));
        assert!(forbidden_by(require_node(&Request::new(()))));
    }
}
