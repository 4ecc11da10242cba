//! The configuration file of the program: hosts, groups and settings.
//!
//! `cimwire config path` prints where the file is looked for: `$XDG_CONFIG_HOME/cimwire/config.toml` or
//! `~/.config/cimwire/config.toml`, on Windows `%APPDATA%\cimwire\config.toml`. `--config FILE` or `CIMWIRE_CONFIG` names
//! another. The file is optional.
//!
//! ```toml
//! [defaults]                          # for all hosts
//! user = 'EXAMPLE\operator'
//! password_command = ["pass", "show", "example/operator"]
//! operation_timeout = "2m"
//!
//! [profiles.workgroup]                # for the hosts that name it, or by --profile workgroup
//! user = '.\operator'
//! password_file = "workgroup-password"
//! auth = "ntlm"
//!
//! [hosts.hv01]                        # --host hv01
//! address = "https://hv01.example:5986"
//! ca_file = "example-ca.pem"
//! peer = "hv02"                       # the host that it replicates to
//! tags = ["north"]
//!
//! [hosts.hv02]
//! address = "192.0.2.7"
//! profile = "workgroup"
//! tags = ["south"]
//!
//! [groups.site-a]
//! hosts = ["hv01"]                    # these hosts,
//! tags = ["south"]                    # and those with one of these tags
//! ```
//!
//! # Settings
//!
//! Each option of a connection is a setting in the tables `defaults`, `profiles.NAME` and `hosts.NAME`, under its name with
//! `_` for `-`: `--pin-certificate` is `pin_certificate`. Values are written as on the command line, and `true` or `false`
//! for options without a value. Names of files are relative to the folder of the configuration file, and may begin with
//! `~/`. Besides these:
//!
//! | key | in | meaning |
//! |---|---|---|
//! | `password_command` | all three | the program that prints the password, and its arguments |
//! | `host` | `defaults`, `profiles` | the host if no option names one |
//! | `profile` | `defaults`, `hosts` | the profile if no option names one |
//! | `address` | `hosts` | the name, the address or the URL of the host; without it, the name of the table |
//! | `peer` | `hosts` | the host of the file that it replicates to, which has credentials of its own |
//! | `tags` | `hosts` | words for groups |
//! | `hosts`, `tags` | `groups` | the members |
//!
//! # Precedence
//!
//! The first of these that has a setting decides: the command line; the environment; the profile of `--profile` or
//! `CIMWIRE_PROFILE`; the host; the profile that the host or the defaults name; the defaults; the default of the program.
//! `cimwire config show [HOST]` prints each setting, its value and its source, and never a secret.
//!
//! Settings that only make sense together come from one level:
//!
//! - `ca_file`, `pin_certificate` and `dangerously_accept_any_certificate`: the first level that has one decides which
//!   certificates are trusted.
//! - `password_file`, `password_command` and `CIMWIRE_PASSWORD`: the first level that has one decides.
//! - A password or a client certificate belongs to the user that its level names, or else the next level that names one.
//!   It is not used for another user: `--user other` needs a password of its own.
//! - `auth` or `user` on one level replaces the client certificate of a later one.
//!
//! A setting that weakens security has to be written under its full name, such as `dangerously_accept_any_certificate`, and
//! each use of it prints a warning with its line.
//!
//! # Passwords
//!
//! A password in the file is an error. It comes from:
//!
//! - `password_file`: the first line of a file; `--password-file -` reads the first line of standard input,
//! - `CIMWIRE_PASSWORD`,
//! - `password_command`: a program that is run without a shell and has a minute to end. The first line of its stdout is the
//!   password; its stderr is passed on. It is not run if other users can change the configuration file,
//! - a prompt.
//!
//! A configuration file, a password file or a private key that other users can read is a warning.
//!
//! # Checking the file
//!
//! `cimwire config check` prints what is wrong, with the line: unknown keys and the nearest known one, invalid values, hosts
//! and profiles that do not exist, files that are missing or that other users can read. It ends with 2 if there are errors.
//! Other commands refuse a file with an unknown key or an invalid value.
//!
//! `cimwire completions SHELL` prints completions that offer the names of hosts, profiles and groups; they read the file in its
//! usual place or that of `CIMWIRE_CONFIG`. `cimwire config hosts [GROUP]` lists hosts. All commands of `config` take `--output json`:
//!
//! | command | fields |
//! |---|---|
//! | `config path` | `path`, `exists` |
//! | `config show` | `setting`, `value`, `source` (`command line`, `environment`, `profile` or `default`), `origin` |
//! | `config check` | `file`, `line`, `severity` (`error` or `warning`), `message`, `hint` |
//! | `config hosts` | `name`, `address`, `peer`, `tags`, `groups` |
