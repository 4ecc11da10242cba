//! The compiled-in class declarations: `xml-fixtures/classes/<namespace>/<Class>.xml`.

use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use crate::cim::{ClassSchema, Repository};
use crate::xml::{Error, Reader};

use super::read_class;

/// Returns the class declarations that this crate contains: those of Hyper-V Replica and related classes, and some of
/// `root/cimv2`.
///
/// ```
/// use cimwire::cim::ClassPath;
///
/// let job = ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob");
/// let job = cimwire::declared_classes().class(&job).expect("it is declared");
/// assert_eq!(job.property("PercentComplete").unwrap().cim_type.to_string(), "uint16");
/// ```
pub fn declared_classes() -> &'static Repository {
    static REPOSITORY: OnceLock<Repository> = OnceLock::new();
    REPOSITORY.get_or_init(|| {
        let mut repository = Repository::default();
        fill(&mut repository, &CLASSES);
        repository
    })
}

fn fill(repository: &mut Repository, folder: &Dir<'_>) {
    let namespace = folder.path().to_string_lossy().replace('\\', "/");
    for file in folder.files() {
        // A test reads each file, so none is skipped here.
        if let Some(Ok(class)) = file.contents_utf8().map(read_document) {
            repository.add(&namespace, class);
        }
    }
    for folder in folder.dirs() {
        fill(repository, folder);
    }
}

/// Reads a document whose root is a `CLASS`.
fn read_document(text: &str) -> Result<ClassSchema, Error> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    let class = read_class(&mut reader, &root)?;
    reader.end()?;
    Ok(class)
}

static CLASSES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/xml-fixtures/classes");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::ClassPath;

    fn files<'d>(folder: &'d Dir<'d>) -> Vec<&'d include_dir::File<'d>> {
        let below = folder.dirs().flat_map(files);
        folder.files().chain(below).collect()
    }

    #[test]
    fn every_file_declares_the_class_of_its_name() {
        let files = files(&CLASSES);
        assert!(!files.is_empty());
        for file in files {
            let path = file.path().display();
            let class = read_document(file.contents_utf8().unwrap());
            let class = class.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(
                file.path().file_stem().unwrap(),
                class.name.as_str(),
                "{path}"
            );
        }
    }

    #[test]
    fn every_superclass_is_declared_and_every_class_has_its_keys() {
        for file in files(&CLASSES) {
            let namespace = file.path().parent().unwrap().to_str().unwrap();
            let name = file.path().file_stem().unwrap().to_str().unwrap();
            let path = ClassPath::new(namespace, name);
            let repository = declared_classes();
            for class in repository.chain(&path) {
                if let Some(superclass) = &class.superclass {
                    let superclass = ClassPath::new(namespace, superclass.as_str());
                    assert!(repository.declared(&superclass).is_some(), "{superclass}");
                }
            }
        }
    }

    /// Keys of hyperv-replica.md's sections on identity, which the published object paths of real hosts agree with.
    #[test]
    fn keys_are_those_of_real_object_paths() {
        for (namespace, class, expected) in [
            (
                "root/virtualization/v2",
                "Msvm_ComputerSystem",
                &["CreationClassName", "Name"][..],
            ),
            (
                "root/virtualization/v2",
                "Msvm_ReplicationService",
                &[
                    "CreationClassName",
                    "Name",
                    "SystemCreationClassName",
                    "SystemName",
                ],
            ),
            (
                "root/virtualization/v2",
                "Msvm_ConcreteJob",
                &["InstanceID"],
            ),
            (
                "root/virtualization/v2",
                "Msvm_AffectedJobElement",
                &["AffectedElement", "AffectingElement"],
            ),
            (
                "root/virtualization/v2",
                "Msvm_ReplicationRelationship",
                &["InstanceID"],
            ),
            ("root/cimv2", "Win32_Service", &["Name"]),
            ("root/cimv2", "Win32_Process", &["Handle"]),
        ] {
            let class = declared_classes()
                .class(&ClassPath::new(namespace, class))
                .unwrap();
            let mut keys: Vec<_> = class.keys().map(|key| key.name.as_str()).collect();
            keys.sort_unstable();
            assert_eq!(keys, expected, "{}", class.name);
        }
    }
}
