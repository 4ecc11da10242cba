//! Traces on stderr: a line an operation, an exchange, an envelope.

use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use cimwire::printable;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt as text};

use super::line::line_of;
use super::origin::Origin;
use super::report;
use crate::options::{Display, Format};

/// Traces what `RUST_LOG` asks for, else what `-v` does; by default nothing.
pub(crate) fn start(display: Display) {
    let asked = std::env::var_os("RUST_LOG").filter(|filter| !filter.is_empty());
    let is_json = display.output == Format::Json;
    let lines = (is_json || asked.is_none()).then_some(Lines { is_json });
    let Some(filter) = asked.or_else(|| filter_of(display.verbose)) else {
        return;
    };
    let filter = match EnvFilter::builder().parse(filter.to_string_lossy()) {
        Ok(filter) => filter,
        Err(error) => return report::warning(&format!("RUST_LOG is not understood: {error}")),
    };
    let log = lines.is_none().then(|| {
        text::layer()
            .with_writer(io::stderr)
            .with_ansi(console::colors_enabled_stderr())
            .log_internal_errors(false)
    });
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(log)
        .init();
}

/// Returns the filter of the levels up to one.
fn filter_of(verbosity: u8) -> Option<OsString> {
    let levels = LEVELS.get(..usize::from(verbosity).min(LEVELS.len()))?;
    Some(levels.join(",").into()).filter(|_| verbosity > 0)
}

/// Writes each event as a line, with the fields of the spans that it is in.
struct Lines {
    is_json: bool,
}

/// The fields of a span or an event, in their order. A field that is recorded again has its last value.
#[derive(Clone, Default)]
struct Fields(Vec<(&'static str, Value)>);

/// One line: `{"trace":"operation",…}`.
#[derive(Serialize)]
struct Row<'a> {
    trace: &'a str,
    level: &'a str,
    #[serde(flatten)]
    origin: Origin<'a>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        let spans = context.event_scope(event).into_iter();
        for span in spans.flat_map(|scope| scope.from_root()) {
            if let Some(outer) = span.extensions().get::<Fields>() {
                for (name, value) in &outer.0 {
                    fields.set(name, value.clone());
                }
            }
        }
        event.record(&mut fields);
        let (target, level) = (event.metadata().target(), event.metadata().level());
        let target = target.strip_prefix("cimwire::").unwrap_or(target);
        let line = if self.is_json {
            fields.json(target, level.as_str())
        } else {
            fields.text()
        };
        // A closed stderr does not end the program.
        let _ = io::stderr()
            .lock()
            .write_all(format!("{line}\n").as_bytes());
    }
}

impl Fields {
    fn set(&mut self, name: &'static str, value: Value) {
        self.0.retain(|&(known, _)| known != name);
        self.0.push((name, value));
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|&(known, _)| known == name)?;
        match self.0.remove(at).1 {
            Value::String(text) => Some(text),
            value => Some(value.to_string()),
        }
    }

    fn json(mut self, trace: &str, level: &str) -> String {
        let host = self.take("host");
        for reserved in ["trace", "level", "time"] {
            self.take(reserved);
        }
        let fields = self.0.into_iter();
        let row = Row {
            trace,
            level,
            origin: Origin::at(host.as_deref()),
            fields: fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        };
        line_of(&row).unwrap_or_default()
    }

    /// Returns `TIME HOST ACTION CLASS: MESSAGE FIELD=VALUE …`.
    fn text(mut self) -> String {
        let mut line = crate::time::stamp();
        for name in ["host", "action", "class"] {
            if let Some(value) = self.take(name) {
                let _ = write!(line, " {value}");
            }
        }
        let message = self.take("message").unwrap_or_default();
        let _ = write!(line, ": {message}");
        for (name, value) in &self.0 {
            let _ = match value {
                Value::String(text) => write!(line, " {name}={text}"),
                value => write!(line, " {name}={value}"),
            };
        }
        printable(&line).into_owned()
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value.into());
    }
}

/// The filters that each `-v` adds.
const LEVELS: [&str; 3] = [
    "cimwire::operation=debug",
    "cimwire::exchange=debug",
    "cimwire::envelope=trace",
];
