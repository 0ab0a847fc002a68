mod entries;
mod manifests;
mod validation;
