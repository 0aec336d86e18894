//! A cooperative of the register.
/// A cooperative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooperative;
/// How it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatingStatus {
    /// x
    Normal,
}
