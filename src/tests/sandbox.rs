mod banner;
mod by_oauth;
mod oauth;
mod review;
mod strict;
mod table;
