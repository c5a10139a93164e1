//! Projects and codebooks of other programs: any bytes are an error or come back as they went out.
#![no_main]

use kodebok::exchange::refi::{self, LineEnds, Project};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = refi::codebook_from_qdc(bytes);
    // As an archive, and as the project in an archive that is whole.
    let _ = Project::from_qdpx(bytes);
    let whole = stored("project.qde", bytes);
    let Ok(carried) = Project::from_qdpx(&whole) else { return };
    let project = carried.value;
    let _ = refi::check(&project);
    if let Ok(codebook) = project.codebook(2) {
        let _ = project.examples(&codebook.value, None);
    }
    for line_ends in [LineEnds::Lf, LineEnds::CrLf] {
        // Two texts of one GUID would be one file.
        let Ok(written) = project.to_qdpx(line_ends) else { return };
        let again = Project::from_qdpx(&written).expect("what is written can be read").value;
        assert!(again.to_qdpx(line_ends).expect("a project fits an archive") == written);
    }
});

/// An archive of one file, stored as it is.
fn stored(name: &str, content: &[u8]) -> Vec<u8> {
    let crc = content.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1)))
    });
    let length = content.len() as u32;
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..], &(!crc).to_le_bytes(), &length.to_le_bytes(), &length.to_le_bytes()];
    let mut out = b"PK\x03\x04".to_vec();
    out.extend(common.concat());
    out.extend((name.len() as u32).to_le_bytes());
    out.extend(name.bytes());
    out.extend(content);
    let directory = out.len() as u32;
    out.extend(b"PK\x01\x02\x14\0");
    out.extend(common.concat());
    out.extend((name.len() as u32).to_le_bytes());
    out.extend([0; 14]);
    out.extend(name.bytes());
    let size = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(size.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}
