//! HTTPS: the certificate of the host, and those that its users log in with.
//!
//! The authority that signs them is made when the host starts, and its key is gone once they are signed: a client that trusts
//! it trusts this one host, for as long as it runs.

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

/// Whose certificate the host shows.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// One that is made for it.
    Made,
    /// A given one: the chain and its key, in PEM.
    Given { chain: Vec<u8>, key: Secret },
}

/// The host's end of TLS.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// What a login is bound to.
    pub(crate) binding: ChannelBinding,
}

/// All that is made for HTTPS when a host starts.
pub(crate) struct Made {
    pub(crate) tls: Tls,
    /// The authority that signed the host's certificate, in PEM; none where that was given.
    pub(crate) authority: Option<String>,
    /// What the operator can log in with, where certificates are taken.
    pub(crate) client: Option<ClientCertificate>,
}

/// A certificate that logs its holder in.
#[derive(Clone)]
pub struct ClientCertificate {
    certificate: String,
    key: Secret,
    der: Vec<u8>,
}

impl ClientCertificate {
    /// The certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key, in PEM (PKCS #8).
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

/// Makes what HTTPS needs. Where a user is named, certificates are asked for, and there is one for that user.
pub(crate) fn make(identity: &Identity, user: Option<&str>) -> io::Result<Made> {
    let authority = Authority::new()?;
    let (chain, key, signed_by) = match identity {
        Identity::Made => {
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
    Ok(Made {
        tls: Tls {
            acceptor: acceptor(chain, key, trusted)?,
            binding,
        },
        authority: signed_by,
        client,
    })
}

/// An authority for one host. Its name is its own, so that no other's certificates are tried with its key.
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

    /// A certificate for a user.
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

/// Takes connections with this certificate. Where an authority for users is given, a certificate is asked for, and one of
/// another authority ends the connection; to have none is no mistake yet.
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

/// By which a host on a loopback port is addressed.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

#[cfg(test)]
mod tests;
