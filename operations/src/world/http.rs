//! Requests over HTTP, within bounds: of time, of the answer's size, and without following anybody elsewhere.
use super::news::Arrived;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use venues::{LinkFailure, Method, Request};

/// The largest answer: a thousand candles are some two hundred kilobytes, a venue's list of instruments a few megabytes.
const LARGEST: usize = 32 * 1024 * 1024;

/// Sends requests.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: reqwest::Client,
}

/// The roots and the cryptography that connections are checked with.
pub(super) fn tls() -> Result<rustls::ClientConfig, String> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Http {
    pub(super) fn new() -> Result<Self, String> {
        let builder = reqwest::Client::builder()
            .use_preconfigured_tls(tls()?)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true)
            .http1_only();
        Ok(Self { client: builder.build().map_err(|e| e.to_string())? })
    }

    /// Sends a request and waits for its answer. A request that never left is told apart from one of which nothing is known.
    pub(super) async fn ask(&self, request: Request) -> Arrived {
        let ticket = request.ticket;
        let limit = Duration::from_millis(u64::from(request.timeout_ms));
        match tokio::time::timeout(limit, self.answer(request)).await {
            Ok(Ok((status, headers, body))) => Arrived::Answered { ticket, status, headers, body },
            Ok(Err(failure)) => Arrived::Unanswered { ticket, failure },
            Err(_) => Arrived::Unanswered { ticket, failure: LinkFailure::Lost },
        }
    }

    async fn answer(&self, request: Request) -> Result<(u16, Vec<(String, String)>, Vec<u8>), LinkFailure> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.client.request(method, format!("{}{}", request.base, request.target));
        for (name, value) in &request.headers {
            let mut value =
                reqwest::header::HeaderValue::from_str(value.expose_secret()).map_err(|_| LinkFailure::NotSent)?;
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let not_sent = |error: reqwest::Error| {
            let before = error.is_connect() || error.is_builder();
            if before { LinkFailure::NotSent } else { LinkFailure::Lost }
        };
        let mut response = builder.send().await.map_err(not_sent)?;
        let status = response.status().as_u16();
        let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            Some((name.as_str().to_string(), value.to_str().ok()?.to_string()))
        };
        let headers = response.headers().iter().filter_map(text).collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| LinkFailure::Lost)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(LinkFailure::Lost);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, headers, body))
    }
}
