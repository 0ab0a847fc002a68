//! Letters to people: written in the transaction of the change they tell of, and sent afterwards.

mod deliver;

pub use deliver::{Delivery, deliver_next};

use crate::domain::{Email, LetterId};
use crate::services::{App, ServiceError};
use crate::store::letters::LetterRow;
use crate::store::{Transaction, letters};
use crate::vault::{Binding, Secret};

/// What a letter says.
#[derive(Debug)]
pub struct Letter {
    /// One line, never a secret.
    pub subject: String,
    /// Plain text in short lines; may hold a link that works once.
    pub text: Secret<String>,
}

/// Queues a letter; it goes out after the transaction is committed, and not at all when it is not.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn queue(app: &App, transaction: &mut Transaction, to: &Email, letter: &Letter) -> Result<(), ServiceError> {
    let id = LetterId::generate(app.clock.as_ref(), app.random.as_ref());
    let sealed = app.keyring.seal(&binding(&id), letter.text.expose().as_bytes(), app.random.as_ref());
    let row = LetterRow {
        recipient: to.as_str().to_owned(),
        subject: letter.subject.clone(),
        key_id: app.keyring.active_id().to_hex(),
        sealed: sealed.bytes().to_vec(),
        created_at: app.now(),
        id,
    };
    letters::insert(transaction.conn(), &row).await?;
    transaction.wake(app.letters.clone());
    Ok(())
}

/// What the text of a letter is sealed for.
fn binding(id: &LetterId) -> Binding<'_> {
    Binding { organization: "system", kind: "letter", record: id.as_str(), field: "text", version: 1 }
}
