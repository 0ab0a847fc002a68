mod entries;
mod format;
mod guide;
mod manifests;
mod oauth;
mod own;
mod validation;
