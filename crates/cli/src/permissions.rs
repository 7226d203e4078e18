//! What a key may do at its exchange, as the command line and tables of cases name it.

use countersign_venues::{Permission, Permissions, UnknownPermission};

/// The names there are.
pub fn permission_names() -> clap::builder::PossibleValuesParser {
    Permission::ALL.map(Permission::as_str).into()
}

/// The permissions of these names; the widest if none are given.
///
/// # Errors
/// [`UnknownPermission`].
pub fn permissions_named(names: Option<&[String]>) -> Result<Permissions, UnknownPermission> {
    let Some(names) = names else {
        return Ok(Permissions::unknown());
    };
    let permissions = names.iter().map(|name| name.parse());
    Ok(Permissions::only(
        permissions.collect::<Result<Vec<_>, _>>()?,
    ))
}
