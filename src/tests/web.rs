//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod accounts;
mod api_document;
mod applications;
mod asking;
mod audit;
mod audit_unwritable;
mod bearer;
mod bodies;
mod connecting;
mod credentials;
mod headers;
mod idempotency;
mod life;
mod lifecycle;
mod matrix;
mod own;
mod people;
mod played;
mod redirects;
mod routes;
mod scopes;
mod security;
mod sessions;
mod sign_in;
mod sign_on;
mod stranger;
