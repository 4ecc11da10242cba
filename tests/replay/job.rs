//! `CIM_ConcreteJob`, as Windows has it.

use cimwire::hyperv::{ReturnCode, explain_job_failure};
use cimwire::job::{Job, JobFailure, JobReference, JobState, JobWatcher, Verdict};
use cimwire::{ErrorKind, FaultKind};

use super::{Scene, chain};

fn reference(id: &str) -> JobReference {
    JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", id)
}

#[tokio::test(start_paused = true)]
async fn failed() {
    let scene = Scene::open("job-failed");
    let job = Job::new(
        &scene.client,
        reference("B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E107"),
    )
    .unwrap();
    let error = job.wait().await.unwrap_err();
    assert!(chain(&error).ends_with(" (12029) (error code 32768)"));
    let error = explain_job_failure(error);
    assert_eq!(
        (error.kind(), error.host()),
        (ErrorKind::JobFailed, Some("hv01.example"))
    );
    assert_eq!(
        chain(&error),
        "job \"Starting initial replication\" failed: The initial replication of \"fail01\" could not start: the \
         replica server hv02.example cannot be reached. (12029) (error code 32768, failed)"
    );
    assert_eq!(
        error.hint(),
        Some(
            "Check that the replica server is on.; Check the firewall rule \"Hyper-V Replica HTTP Listener\"."
        )
    );

    let failure = error.cause::<JobFailure>().unwrap();
    let status = failure.status();
    assert_eq!(
        (status.state, status.error_code),
        (JobState::Exception, Some(32768))
    );
    assert_eq!(ReturnCode::of_job(status), Some(ReturnCode::Failed));
    assert_eq!(
        (status.verdict(), status.reference.id()),
        (Verdict::Failed, "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E107")
    );
    assert_eq!(
        status.error_summary,
        "The initial replication could not start."
    );
    assert_eq!(status.percent_complete, Some(10));
    let [first, second] = failure.errors() else {
        panic!("{failure:?}")
    };
    assert_eq!(first.class_name(), "Msvm_Error");
    assert_eq!(
        first.get("Message"),
        Ok("The initial replication of <fail01> could not start & was given up.".to_owned())
    );
    assert_eq!(first.get("MessageID"), Ok("29240".to_owned()));
    assert_eq!(first.get("CIMStatusCode"), Ok(1u32));
    assert_eq!(first.get::<Option<String>>("OwningEntity"), Ok(None));
    assert_eq!(first.get("RecommendedActions"), Ok(Vec::<String>::new()));
    assert_eq!(second.get("MessageID"), Ok("32022".to_owned()));
    assert_eq!(
        second.get("RecommendedActions"),
        Ok(vec![
            "Check that the replica server is on.".to_owned(),
            "Check the firewall rule \"Hyper-V Replica HTTP Listener\".".to_owned()
        ])
    );
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn completed_with_warnings() {
    let scene = Scene::open("job-warnings");
    let job = Job::new(
        &scene.client,
        reference("B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E108"),
    )
    .unwrap();
    let status = job.wait().await.unwrap();
    assert_eq!(status.state, JobState::CompletedWithWarnings);
    assert_eq!(status.verdict(), Verdict::SucceededWithWarnings);
    assert_eq!(status.error_summary, "Two disks are not replicated.");
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn vanished() {
    let scene = Scene::open("job-vanished");
    let job = Job::new(
        &scene.client,
        reference("B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E109"),
    )
    .unwrap();
    let mut progress = job.progress();
    let running = progress.next().await.unwrap().unwrap();
    assert_eq!(
        (running.state, running.percent_complete),
        (JobState::Running, Some(30))
    );
    let error = progress.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.host()),
        (ErrorKind::OutcomeUnknown, Some("hv01.example"))
    );
    assert_eq!(
        error.to_string(),
        "job B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E109 vanished before its end was seen"
    );
    assert!(error.hint().is_some());
    assert!(progress.next().await.is_none());
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn cancelled() {
    let scene = Scene::open("job-cancelled");
    let job = Job::new(
        &scene.client,
        reference("B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E10A"),
    )
    .unwrap();
    assert_eq!(job.status().await.unwrap().state, JobState::Running);
    job.cancel().await.unwrap();
    let error = job.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobCancelled);
    assert_eq!(
        error.to_string(),
        "job \"Starting initial replication\" was cancelled"
    );
    let failure = error.cause::<JobFailure>().unwrap();
    assert_eq!(failure.status().state, JobState::Terminated);
    assert!(failure.errors().is_empty());
    scene.finish();
}

/// The host of a reference is compared, without regard to case, and never selects where a request goes.
#[tokio::test(start_paused = true)]
async fn a_reference_of_another_host_is_an_error() {
    let scene = Scene::open("job-cancelled");
    assert_eq!(scene.client.endpoint(), "http://hv01.example:5985/wsman");
    let path = "root/virtualization/v2:Msvm_ConcreteJob.InstanceID=%22B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E10A%22";
    let job = |service: &str| -> JobReference { format!("{service}/{path}").parse().unwrap() };
    for service in [
        "http://HV01.Example:5985",
        "http://hv01.example:5985",
        "http://hv01.example",
    ] {
        let job = Job::new(&scene.client, job(service)).unwrap();
        let text = format!("http://hv01.example:5985/{path}");
        assert_eq!(job.reference().to_string(), text);
    }
    for service in [
        "http://hv02.example:5985",
        "https://hv01.example:5985",
        "http://hv01.example:5986",
        "http://hv01:5985",
        "http://hv01.example:80",
        "http://hv01.example:5985/hv01/wsman/",
    ] {
        let error = Job::new(&scene.client, job(service)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "could not find job B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E10A here: it is a job of {service}, and the \
                 client is connected to http://hv01.example:5985/wsman"
            )
        );
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(error.hint(), Some("connect to the host of the job"));
        assert_eq!(error.host(), Some("hv01.example"));
        assert!(JobWatcher::new(&scene.client, [job(service)]).is_err());
    }
    let mut watcher = JobWatcher::new(&scene.client, [job("http://hv01.example")]).unwrap();
    let event = watcher.next().await.unwrap().unwrap();
    assert_eq!(event.job, job("http://hv01.example"), "as it was given");
    assert_eq!(event.status.unwrap().state, JobState::Running);
}

#[tokio::test(start_paused = true)]
async fn one_bad_property_harms_one_job() {
    let scene = Scene::open("job-bad-property");
    let jobs = [
        "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E10B",
        "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E10C",
    ];
    let mut watcher = JobWatcher::new(&scene.client, jobs.map(reference)).unwrap();

    let good = watcher.next().await.unwrap().unwrap();
    assert_eq!(good.job.id(), jobs[0]);
    let status = good.status.unwrap();
    assert_eq!(status.state, JobState::Completed);
    // The projection does not name its class.
    assert_eq!(status.reference, reference(jobs[0]));
    assert_eq!(
        status.start_time,
        Some("2026-03-03T08:00:00.125Z".parse().unwrap())
    );
    assert_eq!(status.elapsed, Some("PT2.093S".parse().unwrap()));

    let bad = watcher.next().await.unwrap().unwrap();
    assert_eq!(bad.job.id(), jobs[1]);
    let error = bad.status.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::SchemaValidation));
    assert_eq!(error.host(), Some("hv01.example"));
    let provider = error.fault().unwrap().provider_fault().unwrap();
    assert_eq!(
        (provider.provider(), provider.code()),
        (
            "WMIv1 plugin for Windows Remote Management",
            Some(0x8033_8041)
        )
    );
    assert!(watcher.next().await.is_none());
    scene.finish();
}
