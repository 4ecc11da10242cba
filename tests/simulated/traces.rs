//! The envelopes in traces, without the password of the login.

use std::io;
use std::sync::{Arc, Mutex};

use cimwire::cim::{Properties, Reference};
use cimwire::{Credentials, Secret};

use super::*;

/// The lines of the traces.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_password_of_a_callback_is_hidden_from_the_first_request_on() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let scene = Scene::new(Dialect::Wmi).await;
    let password = scene.host.password().to_owned();
    let command = format!("tool --as {password}");
    let asked = move || Ok::<_, io::Error>(Secret::from(password.clone()));
    let client = Client::builder(scene.host.url())
        .credentials(Credentials::password_from(scene.host.user(), asked))
        .build()
        .unwrap();
    for _ in 0..2 {
        let process = Reference::new(CIMV2, "Win32_Process");
        let mut input = Properties::new();
        input.set("CommandLine", command.as_str());
        client.invoke(&process, "Create", input).await.unwrap();
    }
    drop(guard);
    let traced = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!traced.contains(scene.host.password()), "{traced}");
    assert_eq!(traced.matches("tool --as ***").count(), 2, "{traced}");
}
