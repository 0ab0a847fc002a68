//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod asking;
mod bodies;
mod connecting;
mod headers;
mod lifecycle;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
