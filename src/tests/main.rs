//! Tests that speak HTTP, drive the store on both engines, and try what must fail.

#![cfg(test)]

mod architecture;
mod canaries;
mod catalogue;
mod config;
mod connect;
mod crash;
mod egress;
mod ids;
mod keys_at_start;
mod network;
mod sandbox;
mod services;
mod store;
mod support;
mod ui;
mod vault;
mod web;
