//! The virtual machines of a host.

use crate::Wql;
use crate::cim::Instance;
use crate::error::Error;
use crate::hyperv::{NAMESPACE, ReplicationService};

use super::VirtualMachine;

impl ReplicationService {
    /// Reads the virtual machines of the host, in one enumeration. The instance of the host itself is left out.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::hyperv::{EnabledState, ReplicationService};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/replica-lists")?);
    /// let service = ReplicationService::connect(&client).await?;
    /// let vms = service.vms().await?;
    /// let running = vms.iter().filter(|vm| vm.enabled_state == Some(EnabledState::Running));
    /// assert_eq!(running.count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if an instance has no name.
    pub async fn vms(&self) -> Result<Vec<VirtualMachine>, Error> {
        self.vms_of(Wql::select(VirtualMachine::CLASS)).await
    }

    /// Reads the virtual machines that a query finds.
    pub(super) async fn vms_of(&self, wql: Wql) -> Result<Vec<VirtualMachine>, Error> {
        let namespace = self.client().namespace(NAMESPACE);
        let rows = namespace.query(wql)?.collect().await?;
        self.read_vms(&rows)
    }

    /// Reads the virtual machines in the rows of a query.
    pub(super) fn read_vms(&self, rows: &[Instance]) -> Result<Vec<VirtualMachine>, Error> {
        let vms = rows
            .iter()
            .filter_map(|row| VirtualMachine::read(row).transpose());
        vms.collect::<Result<_, _>>().map_err(|error| {
            let error = Error::from_decode("could not read the virtual machines", error);
            self.client().attribute(error)
        })
    }
}
