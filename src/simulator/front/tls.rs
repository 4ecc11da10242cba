//! HTTPS: the certificate of the host, and those that its users log in with.
//!
//! The authority that signs them is made when the host starts, and its key is dropped once they are signed. A client
//! that trusts it trusts this host alone, as long as it runs.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::auth::{ChannelBinding, Secret};

/// The certificate of the host.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// A certificate that is made for the host.
    Generated,
    /// A given certificate: the chain and its key, in PEM.
    Given { chain: Vec<u8>, key: Secret },
}

/// The server side of TLS.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The channel binding of logins.
    pub(crate) binding: ChannelBinding,
}

/// The results of [`make`].
pub(crate) struct TlsSetup {
    pub(crate) tls: Tls,
    /// The authority that signed the host's certificate, in PEM; absent if the certificate was given.
    pub(crate) authority: Option<String>,
    /// The certificate of the operator, if clients may log in with certificates.
    pub(crate) client: Option<ClientCertificate>,
}

/// A certificate with which a client can log in.
#[derive(Clone)]
pub struct ClientCertificate {
    certificate: String,
    key: Secret,
    der: Vec<u8>,
}

impl ClientCertificate {
    /// Returns the certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Returns its private key, in PEM (PKCS #8).
    pub fn key(&self) -> &str {
        self.key.expose()
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Makes the server side of TLS. If a user is named, clients are asked for certificates, and one is made for that user.
pub(crate) fn make(identity: &Identity, user: Option<&str>) -> io::Result<TlsSetup> {
    let authority = Authority::new()?;
    let (chain, key, signed_by) = match identity {
        Identity::Generated => {
            let (certificate, key) = authority.sign(&NAMES, "SIM", Purpose::Server)?;
            let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
            (
                vec![certificate.der().clone()],
                key,
                Some(authority.0.pem()),
            )
        }
        Identity::Given { chain, key } => {
            let (chain, key) = read(chain, key)?;
            (chain, key, None)
        }
    };
    let client = user.map(|user| authority.client(user)).transpose()?;
    let end_entity = chain
        .first()
        .ok_or_else(|| invalid("there is no certificate"))?;
    let binding = ChannelBinding::tls_server_end_point(end_entity).map_err(invalid)?;
    let trusted = client.is_some().then(|| authority.0.der().clone());
    Ok(TlsSetup {
        tls: Tls {
            acceptor: acceptor(chain, key, trusted)?,
            binding,
        },
        authority: signed_by,
        client,
    })
}

/// A certificate authority for one host. Its name is unique, so certificates of others are not tried with its key.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> io::Result<Self> {
        let mut params = params(&[], &format!("cimwire simulator {}", Uuid::new_v4()))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(invalid)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(invalid)?;
        Ok(Self(issuer))
    }

    /// Makes a certificate for a user.
    pub(crate) fn client(&self, user: &str) -> io::Result<ClientCertificate> {
        let (certificate, key) = self.sign(&[], user, Purpose::Client)?;
        Ok(ClientCertificate {
            certificate: certificate.pem(),
            key: key.serialize_pem().into(),
            der: certificate.der().to_vec(),
        })
    }

    fn sign(
        &self,
        names: &[&str],
        subject: &str,
        purpose: Purpose,
    ) -> io::Result<(Certificate, KeyPair)> {
        let key = KeyPair::generate().map_err(invalid)?;
        let mut params = params(names, subject)?;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![match purpose {
            Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
            Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
        }];
        let certificate = params.signed_by(&key, &self.0).map_err(invalid)?;
        Ok((certificate, key))
    }
}

#[derive(Clone, Copy)]
enum Purpose {
    Server,
    Client,
}

fn params(names: &[&str], subject: &str) -> io::Result<CertificateParams> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(invalid)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    Ok(params)
}

fn read(
    chain: &[u8],
    key: &Secret,
) -> io::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes());
    Ok((chain.map_err(invalid)?, key.map_err(invalid)?))
}

/// Makes an acceptor with this certificate. If an authority for users is given, clients are asked for a certificate. A
/// certificate of another authority ends the connection; a client without one can log in in another way.
fn acceptor(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    users: Option<CertificateDer<'static>>,
) -> io::Result<TlsAcceptor> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(invalid)?;
    let config = match users {
        Some(authority) => builder.with_client_cert_verifier(verifier(authority)?),
        None => builder.with_no_client_auth(),
    };
    let config = config.with_single_cert(chain, key).map_err(invalid)?;
    Ok(Arc::new(config).into())
}

fn verifier(authority: CertificateDer<'static>) -> io::Result<Arc<dyn ClientCertVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority).map_err(invalid)?;
    let provider = Arc::new(ring::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map_err(invalid)
}

fn invalid(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, cause)
}

/// The names of a host on a loopback port.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

#[cfg(test)]
mod tests;
