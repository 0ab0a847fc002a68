//! What the letters about an account say. Every one says what did not happen, and what to do if it was not you.

use crate::services::mail::Letter;
use crate::services::{App, words};
use crate::vault::{Secret, Token};

fn letter(app: &App, subject: &str, text: String) -> Letter {
    Letter { subject: subject.to_owned(), text: Secret::new(format!("{text}\n\nLatchkey at {}\n", app.settings.public_url)) }
}

fn link(app: &App, path: &str, token: &Token) -> String {
    format!("{}/{path}/{}", app.settings.public_url, token.expose())
}

/// To somebody who registers.
pub fn confirm_registration(app: &App, name: &str, organization: &str, token: &Token) -> Letter {
    let text = format!(
        "Hello {name},\n\nconfirm your address to finish the account for {organization}:\n\n{}\n\nThe link works once, for three days. Until then there is no account.\n\n\
         If you did not register, do nothing: nobody can sign in with your address without this link.",
        link(app, "verify", token)
    );
    letter(app, "Confirm your address", text)
}

/// To somebody who registers, or is to get, an address that has an account.
pub fn already_there(app: &App) -> Letter {
    let text = format!(
        "Hello,\n\nsomebody, perhaps you, wanted to use this address for a new account. You already have one, and nothing was changed.\n\n\
         Sign in:            {0}/sign-in\nPassword forgotten: {0}/forgot\n\nIf it was not you, there is nothing to do.",
        app.settings.public_url
    );
    letter(app, "You already have an account", text)
}

/// To somebody who forgot their password.
pub fn reset(app: &App, name: &str, token: &Token) -> Letter {
    let text = format!(
        "Hello {name},\n\nchoose a new password here:\n\n{}\n\nThe link works once, for one hour. Your password is as it was until then.\n\n\
         If you did not ask for this, do nothing.",
        link(app, "reset", token)
    );
    letter(app, "Choose a new password", text)
}

/// After the password was changed.
pub fn password_changed(app: &App, name: &str) -> Letter {
    let text = format!(
        "Hello {name},\n\nyour password was changed on {}. You are signed out everywhere else.\n\n\
         If this was not you, choose a new one at once: {}/forgot",
        words::date(app.now()),
        app.settings.public_url
    );
    letter(app, "Your password was changed", text)
}

/// To the new address that somebody wants to have.
pub fn confirm_email(app: &App, name: &str, token: &Token) -> Letter {
    let text = format!(
        "Hello {name},\n\nconfirm this address to sign in with it from now on:\n\n{}\n\nThe link works once, for three days. Until then your old address stays.\n\n\
         If you did not ask for this, do nothing.",
        link(app, "verify", token)
    );
    letter(app, "Confirm your new address", text)
}

/// To the old address, before.
pub fn email_will_change(app: &App, name: &str) -> Letter {
    let text = format!(
        "Hello {name},\n\nsomebody who is signed in as you wants to use another address for your account. It changes when the new address is confirmed.\n\n\
         If this was not you, change your password now, which also stops this: {}/account",
        app.settings.public_url
    );
    letter(app, "Your address is about to change", text)
}

/// To the old address, afterwards.
pub fn email_changed(app: &App, name: &str) -> Letter {
    let text = format!(
        "Hello {name},\n\nyour account has another address since {}. You no longer sign in with this one.\n\n\
         If this was not you, tell an admin of your organisation.",
        words::date(app.now())
    );
    letter(app, "Your address was changed", text)
}
