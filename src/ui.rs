//! What people see: pages and their parts are rendered on the server; islands add what only a browser can do.
//!
//! How a page is written: its file in `ui/pages` (a short one is `disconnect.rs`) exports one handler whose first argument is [`Member`](visit::Member) (or
//! [`Guest`](visit::Guest) for people who have not signed in), calls one service, and hands the result to `page(…)` with a closure
//! that turns the view into a [`Page`](page::Page). An error of the service becomes the right error page by itself. The handler is
//! listed in [`routes`]. An action is the same with `POST`: parse, one service call, one redirect.

#[cfg(feature = "ssr")]
pub mod actions;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod flash;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod redirect;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod visit;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use routes::routes;
