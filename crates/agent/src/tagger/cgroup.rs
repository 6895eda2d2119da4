//! Containers as the kernel's cgroups show them, for every runtime alike.
//!
//! A runtime puts a container into a cgroup whose name holds the container's id:
//! `/docker/ID`, `/system.slice/docker-ID.scope`, `…/cri-containerd-ID.scope`, `…/crio-ID.scope`,
//! `…/libpod-ID.scope`, `/kubepods/burstable/podUID/ID`, `/ecs/TASK/ID`. The forms of an id are
//! those of the Agent's `pkg/util/cgroups` (64 hexadecimal digits, an ECS task's 32 with a number, a
//! Garden container's UUID).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bytes of `/proc/PID/cgroup` that are read: about 14 controllers with long paths.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// Folders that one walk looks at.
const FOLDERS_MAX: usize = 65_536;
/// How deep a walk goes.
const DEPTH_MAX: usize = 16;
/// Cgroups of a runtime's helper, which is not the container.
const HELPERS: [&str; 2] = ["crio-conmon-", "libpod-conmon-"];

/// Where a process runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) container: String,
    /// The pod's unique id, when a kubelet has started it.
    pub(crate) pod: Option<String>,
}

/// The container that a process runs in; `None` when it runs in none.
///
/// # Errors
/// When the process's file cannot be read.
pub(crate) fn of_process(proc_root: &Path, pid: i32) -> io::Result<Option<Place>> {
    let mut text = Vec::new();
    let path = proc_root.join(pid.to_string()).join("cgroup");
    File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut text)?;
    Ok(of_text(&String::from_utf8_lossy(&text)))
}

/// Reads `ID:CONTROLLERS:PATH` lines; the first path with a container counts.
pub(crate) fn of_text(text: &str) -> Option<Place> {
    let paths = text.lines().filter_map(|line| line.splitn(3, ':').nth(2));
    paths.into_iter().find_map(of_path)
}

/// The container that a cgroup's path belongs to: its deepest folder with an id.
pub(crate) fn of_path(path: &str) -> Option<Place> {
    let container = path.rsplit('/').find_map(container_of)?;
    let pod = path.rsplit('/').find_map(pod_of);
    Some(Place { container, pod })
}

/// The container's id in the name of a cgroup.
pub(crate) fn container_of(name: &str) -> Option<String> {
    if HELPERS.iter().any(|helper| name.starts_with(helper)) {
        return None;
    }
    let name = name.strip_suffix(".scope").unwrap_or(name);
    // Kubernetes names the folder of a pod after its UUID, which is no container's.
    if pod_of(name).is_some() {
        return None;
    }
    // What a runtime writes before the id ends in a dash or a colon.
    let starts = std::iter::once(0).chain(
        name.bytes().enumerate().filter(|(_, b)| matches!(b, b'-' | b':')).map(|(i, _)| i + 1),
    );
    starts.into_iter().map(|start| &name[start..]).find(|id| is_container_id(id)).map(str::to_owned)
}

/// Whether a text has the form of a container's id.
pub(crate) fn is_container_id(text: &str) -> bool {
    let is_hex =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if text.len() == 64 {
        return is_hex(text);
    }
    let parts: Vec<&str> = text.split('-').take(6).collect();
    match parts[..] {
        [task, number] => {
            let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            task.len() == 32 && is_hex(task) && is_number
        }
        [_, _, _, _, _] => {
            parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 4])
                && parts.iter().all(|part| is_hex(part))
        }
        _ => false,
    }
}

/// The unique id in the name of a pod's cgroup: `podUID`, `kubepods-burstable-podUID.slice`.
fn pod_of(name: &str) -> Option<String> {
    let name = name.strip_suffix(".slice").unwrap_or(name);
    let at = name.rfind("pod")?;
    let uid = name[at + 3..].replace('_', "-");
    let is_hex = uid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_uid = match uid.len() {
        36 => uid.split('-').map(str::len).eq([8, 4, 4, 4, 12]),
        // A static pod has the hash of its file.
        32 => !uid.contains('-'),
        _ => false,
    };
    (is_uid && is_hex).then_some(uid)
}

/// A container in the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Of its own cgroups and of those inside.
    pub(crate) inodes: Vec<u64>,
    pub(crate) pod: Option<String>,
}

/// All containers that run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) by_inode: HashMap<u64, String>,
    pub(crate) containers: HashMap<String, Found>,
}

/// Looks at every cgroup below a root, of version 2 or of `memory` of version 1. Whatever cannot be
/// read is left out.
pub(crate) fn walk(root: &Path) -> Tree {
    let memory = root.join("memory");
    let top = if memory.is_dir() { memory } else { root.to_path_buf() };
    let mut tree = Tree::default();
    let mut n_folders = 0;
    // Folder, depth, and the path below the root.
    let mut open: Vec<(PathBuf, usize, String)> = vec![(top, 0, String::new())];
    while let Some((folder, depth, below)) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            n_folders += 1;
            if n_folders > FOLDERS_MAX {
                return tree;
            }
            let below = format!("{below}/{}", entry.file_name().to_string_lossy());
            if let (Some(place), Ok(metadata)) = (of_path(&below), entry.metadata()) {
                tree.add(place, metadata.ino());
            }
            if depth + 1 < DEPTH_MAX {
                open.push((entry.path(), depth + 1, below));
            }
        }
    }
    tree
}

impl Tree {
    fn add(&mut self, place: Place, inode: u64) {
        self.by_inode.insert(inode, place.container.clone());
        let found = self.containers.entry(place.container).or_default();
        found.inodes.push(inode);
        found.pod = place.pod;
    }
}
