//! Names that last: GUIDs made of what they name.

use sha1::{Digest, Sha1};
use std::fmt;

/// A GUID, as REFI-QDA names everything with.
///
/// ```
/// use kodebok::exchange::refi::Guid;
///
/// let guid = Guid::parse("{2ED6657D-E927-568B-95E1-2665A8AEA6A2}").unwrap();
/// assert_eq!(guid.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid([u8; 16]);

/// The namespace of this crate's names: a random UUID that never changes.
const NAMESPACE: Guid =
    Guid([0x6b, 0x0d, 0xeb, 0x0c, 0x93, 0x1f, 0x4c, 0x52, 0xa7, 0x4e, 0x1d, 0x0a, 0x5f, 0x36, 0x82, 0xc4]);

impl Guid {
    /// The GUID of something with a name of several parts: the same for the same parts, in every run.
    ///
    /// A UUID of version 5 (RFC 9562, section 5.5) over the parts, each after its length.
    ///
    /// ```
    /// use kodebok::exchange::refi::Guid;
    ///
    /// assert_eq!(Guid::named(&["user", "Kari"]), Guid::named(&["user", "Kari"]));
    /// assert_ne!(Guid::named(&["user", "Kari"]), Guid::named(&["userKari"]));
    /// ```
    #[must_use]
    pub fn named(parts: &[&str]) -> Guid {
        let name: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        Guid::version_5(NAMESPACE, &name)
    }

    fn version_5(namespace: Guid, name: &str) -> Guid {
        let digest = Sha1::new_with_prefix(namespace.0).chain_update(name).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = bytes[6] & 0x0F | 0x50;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Guid(bytes)
    }

    /// Reads a GUID in either case, with or without braces or hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Guid> {
        let digits = text.trim().trim_start_matches('{').trim_end_matches('}');
        let digits: Vec<u32> = digits.chars().filter(|&c| c != '-').map(|c| c.to_digit(16)).collect::<Option<_>>()?;
        let digits: [u32; 32] = digits.try_into().ok()?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = (pair[0] << 4 | pair[1]) as u8;
        }
        Some(Guid(bytes))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_5_is_that_of_the_standard() {
        // RFC 9562, appendix A.4: the namespace of domain names, "www.example.com".
        let dns = Guid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8").unwrap();
        assert_eq!(Guid::version_5(dns, "www.example.com").to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn what_is_no_guid() {
        for text in
            ["", "2ed6657d", "2ed6657d-e927-568b-95e1-2665a8aea6ag", "2ed6657d-e927-568b-95e1-2665a8aea6a2a", "å"]
        {
            assert_eq!(Guid::parse(text), None, "{text}");
        }
    }
}
