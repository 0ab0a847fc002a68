//! What only a browser can do; every page works without it.
