"""A filter of system calls: no new processes, no other program, nobody else's process, no other root.

Threads stay possible. A refused call fails with "Operation not permitted", which Python tells as ``PermissionError``.
"""

from __future__ import annotations

import os
import struct

from fwlab.grading.jail.linux import filter_calls

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED = {
    # processes and programs; signals to others; other processes' memory; mounts and namespaces; what the kernel runs
    "x86_64": {
        *(57, 58, 59, 322),  # fork, vfork, execve, execveat
        *(
            62,
            200,
            129,
            297,
            424,
            434,
            438,
        ),  # kill, tkill, both sigqueueinfo, three of pidfd
        *(101, 310, 311, 312),  # ptrace, process_vm_readv, process_vm_writev, kcmp
        *(165, 166, 155, 161, 272, 308, 428, 429, 430, 432, 442),  # mount and its kin, chroot, unshare, setns
        *(321, 298, 323, 425, 248, 249, 250, 304),  # bpf, perf_event_open, userfaultfd, io_uring, keys, by handle
        *(30, 29, 31, 64, 68, 240, 319),  # shared memory, semaphores, queues that outlive the process; memfd_create
    },
    "aarch64": {
        *(221, 281),
        *(129, 130, 138, 240, 424, 434, 438),
        *(117, 270, 271, 272),
        *(40, 39, 41, 51, 97, 268, 428, 429, 430, 432, 442),
        *(280, 241, 282, 425, 217, 218, 219, 265),
        *(194, 195, 196, 190, 186, 180, 279),
    },
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_CLONE3 = 435
_CLONE_THREAD = 0x10000
_AF_UNIX = 1
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in what a filter sees of a call
_ALLOW, _REFUSE, _UNKNOWN, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000


def refuse_processes(*, network: bool) -> None:
    """Refuse this process all that it has no need for.

    Args:
        network: whether sockets other than those inside the system are left to it, because its network is walled in.

    Raises:
        OSError: the system has no such filter, or this machine's kind of processor is not known here.
    """
    filter_calls(filter_program(os.uname().machine, network=network))


def filter_program(machine: str, *, network: bool) -> bytes:
    """Return the filter as the kernel reads it: eight bytes an instruction.

    Args:
        machine: as :func:`os.uname` names it.
        network: see :func:`refuse_processes`.
    """
    if machine not in _ARCHITECTURES:
        raise OSError(38, f"no filter of system calls is known for {machine}")
    program = [
        _load(_ARCHITECTURE),
        *_if_equal(_ARCHITECTURES[machine], [], otherwise=_KILL),
        _load(_NUMBER),
    ]
    if machine == "x86_64":
        program += [struct.pack("=HBBI", 0x35, 0, 1, 0x40000000), _return(_KILL)]  # the numbers of another interface
    for number in sorted(_REFUSED[machine]):
        program += _if_equal(number, [_return(_REFUSE)])
    program += _if_equal(_CLONE3, [_return(_UNKNOWN)])  # its flags are out of sight; the C library then takes clone
    thread = [
        _load(_FIRST_ARGUMENT),
        struct.pack("=HBBI", 0x45, 1, 0, _CLONE_THREAD),
        _return(_REFUSE),
        _return(_ALLOW),
    ]
    program += _if_equal(_CLONE[machine], thread)
    if not network:
        program += _if_equal(
            _SOCKET[machine],
            [_load(_FIRST_ARGUMENT), *_if_equal(_AF_UNIX, [_return(_ALLOW)]), _return(_REFUSE)],
        )
    return b"".join([*program, _return(_ALLOW)])


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", 0x20, 0, 0, offset)


def _return(what: int) -> bytes:
    return struct.pack("=HBBI", 0x06, 0, 0, what)


def _if_equal(value: int, then: list[bytes], otherwise: int | None = None) -> list[bytes]:
    """Jump over `then` when what was loaded is something else; with `otherwise`, return that instead."""
    if otherwise is not None:
        return [struct.pack("=HBBI", 0x15, 1, 0, value), _return(otherwise)]
    return [struct.pack("=HBBI", 0x15, 0, len(then), value), *then]
