mod entries;
mod format;
mod guide;
mod import;
mod manifests;
mod oauth;
mod own;
mod validation;
