mod entries;
mod format;
mod manifests;
mod validation;
