//! One flight per connection: whoever needs its token while one is under way waits for that one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::flight::{Wish, fly};
use crate::domain::{ConnectionId, OrganizationId};
use crate::services::App;

/// How a flight ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Landing {
    /// Why there is no new token, as a stable code; none when there is one, or none was needed.
    pub(super) failure: Option<String>,
    /// Whether the provider did not answer, or asked to wait.
    pub(super) later: bool,
}

impl Landing {
    /// No new token, for this reason.
    pub(super) fn failed(code: impl Into<String>) -> Self {
        Self { failure: Some(code.into()), later: false }
    }
}

/// Flights that write at a time: each holds a connection to the database while it waits for its turn in the audit chain, and reads need some too.
const WRITING: usize = 6;

type Seat = watch::Receiver<Option<Landing>>;

/// The flights under way on this node.
#[derive(Debug)]
pub struct Flights {
    under_way: Mutex<HashMap<ConnectionId, Seat>>,
    writing: Semaphore,
}

impl Default for Flights {
    fn default() -> Self {
        Self { under_way: Mutex::default(), writing: Semaphore::new(WRITING) }
    }
}

impl Flights {
    /// Waits until this flight may write, which it may as long as it keeps the answer.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.writing.acquire().await.ok()
    }
}

/// Ends a flight also when it panics: those who wait then find that nobody is left to tell them.
struct Listed {
    flights: Arc<Flights>,
    connection: ConnectionId,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.flights.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.connection);
    }
}

/// Boards the flight of this connection, or starts one with this wish, and waits for its end. The flight goes on whatever becomes of those who wait.
pub(super) async fn join(app: &App, organization: &OrganizationId, connection: &ConnectionId, wish: Wish) -> Landing {
    let mut seat = board(app, organization, connection, wish);
    loop {
        if let Some(landing) = seat.borrow_and_update().clone() {
            return landing;
        }
        if seat.changed().await.is_err() {
            return Landing::failed("interrupted");
        }
    }
}

fn board(app: &App, organization: &OrganizationId, connection: &ConnectionId, wish: Wish) -> Seat {
    let mut under_way = app.flights.under_way.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(seat) = under_way.get(connection) {
        return seat.clone();
    }
    let (sender, seat) = watch::channel(None);
    under_way.insert(connection.clone(), seat.clone());
    drop(under_way);
    let listed = Listed { flights: app.flights.clone(), connection: connection.clone() };
    let (app, organization, tasks) = (app.clone(), organization.clone(), app.tasks.clone());
    tasks.spawn(async move {
        let landing = Box::pin(fly(&app, &organization, &listed.connection, wish)).await;
        // Off the list first: whoever comes from now on looks at the database anew.
        drop(listed);
        sender.send_replace(Some(landing));
    });
    seat
}
