//! Pages and their parts.

mod account;
mod ask;
mod credential;
mod expiry;
mod http;
mod issues;
mod life;
mod oauth_apps;
mod pages;
mod parts;
mod sample;
mod sign_on;
mod wizard;
mod wizard_http;
