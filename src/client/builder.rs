//! The settings of a client.

use std::time::Duration;

use crate::auth::Credentials;
use crate::error::Error;
use crate::transport::{HttpConfig, HttpTransport, Probe, Transport};
use crate::wsman::ServerProfile;

use super::{Client, Retries, Settings};

/// The settings of a [`Client`]. Those of its connections are an [`HttpConfig`].
///
/// ```
/// use std::time::Duration;
/// use cimwire::{Client, Credentials};
///
/// let client = Client::builder("hv01.example")
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .operation_timeout(Duration::from_secs(120))
///     .build()?;
/// assert_eq!(client.endpoint(), "http://hv01.example:5985/wsman");
/// # Ok::<(), cimwire::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing unless it builds"]
pub struct ClientBuilder {
    http: HttpConfig,
    settings: Settings,
}

impl ClientBuilder {
    pub(super) fn new(http: HttpConfig) -> Self {
        Self {
            http,
            settings: Settings {
                profile: ServerProfile::default(),
                max_envelope_size: MAX_ENVELOPE_SIZE,
                operation_timeout: OPERATION_TIMEOUT,
                locale: None,
                page_size: PAGE_SIZE,
                retries: Retries::default(),
                credentials: None,
            },
        }
    }

    /// Sets the credentials. They are required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.http = self.http.credentials(credentials);
        self
    }

    /// Sets the operation timeout, after which the host ends an operation with a fault. The default is 60 s, which is
    /// also WinRM's default maximum (`MaxTimeoutms`).
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.settings.operation_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// Sets the maximum size of a response, in bytes. The default is 512,000, WinRM's `MaxEnvelopeSizekb` of 500. WinRM
    /// rejects values below 8,192.
    pub fn max_envelope_size(mut self, bytes: u32) -> Self {
        self.settings.max_envelope_size = bytes;
        self
    }

    /// Sets the maximum number of instances in a page of an enumeration. The default is 500. The host sends fewer if
    /// they do not fit into the envelope.
    pub fn page_size(mut self, instances: u32) -> Self {
        self.settings.page_size = instances.max(1);
        self
    }

    /// Sets the retry policy for operations that are safe to retry. [`Retries::none`] disables retries.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Sets the language of texts, as a tag of RFC 5646 (`en-US`). By default the host uses its own.
    pub fn locale(mut self, tag: impl Into<String>) -> Self {
        self.settings.locale = Some(tag.into());
        self
    }

    /// Sets the profile of the service. The default is [`ServerProfile::windows`].
    ///
    /// ```
    /// use cimwire::{Client, Credentials, EmbeddedForm, ServerProfile};
    ///
    /// // Providers of the Management Infrastructure, such as that of PS_ScheduledTask, take instances as elements.
    /// let mut profile = ServerProfile::windows();
    /// profile.embedded_form = EmbeddedForm::Elements;
    /// let client = Client::builder("hv01.example")
    ///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
    ///     .profile(profile)
    ///     .build()?;
    /// # Ok::<(), cimwire::Error>(())
    /// ```
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.settings.profile = profile;
        self
    }

    /// Creates the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`](crate::ErrorKind::Usage) if the settings are invalid.
    pub fn build(self) -> Result<Client, Error> {
        self.build_with(|transport| transport)
    }

    /// Creates the client with a transport of its own around the one over HTTP, for example to keep envelopes or to hold
    /// changes back. Nothing is sent yet.
    ///
    /// ```
    /// use cimwire::transport::{BoxFuture, Error, HttpTransport, Request, Response, Transport};
    /// use cimwire::{Client, Credentials};
    ///
    /// /// Prints the size of each request.
    /// struct Sizes(HttpTransport);
    ///
    /// impl Transport for Sizes {
    ///     fn endpoint(&self) -> &str {
    ///         self.0.endpoint()
    ///     }
    ///
    ///     fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
    ///         println!("{} bytes", request.envelope.len());
    ///         self.0.exchange(request)
    ///     }
    /// }
    ///
    /// let client = Client::builder("hv01.example")
    ///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
    ///     .build_with(Sizes)?;
    /// # Ok::<(), cimwire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`build`](Self::build).
    pub fn build_with<T: Transport>(
        mut self,
        wrap: impl FnOnce(HttpTransport) -> T,
    ) -> Result<Client, Error> {
        let transport = self.transport().map_err(|error| {
            // The address is left out, since it may contain a misplaced password.
            Error::from_transport("could not set up the client".to_owned(), error, false)
        })?;
        let credentials = self.http.credentials.as_ref();
        self.settings.credentials = credentials.filter(|login| login.has_password()).cloned();
        Ok(Client::assemble(Box::new(wrap(transport)), self.settings))
    }

    /// Returns the properties of the host that an unauthenticated client can see with these settings: reachability,
    /// certificate, authentication schemes and clock. It needs no credentials.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`](crate::ErrorKind::Usage) if the settings are invalid. Other failures are part of the
    /// [result](Probe::answer).
    pub async fn probe(&self) -> Result<Probe, Error> {
        let mut http = self.http.clone();
        http.credentials
            .get_or_insert_with(|| Credentials::password("", ""));
        let probed = match HttpTransport::new(http) {
            Ok(transport) => transport.probe().await,
            Err(error) => Err(error),
        };
        let doing = "could not look at the host";
        probed.map_err(|error| Error::from_transport(doing.to_owned(), error, false))
    }

    /// Creates a client over another transport. Settings for connections are ignored.
    pub fn build_over(self, transport: impl Transport) -> Client {
        Client::assemble(Box::new(transport), self.settings)
    }

    fn transport(&self) -> Result<HttpTransport, crate::transport::Error> {
        let mut http = self.http.clone();
        // A response in UTF-16 is twice as long as one in UTF-8, and some hosts exceed the limit.
        let size = usize::try_from(self.settings.max_envelope_size).unwrap_or(usize::MAX);
        let bound = size.saturating_mul(4).max(MIN_ANSWER_BOUND);
        http.max_answer.get_or_insert(bound);
        let transport = HttpTransport::new(http)?;
        Ok(transport.part_headers(self.settings.profile.part_headers))
    }
}

/// The default of WinRM's `MaxEnvelopeSizekb` since Windows 8 (MS-WSMV 2.2.4.10).
const MAX_ENVELOPE_SIZE: u32 = 512_000;
/// The default of WinRM's `MaxTimeoutms`; the host reduces larger values to it.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest timeout: longer than any host grants, and short enough not to overflow an instant.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The default page size. The envelope usually holds fewer; WinRM's `MaxBatchItems` is 32,000.
const PAGE_SIZE: u32 = 500;
/// The lowest bound of a response. Some services ignore the envelope size, and a small one must not reject their small
/// responses.
const MIN_ANSWER_BOUND: usize = 1 << 20;
