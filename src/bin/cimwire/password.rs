//! The password of the user: from a file, standard input, the environment, a command, or a prompt.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use cimwire::{Secret, printable};
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::files::{self, INITIAL_SIZE};
use crate::output::report::{Failure, Problem};
use crate::session::{Session, unless_interrupted};

/// Returns the password that the options lead to without asking; `None` if they lead to none.
///
/// # Errors
///
/// Returns an error if the file, the variable or the command yields no password.
pub(crate) async fn given(session: &Session) -> Result<Option<Secret>, Failure> {
    let options = &session.connection;
    match options.password_file.as_deref() {
        Some(path) if path == Path::new("-") => return from_stdin(session).await,
        Some(path) => return from_file(path).map(Some),
        None => {}
    }
    match std::env::var(VARIABLE) {
        Ok(password) if !password.is_empty() => return Ok(Some(password.into())),
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(Problem::usage(format!("{VARIABLE} is not UTF-8")).into());
        }
        _ => {}
    }
    match &options.password_command {
        Some(command) => from_command(session, command).await.map(Some),
        None => Ok(None),
    }
}

/// Reports whether the environment holds a password.
pub(crate) fn is_in_the_environment() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|password| !password.is_empty())
}

/// Asks the user at the terminal for the password.
///
/// # Errors
///
/// Returns an error if there is no terminal, or the user interrupts.
pub(crate) async fn asked(user: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Problem::usage("no password is given").hint(WAYS).into());
    }
    from_terminal(user).await
}

fn from_file(path: &Path) -> Result<Secret, Failure> {
    let bytes = Zeroizing::new(files::read(path, BOUND, "--password-file")?);
    let password = first_line(&bytes, &path.display().to_string())?;
    files::warn_if_shared(path, "password");
    Ok(password)
}

/// Returns the first line of standard input; `None` if that is a terminal, where a prompt shows no password.
async fn from_stdin(session: &Session) -> Result<Option<Secret>, Failure> {
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut line = Zeroizing::new(Vec::with_capacity(INITIAL_SIZE));
        let stdin = io::stdin().lock();
        stdin.take(BOUND).read_until(b'\n', &mut line)?;
        Ok::<_, io::Error>(line)
    });
    let read = async { Ok::<_, Failure>(read.await) };
    match unless_interrupted(session, read).await? {
        Ok(Ok(line)) => Ok(Some(first_line(&line, "standard input")?)),
        Ok(Err(error)) => {
            let what = format!("could not read the password from standard input: {error}");
            Err(Problem::usage(what).into())
        }
        Err(_) => Err(Problem::new(Exit::Failure, "could not read standard input").into()),
    }
}

/// Runs a command without a shell, and returns the first line of its stdout. Its stderr is that of the program.
async fn from_command(session: &Session, command: &[OsString]) -> Result<Secret, Failure> {
    let name = command.first().map(|name| name.to_string_lossy());
    let name = format!("password_command `{}`", name.unwrap_or_default());
    let run = async { Ok::<_, Failure>(output_within(COMMAND_TIME, command).await) };
    let problem = |what: String| {
        let hint = "run the command by hand to see why";
        Failure::from(Problem::usage(what).hint(hint))
    };
    match unless_interrupted(session, run).await? {
        Ok((status, output)) if status.success() => Ok(first_line(&output, &name)?),
        Ok((status, _)) => Err(problem(format!("{name} failed: {status}"))),
        Err(error) => Err(problem(format!("could not run {name}: {error}"))),
    }
}

async fn output_within(time: Duration, command: &[OsString]) -> io::Result<Output> {
    let ended = timeout(time, output_of(command)).await;
    ended.unwrap_or_else(|_| {
        let what = format!("it did not end within {} s", time.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })
}

/// Returns the exit status of a command, and what it writes to stdout up to the end of the first line at least.
async fn output_of(command: &[OsString]) -> io::Result<Output> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut output = Zeroizing::new(Vec::with_capacity(INITIAL_SIZE));
    let mut stdout = child.stdout.take().map(|stdout| stdout.take(BOUND));
    // Not to the end: an agent that the command leaves behind may keep stdout open.
    if let Some(stdout) = &mut stdout {
        while !output.contains(&b'\n') && stdout.read_buf(&mut *output).await? > 0 {}
    }
    Ok((child.wait().await?, output))
}

type Output = (ExitStatus, Zeroizing<Vec<u8>>);

/// Returns the first line of a text as a password.
fn first_line(text: &[u8], source: &str) -> Result<Secret, Problem> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // Windows programs often begin a text with a byte order mark.
    let line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok("") => Err(
            Problem::usage(format!("the first line of {source} is empty"))
                .hint("it has to be the password"),
        ),
        Ok(password) => Ok(password.into()),
        Err(_) => Err(Problem::usage(format!("{source} is not UTF-8"))
            .hint("save it as UTF-8; the > of Windows PowerShell writes UTF-16")),
    }
}

/// Asks without echo, on a thread of its own, so that Ctrl-C is heard and the echo comes back.
async fn from_terminal(user: &str) -> Result<Secret, Failure> {
    let prompt = format!("Password of {}: ", printable(user));
    let asked = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt)).await;
    match asked {
        Ok(Ok(password)) => Ok(password.into()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Problem::new(Exit::Interrupted, "interrupted").into())
        }
        Ok(Err(error)) => {
            let what = format!("could not ask for the password: {error}");
            Err(Problem::usage(what).hint(WAYS).into())
        }
        Err(_) => Err(Problem::new(Exit::Failure, "could not ask for the password").into()),
    }
}

const VARIABLE: &str = "CIMWIRE_PASSWORD";
const WAYS: &str = "put it into a file for --password-file, set CIMWIRE_PASSWORD, name a password_command in the configuration file, or run cimwire on a terminal to be asked";
/// Windows takes no password longer than 256 characters in its dialogues, and none longer than 32,767 at all.
const BOUND: u64 = 128 * 1024;
/// The longest time that a command may take. Some ask the user for a PIN or for a touch.
const COMMAND_TIME: Duration = Duration::from_secs(60);

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn output(seconds: u64, command: &[&str]) -> io::Result<Output> {
        let command: Vec<_> = command.iter().map(OsString::from).collect();
        output_within(Duration::from_secs(seconds), &command).await
    }

    #[tokio::test]
    async fn runs_a_command_without_a_shell() {
        let (status, output) = output(30, &["echo", "$HOME; `id`"]).await.unwrap();
        assert!(status.success());
        assert_eq!(output.as_slice(), b"$HOME; `id`\n");
    }

    #[tokio::test]
    async fn does_not_wait_for_what_a_command_leaves_behind() {
        let left = ["sh", "-c", "sleep 60 & echo first; echo second"];
        let (status, output) = output(30, &left).await.unwrap();
        assert!(status.success());
        assert!(output.starts_with(b"first\n"));
    }

    #[tokio::test]
    async fn ends_a_command_that_takes_too_long() {
        let error = output(1, &["sleep", "60"]).await.unwrap_err();
        assert_eq!(error.to_string(), "it did not end within 1 s");
    }
}
