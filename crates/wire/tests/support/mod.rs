//! A deployment on disk, a server that names its caller, and a client that does as it is told.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_wire::pki::{Authority, DeploymentSpec, IssuedCertificate, issue_deployment};
use countersign_wire::roster::Address;
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::signer_server::{Signer, SignerServer};
use countersign_wire::{Identity, Role, keyfile, require_role, v1};
use rcgen::string::Ia5String;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::{DigitallySignedStruct, NamedGroup, SignatureScheme, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::{Request, Response, Status};

pub const DOMAIN: &str = "test.example";

pub fn identity(path: &str) -> Identity {
    format!("spiffe://{DOMAIN}/{path}").parse().unwrap()
}

/// Longer than any stall of the machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Those of real connections, but that no stall breaks them.
pub fn options() -> TransportOptions {
    TransportOptions {
        handshake_timeout: PATIENCE,
        keepalive_timeout: PATIENCE,
        ..TransportOptions::default()
    }
}

/// Looks again and again until it holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !holds().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let found = timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

pub struct Deployment(tempfile::TempDir);

impl Deployment {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let spec = DeploymentSpec {
            trust_domain: DOMAIN.parse().unwrap(),
            nodes: ["a", "b"]
                .map(|n| (n.parse().unwrap(), format!("{n}:7101").parse().unwrap()))
                .into(),
            coordinators: vec!["c".parse().unwrap()],
            clients: ["desk", "other"].map(|n| n.parse().unwrap()).into(),
            authority_validity: Duration::from_secs(48 * 3600),
            certificate_validity: Duration::from_secs(24 * 3600),
        };
        issue_deployment(dir.path(), &spec).unwrap();
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn material(&self, dir: &str) -> TlsMaterial {
        self.material_trusting(dir, self)
    }

    pub fn material_trusting(&self, dir: &str, trusted: &Self) -> TlsMaterial {
        let home = self.path().join(dir);
        TlsMaterial::load(
            &home.join("cert.pem"),
            &home.join("key.pem"),
            &trusted.path().join("ca.pem"),
        )
        .unwrap()
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    pub fn authority(&self) -> Authority {
        Authority::from_pem(&self.text("ca.pem"), &self.text("ca-key.pem")).unwrap()
    }

    pub fn store<'a>(&self, dir: &'a str, issued: &IssuedCertificate) -> &'a str {
        let home = self.path().join(dir);
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join("cert.pem"), &issued.certificate_pem).unwrap();
        keyfile::write_private(&home.join("key.pem"), &issued.key_pem).unwrap();
        dir
    }
}

/// Serves clients only, and answers with the name of the caller.
struct Echo;

#[tonic::async_trait]
impl Signer for Echo {
    async fn sign(
        &self,
        _: Request<v1::SignRequest>,
    ) -> Result<Response<v1::SignResponse>, Status> {
        Err(Status::unimplemented("not part of these tests"))
    }

    async fn cluster_status(
        &self,
        request: Request<v1::ClusterStatusRequest>,
    ) -> Result<Response<v1::ClusterStatusResponse>, Status> {
        let caller = require_role(&request, Role::Client)?.to_string();
        let node = v1::NodeView {
            node: caller,
            ..Default::default()
        };
        Ok(Response::new(v1::ClusterStatusResponse {
            nodes: vec![node],
        }))
    }
}

pub struct Server {
    pub address: Address,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(deployment: &Deployment, dir: &str, options: TransportOptions) -> Self {
        Self::start_with(deployment.material(dir), options).await
    }

    pub async fn start_with(material: TlsMaterial, options: TransportOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, &material, &options)
    }

    pub async fn start_at(
        address: &Address,
        material: TlsMaterial,
        options: TransportOptions,
    ) -> Self {
        let listener = TcpListener::bind(address.as_str()).await.unwrap();
        Self::serve(listener, &material, &options)
    }

    fn serve(listener: TcpListener, material: &TlsMaterial, options: &TransportOptions) -> Self {
        let address = listener.local_addr().unwrap().to_string().parse().unwrap();
        let incoming = tls::listen(listener, material, options).unwrap();
        let router = tls::server(options).add_service(SignerServer::new(Echo));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            router
                .serve_with_incoming_shutdown(incoming, stopped)
                .await
                .unwrap();
        });
        Self {
            address,
            stop,
            serving,
        }
    }

    pub async fn stop(self) {
        drop(self.stop);
        self.serving.await.unwrap();
    }
}

/// A TLS client that verifies nothing, to present whatever a test wants presented.
pub struct RawClient {
    pub versions: Vec<&'static SupportedProtocolVersion>,
    pub alpn: Vec<Vec<u8>>,
    pub chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl RawClient {
    pub fn of(deployment: &Deployment, dir: &str) -> Self {
        let cert = deployment.text(&format!("{dir}/cert.pem"));
        let key = deployment.text(&format!("{dir}/key.pem"));
        Self {
            versions: vec![&rustls::version::TLS13],
            alpn: vec![b"h2".to_vec()],
            chain: vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()],
            key: PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        }
    }

    /// Takes a certificate with these URIs, properly signed by the deployment's authority.
    pub fn forge(&mut self, deployment: &Deployment, uris: &[String]) {
        self.forge_by(
            &deployment.text("ca.pem"),
            &deployment.text("ca-key.pem"),
            uris,
        );
    }

    /// Takes a certificate signed with the key of `leaf`, which is no authority.
    pub fn forge_under_leaf(&mut self, deployment: &Deployment, leaf: &str, path: &str) {
        let issuer = deployment.text(&format!("{leaf}/cert.pem"));
        let key = deployment.text(&format!("{leaf}/key.pem"));
        self.forge_by(&issuer, &key, &[identity(path).to_string()]);
        self.chain
            .push(CertificateDer::from_pem_slice(issuer.as_bytes()).unwrap());
    }

    fn forge_by(&mut self, issuer: &str, issuer_key: &str, uris: &[String]) {
        let issuer =
            Issuer::from_ca_cert_pem(issuer, KeyPair::from_pem(issuer_key).unwrap()).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::ExplicitNoCa;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.subject_alt_names = uris
            .iter()
            .map(|uri| SanType::URI(Ia5String::try_from(uri.as_str()).unwrap()))
            .collect();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        self.chain = vec![certificate.der().clone()];
        self.key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    }

    /// Connects and starts HTTP/2. The server's verdict on a TLS 1.3 client shows only in what it
    /// sends after the handshake: its settings or an alert.
    pub async fn connect(&self, server: &Server) -> Result<TlsStream<TcpStream>, String> {
        let config =
            rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(&self.versions)
                .unwrap()
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(TrustEverything));
        let mut config = if self.chain.is_empty() {
            config.with_no_client_auth()
        } else {
            config
                .with_client_auth_cert(self.chain.clone(), self.key.clone_key())
                .unwrap()
        };
        config.alpn_protocols = self.alpn.clone();
        let tcp = TcpStream::connect(server.address.as_str()).await.unwrap();
        let name = ServerName::try_from("any.example").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .map_err(|error| error.to_string())?;
        stream
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
            .await
            .map_err(|error| error.to_string())?;
        let mut settings = [0; 9];
        stream
            .read_exact(&mut settings)
            .await
            .map_err(|error| error.to_string())?;
        Ok(stream)
    }

    pub async fn verdict(&self, server: &Server) -> Result<Option<NamedGroup>, String> {
        let stream = self.connect(server).await?;
        let group = stream.get_ref().1.negotiated_key_exchange_group();
        Ok(group.map(|group| group.name()))
    }
}

#[derive(Debug)]
struct TrustEverything;

impl ServerCertVerifier for TrustEverything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
