//! The setting that may mend an error.

/// A setting that may mend an error, for a caller to name in its own terms.
///
/// The hint of the error says what to do; this says which setting does it. A program that has options of its own can name
/// the option:
///
/// ```
/// use cimwire::Remedy;
///
/// # fn example(error: cimwire::Error) {
/// if error.remedy() == Some(Remedy::CaBundle) {
///     eprintln!("see the option ca_bundle of the configuration file");
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// The trusted authorities: [`HttpConfig::ca_bundle`](crate::transport::HttpConfig::ca_bundle).
    CaBundle,
    /// A pinned certificate: [`HttpConfig::pin_certificate`](crate::transport::HttpConfig::pin_certificate).
    PinnedCertificate,
    /// A client certificate: [`Credentials::certificate`](crate::Credentials::certificate).
    ClientCertificate,
    /// The proxy, with its address and login: [`HttpConfig::proxy`](crate::transport::HttpConfig::proxy).
    Proxy,
    /// The hosts that are reached without the proxy: [`Proxy::no_proxy`](crate::transport::Proxy::no_proxy).
    NoProxy,
    /// The time that an operation may take: [`ClientBuilder::operation_timeout`](crate::ClientBuilder::operation_timeout).
    OperationTimeout,
    /// The size of an envelope: [`ClientBuilder::max_envelope_size`](crate::ClientBuilder::max_envelope_size).
    MaxEnvelopeSize,
    /// The form of part headers: [`ServerProfile::part_headers`](crate::ServerProfile::part_headers).
    PartHeaders,
    /// The form of datetimes: [`ServerProfile::datetime_form`](crate::ServerProfile::datetime_form).
    DatetimeForm,
    /// The form of embedded instances: [`ServerProfile::embedded_form`](crate::ServerProfile::embedded_form).
    EmbeddedForm,
    /// The form of datetimes, or that of embedded instances.
    DatetimeOrEmbeddedForm,
    /// The DMTF dialect: [`ServerProfile::dmtf`](crate::ServerProfile::dmtf).
    DmtfDialect,
}
