"""Who writes: the user, the computer and the process, and whether a process still lives."""

from __future__ import annotations

import getpass
import os
import platform
import sys


def os_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as containers have them
        return f"user {os.getuid()}" if sys.platform != "win32" else "unknown user"


def host() -> str:
    return platform.node() or "unknown computer"


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs on this computer. True when that cannot be told."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)  # asks only
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


if sys.platform == "win32":

    def _is_alive_on_windows(pid: int) -> bool:  # os.kill would end the process there
        import ctypes

        query_limited_information, still_active = 0x1000, 259
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(query_limited_information, False, pid)
        if not handle:
            return False
        try:
            code = ctypes.c_ulong()
            return not kernel.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value == still_active
        finally:
            kernel.CloseHandle(handle)
