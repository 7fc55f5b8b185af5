"""The walls around an inmate, as high as the system lets us build them.

Where it has namespaces, for root or for anybody, the warden and its inmates see a root of their own: Python, what is
installed, fwlab without the course; all of it read-only. No exercise, no other submission, no result and nobody's home
is in it. Each inmate also has a network of its own with nothing on it but itself, its own numbering of processes, and
an empty folder that holds so much and no more. Where the system has none of this, what remains is limits, a filter of
system calls and a new process group, and :attr:`Walls.missing` says what does not hold.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fwlab.grading.jail import linux
from fwlab.grading.jail.seccomp import refuse_processes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.grading.jail.limits import Limits

FOLDER = "/submission"
"""Where an inmate finds itself, within walls."""

_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/hosts")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_STRANGER = 1_717_986_918  # a user whom no system knows
_NOBODY = 65534


@dataclass
class Walls:
    """What stands around the inmates of a warden."""

    apart: bool = False
    """Whether there are namespaces."""
    missing: list[str] = field(default_factory=list)
    """What the system does not let us wall off, in words."""

    @classmethod
    def build(cls, *, namespaces: bool = True) -> Walls:
        """Wall in this process, which is to become a warden and has one thread.

        Args:
            namespaces: whether to use them where they are to be had.
        """
        walls = cls()
        try:
            if not namespaces:
                raise OSError(38, "they are not asked for")
            _own_root()
            walls.apart = True
        except OSError as error:
            walls.missing += [
                f"no namespaces here ({error}): submissions can read what this user can, and write where this user can"
            ]
        return walls

    def separate(self) -> None:
        """Give this process, whose first child is to be an inmate, namespaces of its own."""
        if self.apart:
            linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC)

    def enclose(self, folder: str, limits: Limits, tasks: int) -> None:
        """Wall in this process, the inmate, for good.

        Args:
            folder: where it is to work.
            limits: what it may take.
            tasks: of how many tasks its exercise is.
        """
        if self.apart:
            with contextlib.suppress(OSError):
                _bring_up_loopback()
            options = f"size={limits.folder},nr_inodes=2000,mode=777"
            linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC, options)
        elif os.geteuid() == 0 and _everybody_can_read(*_to_be_seen()):
            os.chown(folder, _STRANGER, _STRANGER)
        os.chdir(folder)
        if self.apart or os.stat(folder).st_uid == _STRANGER:
            _become_a_stranger()
        limits.impose(tasks)
        with contextlib.suppress(OSError):
            linux.end_with_parent()
            linux.no_new_privileges()
            linux.not_dumpable()
        with contextlib.suppress(OSError):
            refuse_processes(network=self.apart)


def _own_root() -> None:
    if sys.platform != "linux":
        raise OSError(38, "this system is not Linux")
    user, group, is_root = os.getuid(), os.getgid(), os.geteuid() == 0
    if is_root:
        linux.unshare(linux.CLONE_NEWNS)
    else:
        linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    root = tempfile.mkdtemp(prefix="fwlab-jail-")
    try:
        linux.mount("tmpfs", root, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=1m,mode=755")
        for path in _to_be_seen():
            _show(path, root)
        for path in _to_be_hidden():
            linux.mount("tmpfs", root + path, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4k,mode=755")
        os.makedirs(root + FOLDER)
        os.mkdir(f"{root}/.old")
        linux.pivot_root(root, f"{root}/.old")
    except OSError:
        with contextlib.suppress(OSError):
            linux.detach(root)
        os.rmdir(root)
        raise
    os.chdir("/")
    os.rmdir(f"/.old{root}")
    linux.detach("/.old")
    os.rmdir("/.old")
    flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("none", "/", None, flags)


def _to_be_seen() -> list[str]:
    """The folders that Python needs: its own, what is installed, and fwlab, wherever each of them is."""
    import fwlab

    package = Path(fwlab.__file__).resolve().parent
    places = [sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix, os.path.realpath(sys.base_prefix)]
    folders = [*_SYSTEM, *places, str(package)]
    chosen: list[str] = []
    for folder in sorted({os.path.abspath(folder) for folder in folders}, key=lambda name: (name.count("/"), name)):
        if os.path.exists(folder) and not any(_is_in(folder, above) for above in chosen):
            chosen.append(folder)
    return [*chosen, *(device for device in _DEVICES if os.path.exists(device))]


def _to_be_hidden() -> Iterable[str]:
    """The course, where fwlab carries it inside its package or Python's folder holds a whole checkout."""
    import fwlab
    from fwlab.course import course_folder

    seen = _to_be_seen()
    package = Path(fwlab.__file__).resolve().parent
    candidates = [package / "course" / "content", course_folder().resolve() / "exercises"]
    found = dict.fromkeys(str(path) for path in candidates if path.is_dir())
    return [path for path in found if any(_is_in(path, folder) for folder in seen)]


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _show(path: str, root: str) -> None:
    """Bind a path into the new root, read-only; a link is copied as a link."""
    target = root + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        Path(target).touch()
    try:
        linux.mount(path, target, None, linux.MS_BIND)
    except OSError:  # what is mounted inside it may not be laid bare
        linux.mount(path, target, None, linux.MS_BIND | linux.MS_REC)
    flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_NOSUID
    if not path.startswith("/dev/"):
        flags |= linux.MS_RDONLY | linux.MS_NODEV
    linux.mount("none", target, None, flags)


def _bring_up_loopback() -> None:
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, get_flags, struct.pack("16sH14s", b"lo", 0, b""))
        now = struct.unpack("16sH14s", asked)[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14s", b"lo", now | up, b""))


def _everybody_can_read(*paths: str) -> bool:
    """Tell whether Python still finds its own files when this process is root no more."""
    ways = {above for path in paths for above in (Path(path), *Path(path).parents)}
    return all(way.stat().st_mode & (0o001 if way.is_dir() else 0o004) for way in ways)


def _become_a_stranger() -> None:
    """Stop being root, or what passes for root in a namespace of users."""
    if os.geteuid() != 0:
        linux.drop_capabilities()
        return
    os.setgroups([])
    for identity in (_STRANGER, _NOBODY):
        with contextlib.suppress(OSError):
            os.setresgid(identity, identity, identity)
            os.setresuid(identity, identity, identity)
            return
    raise OSError(1, "this process cannot stop being root")
