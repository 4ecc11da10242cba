//! To be deleted.
pub(crate) struct Simulator;
impl Simulator {
    pub(crate) async fn start() -> Result<Self, std::io::Error> {
        Err(std::io::Error::other("not yet"))
    }
    pub(crate) fn url(&self) -> &str {
        ""
    }
    pub(crate) fn user(&self) -> &str {
        ""
    }
    pub(crate) fn password(&self) -> &str {
        ""
    }
}
