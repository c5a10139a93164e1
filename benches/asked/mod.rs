//! How much a bench is asked to do.

/// The number that a variable of the environment holds, or the one to take where it holds none.
pub fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}
