//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod api_document;
mod asking;
mod bodies;
mod connecting;
mod credentials;
mod headers;
mod idempotency;
mod life;
mod lifecycle;
mod own;
mod people;
mod played;
mod redirects;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
