pub mod bench;
mod destination;
mod diagnosis;
mod postgres;
mod requests;
mod sandbox;
mod secrets;
mod transport;
