mod entries;
mod format;
mod guide;
mod manifests;
mod own;
mod validation;
