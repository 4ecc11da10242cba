//! Matching of responses to requests.

use uuid::Uuid;

use crate::xml::{Content, Element, Error, Ns, Reader};

use super::envelope::action_of;
use super::error::ReplyError;
use super::operation::Operation;
use super::profile::Dialect;
use super::reply::{self, EMPTY, OUTPUT, OpenEnvelope};
use super::uris;

/// A request that was sent, used to check its response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentRequest<'o> {
    operation: &'o Operation,
    responder: Responder,
}

/// The source of a response.
#[derive(Clone, Copy, Debug)]
enum Responder {
    /// The service.
    Service,
    /// A queue of events. openwsman sends the action of each event instead of that of the Pull response.
    EventQueue,
}

impl<'o> SentRequest<'o> {
    pub(crate) fn new(operation: &'o Operation) -> Self {
        Self {
            operation,
            responder: Responder::Service,
        }
    }

    /// Creates the request of a Pull of the events of a subscription.
    pub(crate) fn for_events(operation: &'o Operation) -> Self {
        Self {
            operation,
            responder: Responder::EventQueue,
        }
    }

    pub(crate) fn operation(&self) -> &'o Operation {
        self.operation
    }

    /// Opens an envelope that answers the message with this id. A fault answers any operation, whatever its action.
    ///
    /// # Errors
    ///
    /// Returns an error if the envelope is malformed, if its header `RelatesTo` or `Action` belongs to another response,
    /// or if the element in its body has another name or namespace. The readers check the rest.
    pub(crate) fn open<'t>(
        &self,
        text: &'t str,
        message_id: Uuid,
        dialect: Dialect,
    ) -> Result<OpenEnvelope<'t>, ReplyError> {
        let mut headers = ResponseHeaders::default();
        let read = |reader: &mut Reader<'_>, header: &Element<'_>| {
            headers.read(reader, header, self.operation)
        };
        let opened = reply::open_with(text, read)?;
        if let Operation::Identify = self.operation {
            // Neither the request nor the response has headers (DSP0226 11).
            headers = ResponseHeaders::default();
        }
        headers.check_relation(message_id)?;
        match &opened.body {
            Content::Element(fault) if fault.is(&Ns::Soap, "Fault") => return Ok(opened),
            Content::Element(first) => self.check_body(first, headers.action.is_some(), dialect)?,
            Content::Text(text) => self.check_empty(text)?,
        }
        if let Responder::Service = self.responder {
            headers.check_action(self.operation)?;
        }
        Ok(opened)
    }

    /// Checks a body without elements.
    fn check_empty(&self, text: &str) -> Result<(), ReplyError> {
        let may_be_empty = matches!(
            self.operation,
            Operation::Put { .. }
                | Operation::Delete { .. }
                | Operation::Release { .. }
                | Operation::Unsubscribe { .. }
        );
        match (may_be_empty, text.trim().is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(unexpected("the answer is text, not an empty body")),
            (false, _) => Err(unexpected(EMPTY)),
        }
    }

    /// Checks the name and the namespace of the element in the body.
    fn check_body(
        &self,
        first: &Element<'_>,
        has_action: bool,
        dialect: Dialect,
    ) -> Result<(), ReplyError> {
        let named = |ns: &Ns, local: &str| first.is(ns, local);
        let is_object = reply::may_be_an_instance(first);
        let (fits, expected) = match self.operation {
            Operation::Identify => (reply::is_identity(first), "IdentifyResponse"),
            Operation::Get { .. } | Operation::Put { .. } => {
                (is_object && self.is_at_home(first), "an instance")
            }
            Operation::GetProperty { .. } => (named(&Ns::Wsman, "XmlFragment"), "XmlFragment"),
            Operation::GetClass { .. } => (is_object && first.local() == "CLASS", "CLASS"),
            Operation::Create { .. } => {
                (named(&Ns::Transfer, "ResourceCreated"), "ResourceCreated")
            }
            Operation::Delete { .. } => (named(&Ns::Transfer, "DeleteResponse"), EMPTY_BODY),
            Operation::Release { .. } => (named(&Ns::Enumeration, "ReleaseResponse"), EMPTY_BODY),
            Operation::Unsubscribe { .. } => {
                (named(&Ns::Eventing, "UnsubscribeResponse"), EMPTY_BODY)
            }
            Operation::Enumerate(_) => (
                named(&Ns::Enumeration, "EnumerateResponse"),
                "EnumerateResponse",
            ),
            Operation::Pull { .. } => (named(&Ns::Enumeration, "PullResponse"), "PullResponse"),
            Operation::Subscribe { .. } => (
                named(&Ns::Eventing, "SubscribeResponse"),
                "SubscribeResponse",
            ),
            Operation::Invoke { method, .. } => {
                let fits = (reply::is_output_of(first, method) && self.is_at_home(first))
                    || self.is_named_by_class(first, has_action, dialect);
                let expected = format!("that of {}", reply::shown_name(method));
                return self.fits(fits, first, &expected);
            }
        };
        self.fits(fits, first, expected)
    }

    fn fits(&self, fits: bool, first: &Element<'_>, expected: &str) -> Result<(), ReplyError> {
        if fits {
            return Ok(());
        }
        let is_foreign = reply::may_be_an_instance(first) && !self.is_at_home(first);
        if !is_foreign {
            return Err(reply::unlike(Some(first), expected));
        }
        let (found, ns) = (first.local(), first.ns().uri());
        let (found, ns) = (reply::shown_name(found), reply::shown_uri(ns));
        Err(unexpected(&format!(
            "the answer is {found} of the foreign namespace {ns}, not {expected}"
        )))
    }

    /// Returns true if the namespace of an object is that of the requested class or of its own class. OMI puts the
    /// method in the place of the class for the output of a method.
    fn is_at_home(&self, first: &Element<'_>) -> bool {
        let Ns::Other(uri) = first.ns() else {
            return *first.ns() == Ns::None;
        };
        let class = uris::class_of(uri);
        let asked = self.operation.class().map_or("", |class| class.name());
        let own = match self.operation {
            Operation::Invoke { method, .. } => method.as_str(),
            _ => first.local(),
        };
        [asked, own]
            .iter()
            .any(|name| class.name().eq_ignore_ascii_case(name))
    }

    /// Returns true if an element is the output of a method of OMI's C++ providers, which is named after the class:
    /// that of the object, or the superclass that declares the method. The action must be present to tell the method.
    fn is_named_by_class(&self, first: &Element<'_>, has_action: bool, dialect: Dialect) -> bool {
        let Some(named) = first.local().strip_suffix(OUTPUT) else {
            return false;
        };
        let asked = self.operation.class().map_or("", |class| class.name());
        dialect == Dialect::Dmtf
            && uris::class_of(first.ns().uri())
                .name()
                .eq_ignore_ascii_case(named)
            && (named.eq_ignore_ascii_case(asked) || has_action)
    }
}

/// The headers of a response.
#[derive(Debug, Default)]
struct ResponseHeaders {
    /// The action, or the first one that is not that of the response.
    action: Option<String>,
    is_foreign: bool,
    /// The ids of the messages that it answers.
    relates_to: Vec<String>,
}

impl ResponseHeaders {
    /// Reads a header, to its end.
    fn read(
        &mut self,
        reader: &mut Reader<'_>,
        header: &Element<'_>,
        operation: &Operation,
    ) -> Result<(), Error> {
        match (header.ns(), header.local()) {
            (Ns::Addressing, "Action") => {
                let action = reader.text()?.trim().to_owned();
                if !self.is_foreign {
                    self.is_foreign = !is_action_of(operation, &action);
                    self.action = Some(action);
                }
            }
            (Ns::Addressing, "RelatesTo") => {
                let kind = reader.attribute(header, &Ns::None, "RelationshipType")?;
                let id = reader.text()?.trim().to_owned();
                let is_reply = kind.is_none_or(|kind| kind.ends_with("Reply"));
                let tells = !id.is_empty() && id != UNSPECIFIED;
                if is_reply && tells && self.relates_to.len() < MOST_RELATIONS {
                    self.relates_to.push(id);
                }
            }
            _ => reader.skip()?,
        }
        Ok(())
    }

    /// Checks that the response relates to the message, if it names one. Windows and OMI leave the header out of some
    /// faults.
    fn check_relation(&self, message_id: Uuid) -> Result<(), ReplyError> {
        let sent = format!("uuid:{}", message_id.as_hyphenated());
        let Some(first) = self.relates_to.first() else {
            return Ok(());
        };
        if self
            .relates_to
            .iter()
            .any(|id| id.eq_ignore_ascii_case(&sent))
        {
            return Ok(());
        }
        let found = reply::shown_name(first);
        Err(unexpected(&format!(
            "the answer is to the message \"{found}\", not to \"{sent}\""
        )))
    }

    fn check_action(&self, operation: &Operation) -> Result<(), ReplyError> {
        let action = self.action.as_deref().filter(|_| self.is_foreign);
        let Some(action) = action else {
            return Ok(());
        };
        let found = reply::shown_uri(action);
        Err(unexpected(&format!(
            "the action of the answer is \"{found}\", which is not that of {}",
            reply::shown_name(operation.name())
        )))
    }
}

/// Returns true if the action is that of the response to the operation.
///
/// The action of a method is `…/Class/MethodResponse`, without `Response` from OMI, in the case of the request. The
/// base before the class may differ: that of the DMTF, or that of the vendor.
fn is_action_of(operation: &Operation, action: &str) -> bool {
    let class = operation.class().map_or("", |class| class.name());
    let Ok(asked) = action_of(operation, class) else {
        return false;
    };
    let Operation::Invoke { .. } = operation else {
        return action.eq_ignore_ascii_case(&format!("{asked}Response"));
    };
    let mut parts = action.rsplitn(3, '/');
    let (Some(method), Some(class), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let answered = format!("{class}/{method}");
    [asked.as_str(), &format!("{asked}Response")]
        .iter()
        .any(|asked| answered.eq_ignore_ascii_case(asked))
}

fn unexpected(what: &str) -> ReplyError {
    ReplyError::Unexpected(what.to_owned())
}

const EMPTY_BODY: &str = "an empty body";
/// The id of a message without one (WS-Addressing of August 2004, 3).
const UNSPECIFIED: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/id/unspecified";
/// The most messages that a response may relate to. One is usual; the bound limits the comparisons that an attacker can
/// cause.
const MOST_RELATIONS: usize = 8;
