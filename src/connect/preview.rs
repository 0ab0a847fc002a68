//! A look at a stream, and the end of a credential.

use tokio::time::Instant;

use crate::catalogue::{Revoke, Stream};
use crate::domain::{CheckCode, StepKind};
use crate::vault::Secret;

use super::connector::Context;
use super::outcome::{Failure, Preview};
use super::speaker::Speaker;

/// The most rows that are shown.
const MOST_ROWS: usize = 20;

/// Reads the first rows of `stream`.
pub(super) async fn preview(context: &Context<'_>, stream: &Stream, session: Option<&Secret<String>>) -> Result<Preview, Failure> {
    let started = Instant::now();
    let mut speaker = Speaker::new(context)?;
    let (answered, session) = speaker.ask_again(StepKind::Sample, &stream.request, session).await?;
    let no_list = || Failure::own(CheckCode::UnexpectedContent, StepKind::Sample, &format!("It answered, but not with a list of {}.", stream.noun.1));
    let rows = answered.into_rows(&stream.rows).ok_or_else(no_list)?;
    let found = rows.len();
    let rows = rows.into_iter().take(MOST_ROWS).map(|row| speaker.scrubber.clean_value(row)).collect();
    Ok(Preview { rows, found, took_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX), session })
}

/// Logs in anew.
pub(super) async fn log_in(context: &Context<'_>) -> Result<Secret<String>, Failure> {
    const STEP: StepKind = StepKind::Authenticate;
    let mut speaker = Speaker::new(context)?;
    speaker.bound(STEP)?;
    let minted = speaker.login().await?.map(|(_, minted)| minted);
    minted.ok_or_else(|| Failure::own(CheckCode::Interrupted, STEP, "This connector does not log in."))
}

/// Makes the provider forget the credential.
pub(super) async fn revoke(context: &Context<'_>, revoke: &Revoke, session: Option<&Secret<String>>) -> Result<(), Failure> {
    let mut speaker = Speaker::new(context)?;
    speaker.ask_again(StepKind::Authenticate, &revoke.request, session).await.map(drop)
}
