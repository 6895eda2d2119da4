//! DogStatsD: samples, events and service checks that clients send over UDP and Unix sockets.

pub(crate) mod mapper;
