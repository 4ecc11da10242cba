//! The configuration of the service, which can be read and not changed (MS-WSMV 2.2.4.10, 2.2.4.36).
//!
//! It has the limits of the service. The parts for clients, shells, authentication and listeners are left out.

use std::time::Duration;

use crate::wsman::server_side::uris;

use super::fault::{self, Refusal};
use super::limits::{
    MAX_BATCH, MAX_CONNECTIONS, MAX_ENVELOPE_SIZE, MAX_OPEN, MAX_RETRIEVAL, MAX_TIMEOUT, NO_LIMIT,
};
use super::request::Request;
use super::resource::CONFIGURATION;
use super::response::respond;

/// Answers with the configuration. `idle` is its `EnumerationTimeoutms`.
pub(crate) fn get(request: Request<'_>, idle: Duration) -> Result<String, Refusal> {
    request.body.pass_over()?;
    let head = request.head;
    if !head.selectors.is_empty() {
        return Err(fault::UNEXPECTED_SELECTOR);
    }
    let of_all = [
        (
            "cfg:MaxEnvelopeSizekb",
            (MAX_ENVELOPE_SIZE / 1_024).to_string(),
        ),
        ("cfg:MaxTimeoutms", MAX_TIMEOUT.as_millis().to_string()),
        ("cfg:MaxBatchItems", MAX_BATCH.to_string()),
        ("cfg:MaxProviderRequests", NO_LIMIT.to_string()),
    ];
    let of_service = [
        ("cfg:MaxConcurrentOperations", NO_LIMIT.to_string()),
        ("cfg:MaxConcurrentOperationsPerUser", MAX_OPEN.to_string()),
        ("cfg:EnumerationTimeoutms", idle.as_millis().to_string()),
        ("cfg:MaxConnections", MAX_CONNECTIONS.to_string()),
        (
            "cfg:MaxPacketRetrievalTimeSeconds",
            MAX_RETRIEVAL.as_secs().to_string(),
        ),
    ];
    respond(&head, uris::GET, |writer| {
        writer.start("cfg:Config", &[("xmlns:cfg", CONFIGURATION)])?;
        for (name, value) in &of_all {
            writer.element(name, &[], value)?;
        }
        writer.start("cfg:Service", &[])?;
        for (name, value) in &of_service {
            writer.element(name, &[], value)?;
        }
        writer.end()?;
        writer.end()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::*;
    use super::CONFIGURATION;

    #[test]
    fn the_configuration_says_what_is_kept() {
        let service = service_with(0, Duration::from_secs(7));
        let answer = service.answered(&get(CONFIGURATION, &[]));
        let config = "<cfg:Config xmlns:cfg=\"http://schemas.microsoft.com/wbem/wsman/1/config\">\
            <cfg:MaxEnvelopeSizekb>500</cfg:MaxEnvelopeSizekb><cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms>\
            <cfg:MaxBatchItems>32000</cfg:MaxBatchItems><cfg:MaxProviderRequests>4294967295</cfg:MaxProviderRequests>\
            <cfg:Service><cfg:MaxConcurrentOperations>4294967295</cfg:MaxConcurrentOperations>\
            <cfg:MaxConcurrentOperationsPerUser>1500</cfg:MaxConcurrentOperationsPerUser>\
            <cfg:EnumerationTimeoutms>7000</cfg:EnumerationTimeoutms><cfg:MaxConnections>300</cfg:MaxConnections>\
            <cfg:MaxPacketRetrievalTimeSeconds>120</cfg:MaxPacketRetrievalTimeSeconds></cfg:Service></cfg:Config>";
        assert!(answer.contains(config), "{answer}");
    }

    #[test]
    fn administrators_may_read_it_and_it_cannot_be_changed() {
        let service = service();
        let ask = get(CONFIGURATION, &[]);
        let denied = service.tell(ask.as_bytes(), None, &reader()).fault();
        assert_eq!(denied.wsman_code(), Some(5));
        let keys = [("Name", "x")];
        let refused = service.refused(&get(CONFIGURATION, &keys));
        assert_eq!(refused, ("InvalidSelectors".to_owned(), 0x8033_805B));
        let refused = service.refused(&ask.replace("transfer/Get", "transfer/Put"));
        assert_eq!(refused, ("ActionNotSupported".to_owned(), 0x8033_8013));
    }
}
