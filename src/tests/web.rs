//! The server from outside: routes, strangers, bodies, headers, sessions, assets.

mod asking;
mod bodies;
mod connecting;
mod credentials;
mod headers;
mod life;
mod lifecycle;
mod own;
mod played;
mod routes;
mod sessions;
mod sign_in;
mod stranger;
