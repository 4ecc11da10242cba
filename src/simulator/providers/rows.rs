//! Iterators over the instances of a class.

use crate::cim::Instance;

/// Instances that are made one by one, so a class of any size takes no memory.
pub(crate) struct Rows(Box<dyn Iterator<Item = Instance> + Send>);

impl Rows {
    pub(super) fn none() -> Self {
        Self::lazily(std::iter::empty())
    }

    /// Wraps an iterator that makes instances when they are asked for.
    pub(super) fn lazily(rows: impl Iterator<Item = Instance> + Send + 'static) -> Self {
        Self(Box::new(rows))
    }
}

impl Iterator for Rows {
    type Item = Instance;

    fn next(&mut self) -> Option<Instance> {
        self.0.next()
    }
}

impl From<Vec<Instance>> for Rows {
    fn from(rows: Vec<Instance>) -> Self {
        Self::lazily(rows.into_iter())
    }
}

/// Makes all instances at once. The state that they come from is in memory anyway.
impl FromIterator<Instance> for Rows {
    fn from_iter<I: IntoIterator<Item = Instance>>(rows: I) -> Self {
        rows.into_iter().collect::<Vec<_>>().into()
    }
}
