//! The simulator's answers on a real socket, byte for byte as it writes them: what servers do, and no client hides.

mod access;
mod kazoo;
mod number;
mod options;
mod routes;
mod scenarios;
