//! The command that watches jobs on.

use cimwire::cim::ClassPath;
use cimwire::job::JobReference;

use super::excerpt;

/// The command that watches jobs, to be pasted into a shell.
#[derive(Clone, Debug)]
pub(crate) struct WatchCommand {
    /// The options of the connection as a shell reads them; `None` if no other run can reach the host.
    pub(crate) options: Option<Vec<String>>,
    /// The class of a job that is named by its id alone.
    pub(crate) class: ClassPath,
}

impl WatchCommand {
    /// Returns the command for these jobs.
    pub(crate) fn of<'j>(
        &self,
        jobs: impl IntoIterator<Item = &'j JobReference>,
    ) -> Option<String> {
        let mut words = vec!["cimwire".to_owned()];
        words.extend(self.options.clone()?);
        words.extend(["job".to_owned(), "watch".to_owned()]);
        words.extend(jobs.into_iter().map(|job| quoted(&self.argument(job))));
        Some(words.join(" "))
    }

    /// Returns a job as an argument of `job watch`: its id alone if its class is that of Hyper-V's jobs.
    pub(crate) fn argument(&self, job: &JobReference) -> String {
        if *job.as_reference().class() == self.class {
            job.id().to_owned()
        } else {
            job.to_string()
        }
    }

    /// Returns the same as far as a message shows it.
    pub(crate) fn name(&self, job: &JobReference) -> String {
        excerpt(&self.argument(job))
    }
}

/// Returns a word as a POSIX shell reads it back, and PowerShell too if it has no quotation mark.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted() {
        assert_eq!(quoted("https://hv01:5986/wsman"), "https://hv01:5986/wsman");
        let job = "http://hv01:5985/root/x:V_Job.InstanceID=%22A%22";
        assert_eq!(quoted(job), job);
        assert_eq!(quoted(r"EXAMPLE\operator"), r"'EXAMPLE\operator'");
        assert_eq!(quoted("it's $(true)"), r"'it'\''s $(true)'");
        // PowerShell reads a bare comma as the end of an element.
        assert_eq!(quoted("a,b"), "'a,b'");
        assert_eq!(quoted(""), "''");
    }
}
