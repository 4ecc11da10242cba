//! The socket: connections, and HTTP as far as WinRM speaks it (MS-WSMV 2.1).

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;

use crate::simulator::service::limits::{MAX_CONNECTIONS, MAX_ENVELOPE_SIZE, MAX_RETRIEVAL};
use crate::simulator::service::{Answer, Service};

use super::framing;
use super::login::{Channel, Login, LoginPolicy, LoginRequest, LoginResult, charset_of_soap};
use super::tls::Tls;

/// The state that all connections share.
pub(crate) struct Server {
    pub(crate) service: Service,
    policy: LoginPolicy,
    /// Absent for plain HTTP.
    tls: Option<Tls>,
    /// The tasks of the listener and of its connections; absent once the server is closed.
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl Server {
    /// Begins to accept connections.
    pub(crate) fn start(
        listener: TcpListener,
        service: Service,
        policy: LoginPolicy,
        tls: Option<Tls>,
    ) -> Arc<Self> {
        let server = Arc::new(Self {
            service,
            policy,
            tls,
            tasks: Mutex::new(Some(JoinSet::new())),
        });
        server.spawn(serve(listener, Arc::clone(&server)));
        server
    }

    /// Ends the host and all connections.
    pub(crate) fn close(&self) {
        self.service.leave();
        let tasks = locked(&self.tasks).take();
        drop(tasks);
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *locked(&self.tasks) {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }
}

/// Accepts connections. One beyond the limit waits until another has ended.
async fn serve(listener: TcpListener, server: Arc<Server>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = accept(stream, Arc::clone(&server));
                server.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            // The process may be out of file descriptors for a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Serves one connection, with TLS if the host has an identity.
async fn accept(stream: TcpStream, server: Arc<Server>) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = &server.tls else {
        return serve_connection(stream, Channel::Clear, server).await;
    };
    let handshake = tokio::time::timeout(MAX_HANDSHAKE, tls.acceptor.accept(stream));
    // A client that does not trust the certificate hangs up.
    if let Ok(Ok(stream)) = handshake.await {
        let channel = channel(tls, &stream);
        serve_connection(stream, channel, server).await;
    }
}

fn channel(tls: &Tls, stream: &TlsStream<TcpStream>) -> Channel {
    let shown = stream.get_ref().1.peer_certificates();
    Channel::Tls {
        binding: tls.binding.clone(),
        certificate: shown.and_then(|chain| Some(chain.first()?.to_vec())),
    }
}

/// Answers the requests of one connection, one after the other. The login is the connection's own.
async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    channel: Channel,
    server: Arc<Server>,
) {
    let channel = Arc::new(channel);
    let login = Arc::new(Mutex::new(Login::default()));
    let service = service_fn(move |request| {
        let (server, login) = (Arc::clone(&server), Arc::clone(&login));
        let channel = Arc::clone(&channel);
        async move {
            let response = handle(request, &server, &channel, &login).await;
            if server.service.has_left() {
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            // The clock of the host can differ from the system's.
            let date = httpdate::fmt_http_date(server.service.clock().now().into());
            Ok(with_header(response, header::DATE, &date))
        }
    });
    // The errors are those of the client: it hung up, or does not speak HTTP.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers a request: HTTP first, then the login, then the service.
async fn handle(
    request: Request<Incoming>,
    server: &Server,
    channel: &Channel,
    login: &Mutex<Login>,
) -> Response<Full<Bytes>> {
    if let Some(refused) = refuse(&request) {
        return refused;
    }
    let (head, body) = request.into_parts();
    let body = match tokio::time::timeout(MAX_RETRIEVAL, read(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return closing(status),
        Err(_) => return closing(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    if asks_without_login(&head.headers) {
        let charset = charset_of_soap(content_type);
        let answer = charset.and_then(|charset| {
            server
                .service
                .answer_unauthenticated(&body, charset.as_deref())
        });
        if let Some(answer) = answer {
            return unsealed(answer);
        }
    }
    let request = LoginRequest {
        channel,
        authorization: text(header::AUTHORIZATION),
        content_type,
        body: &body,
    };
    let result = locked(login).authenticate(&server.policy, request);
    match result {
        LoginResult::Unauthorized { token } => {
            let basic = server.policy.accepts_basic(channel);
            unauthorized(basic, token)
        }
        LoginResult::Welcome { token } => with_token(empty(StatusCode::OK), token),
        LoginResult::Unreadable => empty(StatusCode::BAD_REQUEST),
        LoginResult::Message(message) => {
            let charset = message.charset.as_deref();
            let answer = server
                .service
                .answer(&message.text, charset, &message.caller)
                .await;
            let response = if message.is_sealed {
                sealed(&mut locked(login), &answer)
            } else {
                unsealed(answer)
            };
            with_token(response, message.token)
        }
    }
}

/// Locks a login, or the tasks; never across an await.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the response to a request that HTTP alone refuses.
fn refuse(request: &Request<Incoming>) -> Option<Response<Full<Bytes>>> {
    let path = request.uri().path();
    if !path
        .strip_suffix('/')
        .unwrap_or(path)
        .eq_ignore_ascii_case(PATH)
    {
        return Some(not_found());
    }
    if request.method() != Method::POST {
        let response = closing(StatusCode::METHOD_NOT_ALLOWED);
        return Some(with_header(response, header::ALLOW, "POST"));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Some(closing(StatusCode::PAYLOAD_TOO_LARGE));
    }
    None
}

async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// Reports whether a request wants Identify without a login (DSP0226 11).
fn asks_without_login(headers: &HeaderMap) -> bool {
    headers
        .get("WSMANIDENTIFY")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"unauthenticated"))
}

fn unauthorized(basic: bool, token: Option<String>) -> Response<Full<Bytes>> {
    let response = empty(StatusCode::UNAUTHORIZED);
    if token.is_some() {
        return with_token(response, token);
    }
    let response = with_header(response, header::WWW_AUTHENTICATE, "Negotiate");
    if basic {
        with_header(response, header::WWW_AUTHENTICATE, "Basic realm=\"WSMAN\"")
    } else {
        response
    }
}

/// Adds a token of a login to a response.
fn with_token(response: Response<Full<Bytes>>, token: Option<String>) -> Response<Full<Bytes>> {
    match token {
        Some(token) => {
            let negotiate = format!("Negotiate {token}");
            with_header(response, header::WWW_AUTHENTICATE, &negotiate)
        }
        None => response,
    }
}

/// Adds a header to a response. A value that HTTP does not allow is left out.
fn with_header(
    mut response: Response<Full<Bytes>>,
    name: HeaderName,
    value: &str,
) -> Response<Full<Bytes>> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
    response
}

fn sealed(login: &mut Login, answer: &Answer) -> Response<Full<Bytes>> {
    match login.seal(&answer.envelope) {
        Some(body) => with_body(status(answer), framing::CONTENT_TYPE, body),
        None => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn unsealed(answer: Answer) -> Response<Full<Bytes>> {
    with_body(status(&answer), SOAP, answer.envelope)
}

fn status(answer: &Answer) -> StatusCode {
    if answer.is_fault {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    }
}

fn with_body(
    status: StatusCode,
    content_type: &str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let response = empty(status).map(|_| Full::new(body.into()));
    with_header(response, header::CONTENT_TYPE, content_type)
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    with_header(response, header::SERVER, SERVER)
}

/// Makes a response that closes the connection, since the body of the request may be unread.
fn closing(status: StatusCode) -> Response<Full<Bytes>> {
    with_header(empty(status), header::CONNECTION, "close")
}

/// Answers as http.sys does where no service listens at a path.
fn not_found() -> Response<Full<Bytes>> {
    let response = with_body(
        StatusCode::NOT_FOUND,
        "text/html; charset=us-ascii",
        NOT_FOUND,
    );
    with_header(response, header::CONNECTION, "close")
}

const PATH: &str = "/wsman";
const NOT_FOUND: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n\
    <HTML><HEAD><TITLE>Not Found</TITLE>\r\n\
    <META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n\
    <BODY><h2>Not Found</h2>\r\n<hr><p>HTTP Error 404. The requested resource is not found.</p>\r\n</BODY></HTML>\r\n";
const SERVER: &str = "Microsoft-HTTPAPI/2.0";
const SOAP: &str = "application/soap+xml;charset=UTF-8";
/// The maximum size of a body: the largest envelope in the framing of a sealed message.
const MAX_BODY: usize = MAX_ENVELOPE_SIZE + 1_024;
/// The time for a TLS handshake.
const MAX_HANDSHAKE: Duration = Duration::from_secs(30);
/// The time after which an idle connection is closed.
const IDLE: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests;
