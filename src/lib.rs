#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod agreement;
pub mod analysis;
pub mod codebook;
pub mod coding;
pub mod decisions;
pub mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
pub mod norwegian;
pub mod notes;
pub mod privacy;
pub mod report;
pub mod themes;

pub use error::{Error, ErrorKind, Place, Result};
