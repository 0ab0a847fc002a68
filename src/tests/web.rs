//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod api_document;
mod asking;
mod audit;
mod audit_unwritable;
mod bodies;
mod connecting;
mod credentials;
mod headers;
mod idempotency;
mod life;
mod lifecycle;
mod own;
mod played;
mod redirects;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
