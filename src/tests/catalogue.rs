mod entries;
mod format;
mod manifests;
mod oauth;
mod own;
mod validation;
