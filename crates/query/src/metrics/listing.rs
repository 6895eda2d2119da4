//! What metrics there are, and which tags they have.
