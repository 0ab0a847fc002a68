mod banner;
mod by_oauth;
mod oauth;
mod review;
mod signed;
mod strict;
mod table;
