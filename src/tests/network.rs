//! The SSRF corpus (docs/SECURITY.md §1.1) against every place that takes an address, in a network where the blocked addresses really listen: `.ci/with-network`.

mod attempts;
mod corpus;
mod dns;
mod doors;
mod listeners;
mod names;
mod oracle;
mod own;
mod redirects;
mod world;
