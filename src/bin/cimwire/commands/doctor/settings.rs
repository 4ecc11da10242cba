//! The settings that suit the host, as the options to use.

use cimwire::{DatetimeForm, Dialect, QueryTarget, ServerProfile};

use super::report::{Report, Step};
use crate::output::report::Failure;
use crate::session::Session;

/// The settings that were found out by trying.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) dialect: Option<Dialect>,
    pub(super) query_target: Option<QueryTarget>,
    pub(super) datetime_form: Option<DatetimeForm>,
    /// True if a sealed message was answered with a sealed one.
    pub(super) sealed: bool,
}

impl Found {
    /// Tells the options that this host needs, if there are any.
    pub(super) fn tell(&self, report: &mut Report, session: &Session) -> Result<(), Failure> {
        let usual = ServerProfile::of(self.dialect.unwrap_or_default());
        let mut options = Vec::new();
        if let Some(dialect) = self
            .dialect
            .filter(|dialect| *dialect != Dialect::default())
        {
            options.push(format!("--dialect {dialect}"));
        }
        if let Some(target) = self
            .query_target
            .filter(|target| *target != usual.query_target)
        {
            options.push(format!("--query-target {target}"));
        }
        // The connection was sealed with what the options say.
        let headers = session.connection.part_headers.filter(|_| self.sealed);
        if let Some(headers) = headers.filter(|headers| *headers != usual.part_headers) {
            options.push(format!("--part-headers {headers}"));
        }
        if let Some(form) = self
            .datetime_form
            .filter(|form| *form != usual.datetime_form)
        {
            options.push(format!("--datetime-form {form}"));
        }
        if options.is_empty() {
            return Ok(());
        }
        report.pass(Step::Settings, &options.join(" "))
    }
}
