//! Labels of file systems by device path.

use std::path::Path;

use crate::checks::roots::{Roots, names};

/// `/dev/disk/by-label/LABEL` → `../../sda1`. Blanks and the like are written `\x20`.
pub(super) fn of_udev(roots: &Roots) -> Vec<(String, String)> {
    let dir = roots.dev.join("disk/by-label");
    let label = |name: String| {
        let target = std::fs::read_link(dir.join(&name)).ok()?;
        let base = Path::new(target.file_name()?).to_str()?.to_owned();
        Some((format!("/dev/{base}"), unescape(&name)))
    };
    names(&dir).into_iter().filter_map(label).collect()
}

fn unescape(name: &str) -> String {
    let mut parts = name.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(format!("\\x{part}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lines `<device … LABEL="root" …>/dev/sda1</device>`, as libblkid keeps them.
pub(super) fn of_blkid_cache(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(of_line).collect()
}

fn of_line(line: &str) -> Option<(String, String)> {
    let (attributes, rest) = line.trim().strip_prefix("<device")?.split_once('>')?;
    let device = rest.strip_suffix("</device>")?;
    let (_, after) = attributes.split_once(" LABEL=\"")?;
    let (label, _) = after.split_once('"')?;
    Some((device.to_owned(), label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found() {
        assert_eq!(unescape("EFI\\x20System\\x2"), "EFI System\\x2");
        let cache = "<device DEVNO=\"0x0801\" UUID=\"x\" LABEL=\"data 1\" TYPE=\"ext4\">/dev/sda1\
                     </device>\n<device TYPE=\"swap\">/dev/sda2</device>\nrubbish\n";
        assert_eq!(of_blkid_cache(cache), [("/dev/sda1".to_owned(), "data 1".to_owned())]);
    }
}
