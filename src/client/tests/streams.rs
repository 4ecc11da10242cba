//! Streams: their pages, their ends, and prefetching.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;

use super::script::{Host, page_for};
use super::{envelope, fault};
use crate::cim::Instance;
use crate::error::{Error, ErrorKind};
use crate::transport::{BoxFuture, Request, Response, Transport};
use crate::wsman::FaultKind;
use crate::{Client, Items};

/// Returns a page with the items of these numbers and this context.
fn page(numbers: impl IntoIterator<Item = u32>, context: Option<&str>) -> String {
    let items: String = numbers.into_iter().map(item).collect();
    let rest = match context {
        Some(context) => format!("<n:EnumerationContext>{context}</n:EnumerationContext>"),
        None => "<n:EndOfSequence/>".to_owned(),
    };
    envelope(&format!(
        "<n:Page>{rest}<n:Items>{items}</n:Items></n:Page>"
    ))
}

fn item(number: u32) -> String {
    format!(
        "<p:S xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/S\"><p:N>{number}</p:N></p:S>"
    )
}

fn stream(host: &Host) -> Items<Instance> {
    host.client().namespace("root/x").enumerate("S")
}

fn number(item: Option<Result<Instance, Error>>) -> u32 {
    item.unwrap().unwrap().get("N").unwrap()
}

/// Returns the requests in short form: `Enumerate`, `Pull a`, `Release a`.
fn asked(host: &Host) -> Vec<String> {
    let short = host.asked().into_iter().map(|body| {
        let name = body.trim_start_matches("<n:").split('>').next().unwrap();
        let context = body.split("<n:EnumerationContext>").nth(1);
        let context = context.map(|rest| rest.split('<').next().unwrap());
        match context {
            Some(context) => format!("{name} {context}"),
            None => name.to_owned(),
        }
    });
    short.collect()
}

#[tokio::test]
async fn a_page_ahead_is_asked_for_when_one_has_come_and_no_other() {
    let host = Host::answering([
        page([1, 2], Some("a")),
        page([3, 4], Some("b")),
        page([5], None),
    ]);
    let mut services = stream(&host).prefetch(true);
    tokio::task::yield_now().await;
    assert!(host.asked().is_empty(), "nothing is sent before it is read");
    assert_eq!(number(services.next().await), 1);
    host.asked_times(2).await;
    // Page 2 is ready, and page 3 must not be requested before page 1 is used up.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(asked(&host), ["Enumerate", "Pull a"]);
    assert_eq!(number(services.next().await), 2);
    assert_eq!(asked(&host), ["Enumerate", "Pull a"]);
    assert_eq!(number(services.next().await), 3);
    host.asked_times(3).await;
    let rest = services.collect().await.unwrap();
    assert_eq!(rest.len(), 2);
    assert_eq!(asked(&host), ["Enumerate", "Pull a", "Pull b"]);
}

#[tokio::test]
async fn without_it_a_page_is_asked_for_when_the_last_is_used_up() {
    let host = Host::answering([page([1], Some("a")), page([2], None)]);
    let mut services = stream(&host);
    assert_eq!(number(services.next().await), 1);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(asked(&host), ["Enumerate"]);
}

#[tokio::test]
async fn an_error_of_a_page_ahead_comes_after_the_items_before_it() {
    for (answer, kind) in [
        (fault("AccessDenied", 5), ErrorKind::Fault),
        ("no envelope".to_owned(), ErrorKind::Answer),
    ] {
        let host = Host::answering([page([1, 2], Some("a")), answer, page([], None)]);
        let mut services = stream(&host).prefetch(true);
        assert_eq!(number(services.next().await), 1);
        host.asked_times(2).await;
        assert_eq!(number(services.next().await), 2);
        let error = services.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(services.next().await.is_none());
        host.asked_times(3).await;
        assert_eq!(asked(&host)[2], "Release a");
    }
}

#[tokio::test]
async fn a_stream_given_up_releases_the_newest_context() {
    for ahead in [true, false] {
        for dropped in [true, false] {
            let host = Host::answering([page([1], Some("a")), page([2], Some("b")), envelope("")]);
            host.hold_back(1);
            let mut services = stream(&host).prefetch(ahead);
            assert_eq!(number(services.next().await), 1);
            if !ahead {
                // The second page is requested, and cancelled before it arrives.
                let given_up = tokio::time::timeout(Duration::ZERO, services.next()).await;
                assert!(given_up.is_err());
            }
            host.asked_times(2).await;
            if dropped {
                drop(services);
                host.let_go(2);
            } else {
                host.let_go(2);
                services.release().await.unwrap();
            }
            host.asked_times(3).await;
            assert_eq!(asked(&host), ["Enumerate", "Pull a", "Release b"]);
            assert_eq!(host.most_at_once(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_come_is_not_waited_for_when_a_stream_is_given_up() {
    let host = Host::answering([page([1], Some("a")), page([2], Some("b")), envelope("")]);
    host.hold_back(1);
    let mut services = stream(&host).prefetch(true);
    assert_eq!(number(services.next().await), 1);
    host.asked_times(2).await;
    drop(services);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(asked(&host), ["Enumerate", "Pull a", "Release a"]);
}

#[tokio::test]
async fn the_first_page_may_be_given_up_too() {
    let host = Host::answering([page([1], Some("a")), envelope("")]);
    host.hold_back(0);
    let mut services = stream(&host);
    let given_up = tokio::time::timeout(Duration::ZERO, services.next()).await;
    assert!(given_up.is_err());
    drop(services);
    host.let_go(2);
    host.asked_times(2).await;
    assert_eq!(asked(&host), ["Enumerate", "Release a"]);
}

/// Returns the MaxElements of the requests.
fn max_elements(host: &Host) -> Vec<Option<u32>> {
    let bodies = host.asked().into_iter();
    let numbers = bodies.map(|body| {
        let rest = body.split("MaxElements>").nth(1)?;
        rest.split('<').next()?.parse().ok()
    });
    numbers.collect()
}

#[tokio::test]
async fn a_stream_ends_at_its_limit_and_releases_the_enumeration() {
    for (ahead, limit) in [(true, 2), (false, 2), (true, 3), (false, 3)] {
        let host = Host::answering([
            page([1, 2], Some("a")),
            page([3, 4], Some("b")),
            envelope(""),
        ]);
        let mut services = stream(&host).prefetch(ahead).page_size(2).limit(limit);
        let mut numbers = Vec::new();
        while let Some(item) = services.next().await {
            numbers.push(number(Some(item)));
        }
        assert!(services.next().await.is_none());
        // The release has been answered by then, not only sent.
        let (all, requests, sizes) = match limit {
            2 => (
                &[1, 2][..],
                &["Enumerate", "Release a"][..],
                &[Some(2), None][..],
            ),
            _ => (
                &[1, 2, 3][..],
                &["Enumerate", "Pull a", "Release b"][..],
                &[Some(2), Some(1), None][..],
            ),
        };
        assert_eq!(numbers, all);
        assert_eq!(asked(&host), requests);
        assert_eq!(
            max_elements(&host),
            sizes,
            "no more are requested than are needed"
        );
    }
}

#[tokio::test]
async fn a_limit_at_the_end_of_the_enumeration_releases_nothing() {
    for limit in [2, 3] {
        let host = Host::answering([page([1, 2], None)]);
        let all = stream(&host).limit(limit).collect().await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(asked(&host), ["Enumerate"]);
    }
    let host = Host::answering([]);
    let none = stream(&host).limit(0).collect().await.unwrap();
    assert!(none.is_empty() && host.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_release_at_the_limit_is_waited_for_five_seconds() {
    let host = Host::answering([page([1], Some("a")), envelope("")]);
    host.hold_back(1);
    let mut services = stream(&host).limit(1);
    assert_eq!(number(services.next().await), 1);
    let begin = tokio::time::Instant::now();
    assert!(services.next().await.is_none());
    assert_eq!(begin.elapsed().as_secs(), 5);
    assert_eq!(asked(&host), ["Enumerate", "Release a"]);
}

#[tokio::test]
async fn items_that_a_filter_leaves_out_do_not_count_towards_the_limit() {
    let host = Host::answering([
        page([2], Some("a")),
        page([3, 1, 1], Some("b")),
        envelope(""),
    ]);
    let matching = host
        .client()
        .namespace("root/x")
        .matching("S", [("N", "1")]);
    let all = matching.page_size(9).limit(1).collect().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(asked(&host), ["Enumerate", "Pull a", "Release b"]);
    // A host that ignores the filter is asked for whole pages.
    assert_eq!(max_elements(&host)[1], Some(9));
}

#[tokio::test]
async fn what_is_over_is_not_released() {
    let host = Host::answering([page([1], None)]);
    let mut services = stream(&host).prefetch(true);
    assert_eq!(number(services.next().await), 1);
    services.release().await.unwrap();
    stream(&host).release().await.unwrap();
    assert_eq!(asked(&host), ["Enumerate"]);
}

#[tokio::test]
async fn a_broken_item_is_named_after_those_before_it() {
    let broken = "<p:S xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/S\"><p:N>4<p:M/></p:S>";
    let first = page([1, 2], Some("a"));
    let second = page([3], Some("b")).replace("</n:Items>", &format!("{broken}</n:Items>"));
    let host = Host::answering([first, second, envelope("")]);
    let mut services = stream(&host).prefetch(true);
    for expected in [1, 2, 3] {
        assert_eq!(number(services.next().await), expected);
    }
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert_eq!(error.to_string(), "could not read item 4 of root/x:S");
    assert!(services.next().await.is_none());
    host.asked_times(3).await;
    assert_eq!(asked(&host)[2], "Release b");
}

#[tokio::test]
async fn an_item_of_another_kind_ends_the_stream() {
    let reference =
        "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"/>";
    let first = page([1, 2, 3], Some("a")).replace(&item(2), reference);
    let host = Host::answering([first, envelope("")]);
    let mut services = stream(&host);
    assert_eq!(number(services.next().await), 1);
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    let expected = "item 2 of root/x:S is not of the requested kind";
    assert_eq!(error.to_string(), expected);
    assert!(services.next().await.is_none());
    host.asked_times(2).await;
    assert_eq!(asked(&host), ["Enumerate", "Release a"]);
}

#[tokio::test]
async fn an_expired_enumeration_says_after_how_many_items() {
    for ahead in [true, false] {
        // 0x8033801B: the host no longer knows the enumeration, so there is nothing to release.
        let expired = fault("InvalidEnumerationContext", 2_150_858_779);
        let host = Host::answering([page([1, 2], Some("a")), expired]);
        let mut services = stream(&host).prefetch(ahead);
        number(services.next().await);
        number(services.next().await);
        let error = services.next().await.unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the host ended the enumeration of root/x:S after 2 items"
        );
        assert_eq!(
            error.fault_kind(),
            Some(FaultKind::InvalidEnumerationContext)
        );
        assert!(error.hint().unwrap().contains("without long pauses"));
        assert!(services.next().await.is_none());
        assert_eq!(asked(&host), ["Enumerate", "Pull a"]);
    }
}

/// Uses the fault of OMI for an unknown context, as its captures of a Pull after the end and after a Release show.
#[tokio::test]
async fn an_enumeration_that_omi_has_forgotten_says_after_how_many_items() {
    let forgotten = envelope(
        "<s:Fault xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><s:Code><s:Value>s:Sender</s:Value>\
         <s:Subcode><s:Value>a:DestinationUnreachable</s:Value></s:Subcode></s:Code><s:Reason>\
         <s:Text xml:lang=\"en-US\">Enumeration context not found</s:Text></s:Reason></s:Fault>",
    );
    let host = Host::answering([page([1, 2], Some("a")), forgotten]);
    let mut services = stream(&host);
    number(services.next().await);
    number(services.next().await);
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host ended the enumeration of root/x:S after 2 items"
    );
    assert!(error.hint().unwrap().contains("without long pauses"));
    drop(services);
    tokio::task::yield_now().await;
    assert_eq!(asked(&host), ["Enumerate", "Pull a"]);
}

#[tokio::test]
async fn a_pull_that_timed_out_goes_on_with_the_same_context() {
    let timed_out = || fault("TimedOut", 2_150_858_780);
    let host = Host::answering([
        page([1], Some("a")),
        timed_out(),
        timed_out(),
        page([2], None),
    ]);
    assert_eq!(stream(&host).collect().await.unwrap().len(), 2);
    assert_eq!(asked(&host), ["Enumerate", "Pull a", "Pull a", "Pull a"]);
    // The first request of an enumeration has no context yet.
    let host = Host::answering([timed_out()]);
    let error = stream(&host).collect().await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::TimedOut));
    assert_eq!(asked(&host), ["Enumerate"]);
}

/// Ten consecutive pulls may time out, each after an operation timeout; the eleventh is an error.
#[tokio::test]
async fn pulls_that_time_out_without_an_end_are_given_up() {
    let timed_out = |times| (0..times).map(|_| fault("TimedOut", 2_150_858_780));
    let some = [page([1], Some("a"))].into_iter();
    let rest = || [page([2], Some("b"))].into_iter();
    let host = Host::answering(some.clone().chain(timed_out(11)).chain(rest()));
    let mut services = stream(&host);
    assert_eq!(number(services.next().await), 1);
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::TimedOut));
    let pulls = asked(&host)
        .iter()
        .filter(|asked| *asked == "Pull a")
        .count();
    assert_eq!(pulls, 11);
    // A page in between resets the count.
    let twice = some.chain(timed_out(10)).chain(rest()).chain(timed_out(10));
    let host = Host::answering(twice.chain([page([3], None)]));
    assert_eq!(stream(&host).collect().await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_the_envelope_says_what_helps() {
    let host = Host::answering([
        page([1], Some("a")),
        fault("EncodingLimit", 2_150_858_790),
        envelope(""),
    ]);
    let mut services = stream(&host);
    number(services.next().await);
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::EnvelopeTooLarge));
    assert_eq!(
        error.hint(),
        Some("request fewer items or properties, or raise the envelope size")
    );
}

#[tokio::test]
async fn empty_results_and_empty_pages() {
    for ahead in [true, false] {
        let host = Host::answering([page([], None)]);
        let all = stream(&host).prefetch(ahead).collect().await.unwrap();
        assert_eq!(all, []);
        let host = Host::answering([page([], Some("a")), page([7], Some("b")), page([], None)]);
        let all = stream(&host).prefetch(ahead).collect().await.unwrap();
        assert_eq!(all.len(), 1);
    }
}

#[tokio::test]
async fn the_size_of_a_page_is_the_streams_own() {
    let host = Host::answering([page([1], Some("a")), page([2], None)]);
    stream(&host).page_size(7).collect().await.unwrap();
    let asked = host.asked();
    assert!(asked[0].contains("<w:MaxElements>7</w:MaxElements>"));
    assert!(asked[1].contains("<n:MaxElements>7</n:MaxElements>"));
}

/// A class with many instances, created page by page.
#[derive(Default)]
struct Large {
    made: AtomicUsize,
    taken: AtomicUsize,
    /// The maximum number of items that were created and not yet taken.
    most: AtomicUsize,
    /// The responses that are still in memory.
    bodies: Arc<Mutex<Vec<std::sync::Weak<()>>>>,
}

/// The bytes of a response, with a marker that shows when they are freed.
struct Body(
    Vec<u8>,
    #[expect(dead_code, reason = "it lives as long as the bytes")] Arc<()>,
);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

const INSTANCES: usize = 100_000;
const PAGE: usize = 500;

impl Transport for Large {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<Response, crate::transport::Error>> {
        let first = self.made.fetch_add(PAGE, Ordering::SeqCst);
        let last = first + PAGE;
        self.most
            .fetch_max(last - self.taken.load(Ordering::SeqCst), Ordering::SeqCst);
        let more = (last < INSTANCES).then_some("c");
        let numbers = (first..last).map(|number| u32::try_from(number).unwrap());
        let alive = Arc::new(());
        let mut bodies = self.bodies.lock().unwrap();
        bodies.retain(|body| body.strong_count() > 0);
        bodies.push(Arc::downgrade(&alive));
        assert!(bodies.len() <= 2, "{} answers in memory", bodies.len());
        let asked = std::str::from_utf8(&request.envelope).unwrap();
        let page = page_for(asked, &page(numbers, more));
        let body = Bytes::from_owner(Body(page.into_bytes(), alive));
        Box::pin(async move {
            Ok(Response {
                status: 200,
                charset: None,
                body,
                authenticated: true,
            })
        })
    }
}

#[tokio::test]
async fn memory_stays_flat() {
    for (ahead, pages) in [(false, 1), (true, 2)] {
        let host = Arc::new(Large::default());
        let client = Client::over(Arc::clone(&host));
        let mut services = client
            .namespace("root/x")
            .enumerate("S")
            .page_size(u32::try_from(PAGE).unwrap())
            .prefetch(ahead);
        let mut expected = 0;
        while let Some(service) = services.next().await {
            assert_eq!(number(Some(service)), expected);
            expected += 1;
            host.taken.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
        assert_eq!(expected, u32::try_from(INSTANCES).unwrap());
        // The caller holds the last item of the current page when the next page is requested.
        let most = host.most.load(Ordering::SeqCst);
        assert!(most <= pages * PAGE, "{most} items");
        // Otherwise the bound would also hold for a stream without prefetching.
        assert!(most > (pages - 1) * PAGE, "{most} items");
    }
}
