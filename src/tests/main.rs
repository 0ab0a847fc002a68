//! Tests that speak HTTP, drive the store on both engines, and try what must fail.

#![cfg(test)]

mod architecture;
mod catalogue;
mod config;
mod egress;
mod services;
mod store;
mod support;
mod ui;
mod vault;
mod web;
