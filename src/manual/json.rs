//! The JSON of the program, field by field.
//!
//! With `--output json` a command writes one object a line to stdout, and errors, warnings and notes one object a line to
//! stderr. Fields are only added: a field that is listed here keeps its name and its type.
//!
//! - Integers of every width and reals are numbers. A `uint64` can exceed 2⁵³, beyond which some parsers round.
//! - A datetime is RFC 3339 text in UTC or with its offset; a datetime with unknown fields stays its 25 characters. An interval
//!   is a number of seconds.
//! - A reference is an object path. An embedded instance is an object.
//! - An array is an array, with one element too. A property without a value is null.
//! - `__CLASS` is the class of an instance. A projection (`SELECT Name FROM …`) may not have it.
//!
//! The types come from the declaration of the class: from the declarations that are built in, else from the host, which is
//! asked once a class. If there is no declaration, values stay text, and a note on stderr says so. `--untyped` leaves all values
//! as the host sends them: text, an array of one value like a scalar, and properties without a value null or absent.
//!
//! Every event has `time` and `host`, and so has every error, warning and note once the host is known. `host` is the address, or
//! the name in the configuration file as it was given; then there is `address` too.
//!
//! # For jq
//!
//! The virtual machines that wait for their first copy (`ReplicationState` 1):
//!
//! ```text
//! cimwire query "SELECT ElementName, ReplicationState FROM Msvm_ComputerSystem" -o json |
//!   jq -r 'select(.ReplicationState == 1) | .ElementName'
//! ```
//!
//! # For Ansible
//!
//! ```text
//! - name: Services of the host
//!   ansible.builtin.command: cimwire query "SELECT Name, Started, ProcessId FROM Win32_Service" -o json
//!   register: services
//!   changed_when: false
//! - name: Running services
//!   ansible.builtin.debug:
//!     msg: "{{ services.stdout_lines | map('from_json') | selectattr('Started') | map(attribute='Name') | list }}"
//! ```
//!
//! # Several hosts
//!
//! Each line of an event names its host, its virtual machine and its time, so that the output of many runs can be joined:
//!
//! ```text
//! while read -r host vm; do
//!   cimwire --host "$host" replica start "$vm" --if-needed -o json &
//! done < vms.txt > events.jsonl
//! wait
//! jq -r 'select(.event == "failed") | [.time, .host, .vm.name] | @tsv' events.jsonl
//! ```
//!
//! # Lists
//!
//! A line is: the event, or `row` for an object without one; the path of a field, with `[]` for the elements of an array; its
//! types. `instance` is an object with the fields of its class. A field of an object, or an element, is there if that is.
//!
//! ## `get`, `enumerate`
//!
//! The fields are those of the class; these are of `Win32_Service`.
//!
//! ```text
#![doc = include_str!("json/get.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/get-untyped.txt")]
//! ```
//!
//! ## `query`
//!
//! `SELECT Name, ProcessId, Started FROM Win32_Service`:
//!
//! ```text
#![doc = include_str!("json/query.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/query-untyped.txt")]
//! ```
//!
//! ## `associators`
//!
//! The jobs of a virtual machine:
//!
//! ```text
#![doc = include_str!("json/associators.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/associators-untyped.txt")]
//! ```
//!
//! ## `references`
//!
//! ```text
#![doc = include_str!("json/references.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/references-untyped.txt")]
//! ```
//!
//! ## `invoke`
//!
//! `Create` of `Win32_Process`. A method that started a job adds `job` and `watch`, as in `replica start`.
//!
//! ```text
#![doc = include_str!("json/invoke.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/invoke-untyped.txt")]
//! ```
//!
//! ## `put`, `create`, `delete`
//!
//! ```text
#![doc = include_str!("json/put.txt")]
#![doc = include_str!("json/create.txt")]
#![doc = include_str!("json/delete.txt")]
//! ```
//!
//! ## `replica start`
//!
//! ```text
#![doc = include_str!("json/replica-start.txt")]
//! ```
//!
//! ## The other verbs of `replica`
//!
//! They write the events of `replica start`. The event of a change that succeeded has the fields of `copying`, and a name of its
//! own: `enabled`, `settings_changed`, `stopped`, `suspended`, `resumed`, `resynchronized`, `prepared` (`failover --prepare`),
//! `failed_over`, `test_started`, `test_stopped`, `committed`, `reverted`, `reversed`, `extended`, `removed`, `imported`,
//! `statistics_reset`, `network_changed`. Events about the host itself have no `vm`: `server_changed`, `authorized`,
//! `authorization_removed`, and `connection_tested`, which has no `changed`. Without a job, as if it was done at once, there is no
//! `job`. `--dry-run` writes `dry_run`, and `--if-needed` writes `unchanged` if there is nothing to change.
//!
//! ## `vm list`
//!
//! ```text
#![doc = include_str!("json/vm-list.txt")]
//! ```
//!
//! ## `replica list`, `replica status`
//!
//! ```text
#![doc = include_str!("json/replica-list.txt")]
//! ```
//!
//! ## `replica stats`
//!
//! ```text
#![doc = include_str!("json/replica-stats.txt")]
//! ```
//!
//! ## `replica recovery-points`
//!
//! ```text
#![doc = include_str!("json/replica-recovery-points.txt")]
//! ```
//!
//! ## `replica network show`
//!
//! ```text
#![doc = include_str!("json/replica-network.txt")]
//! ```
//!
//! ## `replica server show`
//!
//! ```text
#![doc = include_str!("json/replica-server.txt")]
//! ```
//!
//! ## `replica auth list`
//!
//! ```text
#![doc = include_str!("json/replica-auth.txt")]
//! ```
//!
//! ## `replica certificates`
//!
//! ```text
#![doc = include_str!("json/replica-certificates.txt")]
//! ```
//!
//! ## `job list`, `job show`
//!
//! ```text
#![doc = include_str!("json/job-list.txt")]
//! ```
//!
//! ## `job watch`, `job cancel`
//!
//! The events `failed` and `outcome_unknown` are those of `replica start`. `vm` is there if the host tells the virtual
//! machine of the job.
//!
//! ```text
#![doc = include_str!("json/job-watch.txt")]
//! ```
//!
//! ## `classes`
//!
//! ```text
#![doc = include_str!("json/classes.txt")]
//! ```
//!
//! ## `watch`
//!
//! `indication` is the event, with the fields of its class; this is `__InstanceModificationEvent` of `Win32_Service`.
//!
//! ```text
#![doc = include_str!("json/watch.txt")]
//! ```
//!
//! With `--untyped`:
//!
//! ```text
#![doc = include_str!("json/watch-untyped.txt")]
//! ```
//!
//! ## `config`
//!
//! The verb stands in place of the event.
//!
//! ```text
#![doc = include_str!("json/config.txt")]
//! ```
//!
//! ## `identify`
//!
//! ```text
#![doc = include_str!("json/identify.txt")]
//! ```
//!
//! ## `doctor`
//!
//! ```text
#![doc = include_str!("json/doctor.txt")]
//! ```
//!
//! ## `schema`
//!
//! ```text
#![doc = include_str!("json/schema.txt")]
//! ```
//!
//! ## `simulate`, `decode`
//!
//! `simulate` writes one object when the host is ready; options add files, such as `ca_file` with `--https`:
//!
//! ```text
#![doc = include_str!("json/simulate.txt")]
//! ```
//!
//! `decode` writes an object a message, with `file` and `is` (`request`, `answer`, `fault` and other kinds); the other fields
//! depend on the kind. `demo` writes the events of `replica start`. `completions` and `manual` have no
//! JSON.
//!
//! ## Standard error
//!
//! A line is an error, `{"warning": …}` or `{"note": …}`; a warning has the fields of a note.
//!
//! ```text
#![doc = include_str!("json/stderr.txt")]
//! ```
//!
//! With `-v` (operations), `-vv` (exchanges over HTTP too) or `-vvv` (envelopes too) a line can also be a trace. `trace` is
//! `operation`, `exchange` or `envelope`; the fields of the operation are in all of its lines.
//!
//! ```text
#![doc = include_str!("json/traces.txt")]
//! ```
