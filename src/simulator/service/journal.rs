//! The requests that the host received.

use std::collections::VecDeque;

use crate::cim::Properties;

use super::request::{Action, Head};

/// A request that the simulated host has carried out, or refused with a fault. A test can compare it with the request
/// that its program believes to have sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SeenRequest {
    /// Its `wsa:MessageID`.
    pub message_id: String,
    /// `Get`, `Enumerate`, `Pull` and so on, or the name of a method.
    pub operation: String,
    /// The parameters of a method; empty if they could not be read.
    pub parameters: Properties,
}

/// The most recent requests.
#[derive(Debug, Default)]
pub(crate) struct Journal(VecDeque<SeenRequest>);

impl Journal {
    /// Returns the requests, the oldest first.
    pub(crate) fn seen(&self) -> Vec<SeenRequest> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn note(&mut self, head: &Head) {
        if self.0.len() == MAX_SEEN {
            self.0.pop_front();
        }
        self.0.push_back(SeenRequest {
            message_id: head.message_id.clone(),
            operation: match &head.action {
                Action::Invoke(method) => method.clone(),
                other => format!("{other:?}"),
            },
            parameters: Properties::new(),
        });
    }

    /// Adds the parameters to the request that was noted last.
    pub(crate) fn note_parameters(&mut self, parameters: &Properties) {
        if let Some(last) = self.0.back_mut() {
            last.parameters = parameters.clone();
        }
    }
}

/// The number of requests that are kept: enough for a long test.
const MAX_SEEN: usize = 100_000;
