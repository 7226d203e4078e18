//! What a key may do at its exchange, as the command line and tables of cases name it.

use countersign_venues::{Permission, Permissions};

use crate::error::CliError;

/// The names there are.
pub fn permission_names() -> clap::builder::PossibleValuesParser {
    Permission::ALL.map(Permission::as_str).into()
}

/// The permissions of these names; the widest if none are given.
///
/// # Errors
/// [`CliError::UnknownPermission`].
pub fn permissions_named(names: Option<&[String]>) -> Result<Permissions, CliError> {
    let Some(names) = names else {
        return Ok(Permissions::unknown());
    };
    let named = |name: &String| {
        let mut all = Permission::ALL.into_iter();
        all.find(|permission| permission.as_str() == name)
            .ok_or_else(|| CliError::UnknownPermission { name: name.clone() })
    };
    let permissions = names.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    Ok(Permissions::only(permissions))
}
