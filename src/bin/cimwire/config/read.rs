//! From the text of the file to tables of settings, with every fault by its line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Command;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check::Fault;
use super::setting::{self, Kind, Setting, Source, Table};
use super::{Config, Section, nearest};

/// Reads the text of a file.
pub(super) fn read(path: PathBuf, text: &str) -> (Config, Vec<Fault>) {
    let options = setting::options();
    let mut reader = Reader {
        line_ends: text.match_indices('\n').map(|(offset, _)| offset).collect(),
        folder: path.parent().unwrap_or_else(|| Path::new("")),
        settings: setting::keys(&options),
        options: &options,
        tables: BTreeMap::new(),
        faults: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(file) => reader.file(file.get_ref()),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            reader.fault(start, error.message().replace('\n', ", "), None);
        }
    }
    let (tables, faults) = (reader.tables, reader.faults);
    (Config { path, tables }, faults)
}

struct Reader<'t> {
    /// The offsets of the line ends in the text.
    line_ends: Vec<usize>,
    folder: &'t Path,
    options: &'t Command,
    /// The keys that are settings.
    settings: Vec<&'t str>,
    tables: BTreeMap<(Section, String), Table>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < offset)
    }

    fn fault(&mut self, offset: usize, message: impl Into<String>, hint: Option<String>) {
        let line = self.line(offset);
        self.faults.push(Fault::error(line, message).hint(hint));
    }

    fn unknown(&mut self, offset: usize, what: &str, name: &str, known: &[&str]) {
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        self.fault(offset, format!("unknown {what} `{name}`"), Some(hint));
    }

    fn file(&mut self, file: &DeTable<'_>) {
        for (name, value) in file {
            let offset = name.span().start;
            let Some(section) = Section::ALL
                .into_iter()
                .find(|known| known.name() == name.get_ref())
            else {
                let known = Section::ALL.map(Section::name);
                self.unknown(offset, "table", name.get_ref(), &known);
                continue;
            };
            let Some(tables) = self.expect_table(offset, section.name(), value) else {
                continue;
            };
            if section == Section::Defaults {
                self.table(section, "", tables);
                continue;
            }
            for (name, value) in tables {
                let place = format!("{section}.{}", name.get_ref());
                if let Some(table) = self.expect_table(name.span().start, &place, value) {
                    self.table(section, name.get_ref(), table);
                }
            }
        }
    }

    fn expect_table<'v, 'i>(
        &mut self,
        offset: usize,
        place: &str,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let hint = format!("write [{place}], and its keys below it");
            self.fault(offset, format!("`{place}` is not a table"), Some(hint));
        }
        table
    }

    fn table(&mut self, section: Section, name: &str, entries: &DeTable<'_>) {
        let settings = match section {
            Section::Groups => &[][..],
            _ => &self.settings,
        };
        let known = [section.keys(), settings].concat();
        let place = match name {
            "" => section.to_string(),
            name => format!("{section}.{name}"),
        };
        let mut table = Table::default();
        for (key, value) in entries {
            let (offset, key) = (key.span().start, &**key.get_ref());
            if key == "password" {
                let hint = "use password_file or password_command, or leave it out to be asked";
                self.fault(offset, "a password in clear is refused", Some(hint.into()));
            } else if !known.contains(&key) {
                self.unknown(offset, "key", key, &known);
            } else {
                match self.values(key, value.get_ref()) {
                    Ok(values) => {
                        let (table_name, line) = (place.clone(), self.line(offset));
                        let source = Source::File {
                            table: table_name,
                            line,
                        };
                        table.0.insert(key.to_owned(), Setting { values, source });
                    }
                    Err(message) => self.fault(offset, message, None),
                }
            }
        }
        self.tables.insert((section, name.to_owned()), table);
    }

    /// Returns the values of a key.
    ///
    /// # Errors
    ///
    /// Returns a message if the value has another type than the key, or is not one that the option takes.
    fn values(&self, key: &str, value: &DeValue<'_>) -> Result<Vec<OsString>, String> {
        let expected = |what: &str| Err(format!("`{key}` has to be {what}"));
        match (setting::kind(self.options, key), value) {
            (Kind::Flag, DeValue::Boolean(value)) => Ok(vec![value.to_string().into()]),
            (Kind::Flag, _) => expected("true or false"),
            (Kind::List, DeValue::Array(values)) => {
                let texts = values.iter().map(|value| value.get_ref().as_str());
                let texts = texts.map(|text| text.filter(|text| !text.is_empty()));
                match texts.map(|text| text.map(OsString::from)).collect() {
                    Some(texts) if !values.is_empty() => Ok(texts),
                    _ => expected("a list of texts that are not empty"),
                }
            }
            (Kind::List, _) => expected("a list, as in [\"a\", \"b\"]"),
            (_, DeValue::String(text)) if text.is_empty() => expected("a text that is not empty"),
            (Kind::Path, DeValue::String(text)) if text != "-" => {
                Ok(vec![setting::located(text, self.folder).into()])
            }
            (_, DeValue::String(text)) => self.text(key, text).map(|text| vec![text]),
            _ => expected("a text in quotation marks"),
        }
    }

    fn text(&self, key: &str, text: &str) -> Result<OsString, String> {
        let login = text.rsplit_once('@').map_or("", |(login, _)| login);
        let login = login.rsplit_once("//").map_or(login, |(_, login)| login);
        if ["proxy", "address"].contains(&key) && login.contains(':') {
            return Err(format!("a password in clear in `{key}` is refused"));
        }
        match setting::objection(self.options, key, text) {
            Some(objection) => Err(objection),
            None => Ok(text.into()),
        }
    }
}
