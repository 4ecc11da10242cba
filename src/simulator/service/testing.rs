//! Helpers of the tests: a service whose time stands still, and envelopes that can be spoilt.

use std::sync::Arc;
use std::time::Duration;

use crate::simulator::providers::{Clock, HostConfig};
use crate::wsman::{self, Fault, ReplyError};
use crate::xml::uri;

use super::caller::Caller;
use super::dispatch::{Answer, Service};
use super::hosts::Hosts;
use super::limits::ENUMERATION_TIMEOUT;
use super::state::Outcome;

pub(crate) const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2";
pub(crate) const CIMV2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2";
pub(crate) const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2";
pub(crate) const WEB01: &str = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000001";

/// A service whose jobs take 100 seconds of a clock that stands still.
pub(crate) fn service() -> Service {
    service_with(0, ENUMERATION_TIMEOUT)
}

/// The same, with instances of the synthetic class, and another time between two pulls.
pub(crate) fn service_with(synthetic: u32, idle: Duration) -> Service {
    let config = HostConfig {
        pace: Duration::from_secs(100),
        synthetic,
        ..HostConfig::default()
    };
    let site = Arc::new(Hosts::new(Clock::new(0.0)));
    Service::new(&config, idle, &site).unwrap()
}

pub(crate) fn operator() -> Caller {
    Caller {
        name: r"SIM\operator".to_owned(),
        may_invoke: true,
    }
}

pub(crate) fn reader() -> Caller {
    Caller {
        name: r"SIM\reader".to_owned(),
        may_invoke: false,
    }
}

/// An envelope with every header that Windows wants.
pub(crate) fn message(
    action: &str,
    resource: &str,
    selectors: &[(&str, &str)],
    body: &str,
) -> String {
    let selectors: String = selectors
        .iter()
        .map(|(name, value)| format!("<w:Selector Name=\"{name}\">{value}</w:Selector>"))
        .collect();
    let selectors = if selectors.is_empty() {
        selectors
    } else {
        format!("<w:SelectorSet>{selectors}</w:SelectorSet>")
    };
    format!(
        "<s:Envelope xmlns:s=\"{}\" xmlns:a=\"{}\" xmlns:w=\"{}\" xmlns:n=\"{}\" xmlns:p=\"{}\" xmlns:cim=\"{}\" \
         xmlns:xsi=\"{}\"><s:Header><a:To>http://127.0.0.1/wsman</a:To>\
         <w:ResourceURI s:mustUnderstand=\"true\">{resource}</w:ResourceURI>\
         <a:ReplyTo><a:Address s:mustUnderstand=\"true\">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous\
         </a:Address></a:ReplyTo><a:Action s:mustUnderstand=\"true\">{action}</a:Action>\
         <w:MaxEnvelopeSize s:mustUnderstand=\"true\">153600</w:MaxEnvelopeSize>\
         <a:MessageID>uuid:11111111-2222-3333-4444-555555555555</a:MessageID>\
         <w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>{selectors}\
         <w:OperationTimeout>PT60S</w:OperationTimeout></s:Header><s:Body>{body}</s:Body></s:Envelope>",
        uri::SOAP,
        uri::ADDRESSING,
        uri::WSMAN,
        uri::ENUMERATION,
        uri::WINRM,
        uri::CIM,
        uri::XSI,
    )
}

pub(crate) fn get(resource: &str, selectors: &[(&str, &str)]) -> String {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    message(action, resource, selectors, "")
}

/// A Get that succeeds.
pub(crate) fn get_web01() -> String {
    let keys = [
        ("CreationClassName", "Msvm_ComputerSystem"),
        ("Name", WEB01),
    ];
    get(&format!("{V2}/Msvm_ComputerSystem"), &keys)
}

pub(crate) fn enumeration(action: &str, resource: &str, body: &str) -> String {
    let action = format!("http://schemas.xmlsoap.org/ws/2004/09/enumeration/{action}");
    message(&action, resource, &[], body)
}

/// An Enumerate by WQL, with more elements in it.
pub(crate) fn query(wql: &str, more: &str) -> String {
    let wql = wql.replace('&', "&amp;").replace('<', "&lt;");
    let filter = format!(
        "<n:Enumerate>{more}<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">{wql}</w:Filter>\
         </n:Enumerate>"
    );
    enumeration("Enumerate", &format!("{V2}/*"), &filter)
}

/// A StartReplication with these parameters, each an element with the prefix `r`.
pub(crate) fn start(parameters: &str) -> String {
    let resource = format!("{V2}/Msvm_ReplicationService");
    let body = format!(
        "<r:StartReplication_INPUT xmlns:r=\"{resource}\">{parameters}</r:StartReplication_INPUT>"
    );
    let keys = [("CreationClassName", "Msvm_ReplicationService")];
    message(
        &format!("{resource}/StartReplication"),
        &resource,
        &keys,
        &body,
    )
}

/// The parts of a reference to a virtual machine.
pub(crate) fn reference(id: &str) -> String {
    format!(
        "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{V2}/Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>\
         <w:Selector Name=\"Name\">{id}</w:Selector></w:SelectorSet></a:ReferenceParameters>"
    )
}

/// The parameters of a start of web01 over the network.
pub(crate) fn start_web01() -> String {
    format!(
        "<r:ComputerSystem>{}</r:ComputerSystem><r:InitialReplicationType>1</r:InitialReplicationType>",
        reference(WEB01)
    )
}

impl Service {
    pub(crate) fn ask(&self, message: &str) -> Answer {
        self.tell(message.as_bytes(), None, &operator())
    }

    /// Answers a message, without waiting for events.
    pub(crate) fn tell(&self, message: &[u8], charset: Option<&str>, caller: &Caller) -> Answer {
        match self.begin(message, charset, caller) {
            Outcome::Done(answer) => answer,
            Outcome::Pending(pull) => match self.try_answer(&pull) {
                Some(answer) => answer,
                None => self.time_out(&pull),
            },
        }
    }

    /// The answer to a message that must be answered.
    pub(crate) fn answered(&self, message: &str) -> String {
        let answer = self.ask(message);
        assert!(!answer.is_fault, "{}", answer.envelope);
        answer.envelope
    }

    /// The subcode and the code of the fault that a message must be refused with.
    pub(crate) fn refused(&self, message: &str) -> (String, u32) {
        let fault = self.ask(message).fault();
        let subcode = fault
            .subcode()
            .map_or_else(|| fault.code().to_owned(), str::to_owned);
        (subcode, fault.wsman_code().unwrap())
    }
}

impl Answer {
    pub(crate) fn fault(&self) -> Fault {
        assert!(self.is_fault, "{}", self.envelope);
        match wsman::instance(&self.envelope, "") {
            Err(ReplyError::Fault(fault)) => *fault,
            other => panic!("{other:?}: {}", self.envelope),
        }
    }
}
