mod entries;
mod format;
mod import;
mod manifests;
mod own;
mod validation;
