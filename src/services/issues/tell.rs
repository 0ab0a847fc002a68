//! The letter about a connection that needs somebody.

use std::collections::BTreeSet;

use crate::domain::{ConnectionStatus, Email, Role};
use crate::services::mail::{self, Letter};
use crate::services::{App, ServiceError, marketplace};
use crate::store::connections::ConnectionRow;
use crate::store::members::MemberPerson;
use crate::store::{Transaction, issues, members};
use crate::vault::Secret;

/// Writes to the people who look after a connection that something is wrong with it: its owner when it is personal, or else who made it and the admins. Once
/// for each issue.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn tell(app: &App, transaction: &mut Transaction, connection: &ConnectionRow) -> Result<(), ServiceError> {
    if !issues::tell(transaction.conn(), &connection.organization, &connection.id, app.now()).await? {
        return Ok(());
    }
    let people = members::list_active(transaction.conn(), &connection.organization).await?;
    let named: BTreeSet<&str> = people.iter().filter(|person| concerns(connection, person)).map(|person| person.email.as_str()).collect();
    let provider = marketplace::find(app, &connection.organization, &connection.connector).await?;
    let provider = provider.as_ref().map_or(connection.connector.as_str(), |manifest| &manifest.name);
    for address in named {
        // An address that was taken once is one; a letter less is no reason to lose a renewal.
        if let Ok(email) = Email::parse(address) {
            mail::queue(app, transaction, &email, &letter(app, connection, provider)).await?;
        }
    }
    Ok(())
}

fn concerns(connection: &ConnectionRow, person: &MemberPerson) -> bool {
    match &connection.owner {
        Some(owner) => person.member.id == *owner,
        None => person.member.id == connection.created_by || person.super_admin || matches!(person.member.role, Role::OrgAdmin | Role::SuperAdmin),
    }
}

fn letter(app: &App, connection: &ConnectionRow, provider: &str) -> Letter {
    let refused = connection.status == ConnectionStatus::ReauthRequired;
    let what = if refused {
        format!("{provider} does not accept the access of \u{201c}{}\u{201d} any more.\nSomebody has to sign in there again.", connection.name)
    } else {
        format!("The access of \u{201c}{}\u{201d} to {provider} could not be renewed.\nLatchkey keeps trying.", connection.name)
    };
    let text = format!(
        "{what}\n\nSee what happened and what helps:\n{}/connections/{}\n\nYou get this letter once. It is over by itself when the connection works again.\n",
        app.settings.public_url, connection.id
    );
    let subject = if refused { format!("{} needs a new sign-in", connection.name) } else { format!("{} could not be renewed", connection.name) };
    Letter { subject, text: Secret::new(text) }
}
