//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod bodies;
mod connecting;
mod credentials;
mod headers;
mod lifecycle;
mod played;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
