mod entries;
mod format;
mod import;
mod manifests;
mod oauth;
mod own;
mod validation;
