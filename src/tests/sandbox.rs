mod banner;
mod review;
mod strict;
mod table;
