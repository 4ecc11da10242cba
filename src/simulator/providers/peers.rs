//! The other hosts of the site, for a call that changes them too.

use std::any::Any;
use std::cell::RefCell;

/// Access to the other hosts of a site.
pub(crate) trait Peers {
    /// Shows the states of the providers of a host, if the site has a host of that name.
    fn visit(&self, host: &str, see: &mut dyn FnMut(&mut dyn Any));
}

impl dyn Peers + '_ {
    /// Runs a function on the state of type `S` of a host. Returns `None` if the site has no other host of that name.
    ///
    /// # Panics
    ///
    /// Panics if the function visits a peer itself.
    pub(super) fn with<S: Any, T>(&self, host: &str, run: impl FnOnce(&mut S) -> T) -> Option<T> {
        let (mut run, mut result) = (Some(run), None);
        self.visit(host, &mut |state| {
            if let Some(state) = state.downcast_mut::<S>() {
                result = run.take().map(|run| run(state));
            }
        });
        result
    }
}

/// The states of the providers of all hosts but one, each with the name of its host.
#[derive(Debug, Default)]
pub(crate) struct OtherHosts<'s>(RefCell<Vec<(&'s str, &'s mut (dyn Any + 'static))>>);

impl<'s> OtherHosts<'s> {
    pub(crate) fn new(
        states: impl Iterator<Item = (&'s str, &'s mut (dyn Any + 'static))>,
    ) -> Self {
        Self(RefCell::new(states.collect()))
    }
}

impl Peers for OtherHosts<'_> {
    fn visit(&self, host: &str, see: &mut dyn FnMut(&mut dyn Any)) {
        let mut states = self.0.borrow_mut();
        let of_host = states
            .iter_mut()
            .filter(|(name, _)| name.eq_ignore_ascii_case(host));
        of_host.for_each(|(_, state)| see(*state));
    }
}
