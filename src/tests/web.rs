//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod bodies;
mod connecting;
mod headers;
mod lifecycle;
mod own;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
