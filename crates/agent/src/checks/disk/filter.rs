//! Which mounts the disk check looks at: what is excluded wins over what is included.

use regex_lite::Regex;

use crate::checks::settings::{SettingError, Settings};

use super::Mount;

#[derive(Debug, Default)]
struct Filter {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
}

impl Filter {
    fn keeps(&self, text: &str) -> bool {
        !self.exclude.iter().any(|re| re.is_match(text))
            && (self.include.is_empty() || self.include.iter().any(|re| re.is_match(text)))
    }
}

/// By device, file system and mount point.
#[derive(Debug, Default)]
pub(super) struct Filters {
    device: Filter,
    file_system: Filter,
    mount_point: Filter,
}

/// An expression that matches from the beginning.
pub(super) fn compile(
    settings: &Settings,
    key: &str,
    pattern: &str,
    ignore_case: bool,
) -> Result<Regex, SettingError> {
    settings.compile(key, &format!("^(?:{pattern})"), ignore_case)
}

/// The expressions of all the names that a setting has had.
fn compile_all(
    settings: &Settings,
    keys: &[&str],
    ignore_case: bool,
) -> Result<Vec<Regex>, SettingError> {
    let mut all = Vec::new();
    for key in keys {
        for pattern in settings.texts(key)? {
            all.push(compile(settings, key, &pattern, ignore_case)?);
        }
    }
    Ok(all)
}

/// Names of Agent 5, which are compared as a whole and without regard to case.
fn compile_names(settings: &Settings, key: &str) -> Result<Vec<Regex>, SettingError> {
    let names = settings.texts(key)?;
    names.iter().map(|name| settings.compile(key, &format!("^(?:{name})$"), true)).collect()
}

impl Filters {
    pub(super) fn new(init_config: &Settings, instance: &Settings) -> Result<Self, SettingError> {
        let device = Filter {
            include: compile_all(instance, &["device_include", "device_whitelist"], false)?,
            exclude: [
                compile_all(
                    init_config,
                    &["device_global_exclude", "device_global_blacklist"],
                    false,
                )?,
                compile_all(
                    instance,
                    &["device_exclude", "device_blacklist", "excluded_disk_re"],
                    false,
                )?,
                compile_names(instance, "excluded_disks")?,
            ]
            .concat(),
        };
        let file_system = Filter {
            include: compile_all(
                instance,
                &["file_system_include", "file_system_whitelist"],
                true,
            )?,
            exclude: [
                globals(init_config, "file_system", &["iso9660$", "tracefs$"])?,
                compile_all(instance, &["file_system_exclude", "file_system_blacklist"], true)?,
                compile_names(instance, "excluded_filesystems")?,
            ]
            .concat(),
        };
        // Looking at binfmt_misc mounts it where automount waits, and hung kernels once.
        let binfmt = ["(/host)?/proc/sys/fs/binfmt_misc$"];
        let mount_point = Filter {
            include: compile_all(
                instance,
                &["mount_point_include", "mount_point_whitelist"],
                false,
            )?,
            exclude: [
                globals(init_config, "mount_point", &binfmt)?,
                compile_all(
                    instance,
                    &["mount_point_exclude", "mount_point_blacklist", "excluded_mountpoint_re"],
                    false,
                )?,
            ]
            .concat(),
        };
        Ok(Self { device, file_system, mount_point })
    }

    pub(super) fn keeps(&self, mount: &Mount) -> bool {
        // A secure NFS mount that is gone is called `/mnt (deleted)`.
        let mount_point = mount.mount_point.strip_suffix(" (deleted)");
        let mount_point = mount_point.unwrap_or(&mount.mount_point);
        (mount.device == "none" || self.device.keeps(&mount.device))
            && self.file_system.keeps(&mount.file_system)
            && self.mount_point.keeps(mount_point)
    }
}

/// `NAME_global_exclude` of `init_config`, which replaces the defaults.
fn globals(
    init_config: &Settings,
    name: &str,
    defaults: &[&str],
) -> Result<Vec<Regex>, SettingError> {
    let ignore_case = name == "file_system";
    let (new, old) = (format!("{name}_global_exclude"), format!("{name}_global_blacklist"));
    let set = compile_all(init_config, &[&new, &old], ignore_case)?;
    if !set.is_empty() {
        return Ok(set);
    }
    defaults.iter().map(|pattern| compile(init_config, &new, pattern, ignore_case)).collect()
}
