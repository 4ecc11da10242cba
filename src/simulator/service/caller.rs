//! The user behind a request.

/// A user who has logged in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The name, which jobs show as their owner.
    pub(crate) name: String,
    /// Set if the user may call methods (WinRM's right to execute, MS-WSMV 3.1.4.1.28).
    pub(crate) may_invoke: bool,
}
