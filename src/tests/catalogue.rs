mod entries;
mod manifests;
mod own;
mod validation;
