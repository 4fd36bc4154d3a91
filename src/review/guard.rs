//! Who may ask, and what a browser may do with the answer.
//!
//! On this machine alone (the default) the danger is another web page open in the same browser: it may send requests here,
//! or point a name of its own at 127.0.0.1 and read the answers. So the `Host` must be this machine's, and a request that a
//! browser says comes from elsewhere (`Sec-Fetch-Site`, `Origin`) is refused. Beyond this machine a token is needed: once in the
//! address, from then on in a cookie that scripts cannot read.
//!
//! No answer lets the browser load, run or send anything from or to elsewhere (Content-Security-Policy).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const COOKIE: &str = "vanthu_token";

/// Who may ask.
#[derive(Debug, Clone)]
pub enum Guard {
    /// Only this machine.
    Local,
    /// Whoever knows the token.
    Token(String),
}

impl Guard {
    /// For an address: a token where others can reach it.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn of(address: &SocketAddr) -> std::io::Result<Self> {
        if address.ip().is_loopback() {
            return Ok(Self::Local);
        }
        use std::io::Read;
        let mut bytes = [0; 16];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self::Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// What the address ends in, for the person who started the server.
    pub fn query(&self) -> String {
        match self {
            Self::Local => String::new(),
            Self::Token(token) => format!("?token={token}"),
        }
    }
}

/// Lets a request through or not, and marks the answer.
pub async fn watch(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let verdict = judge(&guard, &request);
    let mut response = match verdict {
        Verdict::Pass => next.run(request).await,
        Verdict::Greet(token) => greet(&token),
        Verdict::Refuse(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let headers = response.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::CONTENT_SECURITY_POLICY, POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::CACHE_CONTROL, "no-store");
    say(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    say(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

enum Verdict {
    Pass,
    /// The token came in the address: put it into a cookie and out of sight.
    Greet(String),
    Refuse(&'static str),
}

fn judge(guard: &Guard, request: &Request) -> Verdict {
    let headers = request.headers();
    if from_elsewhere(headers, request.method()) {
        return Verdict::Refuse("This page answers only to itself.");
    }
    match guard {
        Guard::Local if is_local(text(headers, &header::HOST)) => Verdict::Pass,
        Guard::Local => {
            Verdict::Refuse("This page is only for this machine; start it with --bind for others.")
        }
        Guard::Token(token) => {
            let query = request.uri().query().unwrap_or_default();
            let told = query.split('&').find_map(|pair| pair.strip_prefix("token="));
            let cookies = text(headers, &header::COOKIE).split(';');
            let kept =
                cookies.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
            match (told, kept) {
                (Some(told), _) if same(told, token) => Verdict::Greet(token.clone()),
                (_, Some((_, kept))) if same(kept, token) => Verdict::Pass,
                _ => Verdict::Refuse("Open the address that `vanthu review` printed, token and all."),
            }
        }
    }
}

fn greet(token: &str) -> Response {
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict");
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie)])
        .into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a browser says that another page sent the request. Opening the page by a link or by hand is no such thing.
fn from_elsewhere(headers: &HeaderMap, method: &Method) -> bool {
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let opened =
        method == Method::GET && text(headers, &HeaderName::from_static("sec-fetch-mode")) == "navigate";
    let origin = text(headers, &header::ORIGIN);
    let own = format!("http://{}", text(headers, &header::HOST));
    (!matches!(site, "" | "same-origin" | "none") && !opened) || (!origin.is_empty() && origin != own)
}

/// Whether a `Host` means this machine, with any port.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// Compares digests, so that the time it takes tells nothing of the token.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a) == Sha256::digest(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    fn passes(guard: &Guard, path: &str, headers: &[(&str, &str)]) -> bool {
        matches!(judge(guard, &request(path, headers)), Verdict::Pass)
    }

    #[test]
    fn only_this_machine_and_this_page() {
        let host = ("host", "127.0.0.1:8017");
        assert!(passes(&Guard::Local, "/", &[host]));
        assert!(passes(&Guard::Local, "/", &[("host", "[::1]:80"), ("origin", "http://[::1]:80")]));
        assert!(
            !passes(&Guard::Local, "/", &[("host", "evil.example:8017")]),
            "another name for this machine"
        );
        assert!(!passes(&Guard::Local, "/", &[]));
        assert!(!passes(&Guard::Local, "/api/queue", &[host, ("sec-fetch-site", "cross-site")]));
        assert!(!passes(&Guard::Local, "/", &[host, ("origin", "http://evil.example")]));
        let link = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(passes(&Guard::Local, "/", &link));
    }

    #[test]
    fn beyond_this_machine_only_with_the_token() {
        let Ok(Guard::Token(token)) = Guard::of(&"192.0.2.1:80".parse().unwrap()) else { panic!("no token") };
        let guard = Guard::Token(token.clone());
        assert_eq!(token.len(), 32);
        assert!(!passes(&guard, "/", &[("host", "127.0.0.1")]));
        let greeted = judge(&guard, &request(&format!("/?token={token}"), &[]));
        assert!(matches!(greeted, Verdict::Greet(_)));
        assert!(passes(&guard, "/", &[("cookie", &format!("a=b; {COOKIE}={token}"))]));
        assert!(!passes(&guard, "/", &[("cookie", "vanthu_token=")]));
        assert!(matches!(judge(&guard, &request("/?token=", &[])), Verdict::Refuse(_)));
    }
}
