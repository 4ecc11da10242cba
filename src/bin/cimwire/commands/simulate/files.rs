//! The files that a client of a host over HTTPS needs: for the user who runs the host alone, and only as long as it runs.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cimwire::simulator::Simulator;

use crate::exit::Exit;
use crate::output::report::Problem;

/// A folder with these files, which is deleted when it is dropped.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    settings: Vec<(&'static str, PathBuf)>,
}

impl Files {
    /// Writes what a host has for its clients; nothing where it speaks http.
    pub(super) fn write(simulator: &Simulator) -> Result<Option<Self>, Problem> {
        let mut files = Vec::new();
        if let Some(authority) = simulator.authority() {
            files.push(("ca_file", "authority.pem", authority));
        }
        if let Some(client) = simulator.client_certificate() {
            files.push(("client_cert", "client.pem", client.certificate()));
            files.push(("client_key", "client.key", client.key()));
        }
        if files.is_empty() {
            return Ok(None);
        }
        let written = Self::new().and_then(|own| own.with(&files));
        written.map(Some).map_err(|error| {
            let folder = std::env::temp_dir();
            let folder = folder.display();
            let what = format!("could not write what clients need into {folder}: {error}");
            Problem::new(Exit::Failure, what)
        })
    }

    /// Returns where the files are, by the names of a client's options.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&'static str, String)> {
        let settings = self.settings.iter();
        settings.map(|(name, path)| (*name, path.display().to_string()))
    }

    /// A new folder. That its name is taken is an error: its owner may own what is in it.
    fn new() -> io::Result<Self> {
        let name = format!("cimwire-simulate-{}", uuid::Uuid::new_v4().simple());
        let folder = std::env::temp_dir().join(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self {
            folder,
            settings: Vec::new(),
        })
    }

    fn with(mut self, files: &[(&'static str, &str, &str)]) -> io::Result<Self> {
        for (setting, name, text) in files {
            let path = self.folder.join(name);
            write(&path, text)?;
            self.settings.push((setting, path));
        }
        Ok(self)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
