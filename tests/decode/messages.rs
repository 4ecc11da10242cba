//! Messages of other makes than the captures have.
