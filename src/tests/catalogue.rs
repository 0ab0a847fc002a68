mod entries;
mod format;
mod manifests;
mod own;
mod validation;
