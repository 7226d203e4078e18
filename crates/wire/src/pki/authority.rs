//! A certificate authority for one trust domain.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::rand;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::PkiError;
use crate::ed25519::KeyError;
use crate::identity::{Identity, InvalidIdentity, TrustDomain, uri_of_certificate};
use crate::keyfile;

/// Certificates are valid from a little before they are made, for verifiers whose clock is behind.
const BACKDATE: Duration = Duration::from_secs(5 * 60);

/// An authority with its private key. ECDSA over P-256, which every TLS library verifies.
pub struct Authority {
    trust_domain: TrustDomain,
    certificate_pem: String,
    key: Zeroizing<KeyPair>,
}

/// A certificate and its private key.
pub struct IssuedCertificate {
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// The private key, PKCS#8 PEM.
    pub key_pem: Zeroizing<String>,
}

impl Authority {
    /// Makes a new authority. Its certificate can sign end entities only, no further authority.
    ///
    /// # Errors
    /// [`PkiError`] if randomness fails or the validity is out of range.
    pub fn create(trust_domain: TrustDomain, validity: Duration) -> Result<Self, PkiError> {
        let key = Zeroizing::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?);
        let mut params = params(
            &format!("Countersign authority of {trust_domain}"),
            &format!("spiffe://{trust_domain}"),
            validity,
        )?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate_pem = params.self_signed(&*key)?.pem();
        Ok(Self {
            trust_domain,
            certificate_pem,
            key,
        })
    }

    /// Takes up an authority made by [`Authority::create`].
    ///
    /// # Errors
    /// [`PkiError`] if certificate or key cannot be read or do not belong together.
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self, PkiError> {
        let key = Zeroizing::new(KeyPair::from_pem(key_pem)?);
        let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
            .map_err(|_| InvalidIdentity::Certificate)?;
        let (uri, public_key) = uri_of_certificate(&der)?;
        let trust_domain = uri
            .strip_prefix("spiffe://")
            .ok_or(InvalidIdentity::Scheme)?
            .parse()?;
        if public_key != key.public_key_raw() {
            return Err(PkiError::KeyMismatch);
        }
        Ok(Self {
            trust_domain,
            certificate_pem: certificate_pem.to_owned(),
            key,
        })
    }

    /// The authority's certificate, PEM: what every party is configured to trust.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's private key, PKCS#8 PEM. Best kept offline.
    #[must_use]
    pub fn key_pem(&self) -> Zeroizing<String> {
        keyfile::armour(self.key.serialized_der())
    }

    /// Issues a certificate, for connections in both directions, with a new private key.
    ///
    /// # Errors
    /// [`PkiError`] if the identity is of another trust domain, randomness fails or the validity
    /// is out of range.
    pub fn issue(
        &self,
        identity: &Identity,
        validity: Duration,
    ) -> Result<IssuedCertificate, PkiError> {
        if identity.trust_domain() != &self.trust_domain {
            return Err(PkiError::ForeignIdentity(Box::new(identity.clone())));
        }
        let key = Zeroizing::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?);
        let common_name = format!("{} {}", identity.role(), identity.name());
        let mut params = params(&common_name, &identity.to_string(), validity)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let issuer = Issuer::from_ca_cert_pem(&self.certificate_pem, &*self.key)?;
        Ok(IssuedCertificate {
            certificate_pem: params.signed_by(&*key, &issuer)?.pem(),
            key_pem: keyfile::armour(key.serialized_der()),
        })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("trust_domain", &self.trust_domain)
            .finish_non_exhaustive()
    }
}

fn params(common_name: &str, uri: &str, validity: Duration) -> Result<CertificateParams, PkiError> {
    let now = OffsetDateTime::now_utc();
    let end = time::Duration::try_from(validity).map_err(|_| PkiError::Validity)?;
    if end.is_zero() {
        return Err(PkiError::Validity);
    }
    let mut params = CertificateParams::default();
    params.not_before = now - BACKDATE;
    params.not_after = now.checked_add(end).ok_or(PkiError::Validity)?;
    params.serial_number = Some(serial()?);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.subject_alt_names = vec![SanType::URI(Ia5String::try_from(uri)?)];
    Ok(params)
}

/// 127 random bits, positive as RFC 5280 section 4.1.2.2 demands.
fn serial() -> Result<SerialNumber, PkiError> {
    let mut bytes = [0u8; 16];
    rand::fill(&mut bytes).map_err(|_| KeyError::Randomness)?;
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber::from_slice(&bytes))
}
