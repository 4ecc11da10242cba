//! The methods of Hyper-V Replica, one file for each subject.

mod initial;

pub use initial::{InitialReplication, InvalidStart, Schedulable};
