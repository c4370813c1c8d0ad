#!/usr/bin/env python3
"""Makes Camwright's environment from the lock files and starts what was asked.

usage: bootstrap.py demo [ARGS...]     the window on a site of simulated cameras
       bootstrap.py test [ARGS...]     every check and test (ARGS go to pytest; then only pytest runs)
       bootstrap.py run  [ARGS...]     any camwright command
       bootstrap.py setup              the environment only

Standard library only; Linux, Windows and macOS; Python 3.11 or newer.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Path(os.environ.get("CAMWRIGHT_VENV") or ROOT / ".venv")
LOCKS = {"run": ROOT / "packaging/locks/run.txt", "test": ROOT / "packaging/locks/test.txt"}

# Debian's package for each library that the wheels of Qt and sounddevice load from the system.
SYSTEM_LIBRARIES = {
    "portaudio": "libportaudio2",
    "EGL": "libegl1",
    "GL": "libgl1",
    "xkbcommon": "libxkbcommon0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xcb-xkb": "libxcb-xkb1",
}
FONT_PACKAGE = "fonts-dejavu-core"  # without any font the window has no text
# Programs nobody here wrote, which the tests talk to; the value is a file that proves the package is there.
PEERS = {
    "curl": "/usr/bin/curl",
    "ffmpeg": "/usr/bin/ffmpeg",
    "gupnp-tools": "/usr/bin/gssdp-discover",
    "python3-gi": "/usr/lib/python3/dist-packages/gi/__init__.py",
    "gir1.2-gst-rtsp-server-1.0": "/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib",
    "gir1.2-gstreamer-1.0": "/usr/lib/*/girepository-1.0/Gst-1.0.typelib",
    "gstreamer1.0-tools": "/usr/bin/gst-launch-1.0",
    "gstreamer1.0-rtsp": "/usr/lib/*/gstreamer-1.0/libgstrtspclientsink.so",
    "gstreamer1.0-plugins-base": "/usr/lib/*/gstreamer-1.0/libgstvideotestsrc.so",
    "gstreamer1.0-plugins-good": "/usr/lib/*/gstreamer-1.0/libgstrtp.so",
    "gstreamer1.0-plugins-bad": "/usr/lib/*/gstreamer-1.0/libgstx265.so",
    "gstreamer1.0-plugins-ugly": "/usr/lib/*/gstreamer-1.0/libgstx264.so",
}


def python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stop(reason: str) -> None:
    print(f"camwright: {reason}", file=sys.stderr)
    raise SystemExit(1)


def run(*command: str | Path, cwd: Path | None = ROOT) -> None:
    sys.stdout.flush()
    code = subprocess.call([str(part) for part in command], cwd=cwd)
    if code:
        raise SystemExit(code)


def missing_packages(with_peers: bool) -> list[str]:
    """Debian packages that this Linux machine lacks."""
    missing = [package for name, package in SYSTEM_LIBRARIES.items() if ctypes.util.find_library(name) is None]
    if not any(
        Path(folder).is_dir()
        for folder in ("/usr/share/fonts/truetype", "/usr/share/fonts/TTF", "/usr/share/fonts/opentype")
    ):
        missing.append(FONT_PACKAGE)
    if with_peers:
        root = Path("/")
        missing += [package for package, proof in PEERS.items() if not any(root.glob(proof.lstrip("/")))]
    return missing


def system_libraries(with_peers: bool) -> None:
    if not sys.platform.startswith("linux"):
        return
    missing = missing_packages(with_peers)
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        print(
            f"camwright: this system lacks what Debian calls {', '.join(missing)}; install its own packages of them.",
            file=sys.stderr,
        )
        return
    if os.geteuid() != 0:
        stop(f"the system lacks libraries; run this once, then try again:\n  sudo {' '.join(command)}")
    print(f"Installing {', '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=environment)
    if subprocess.call(command, env=environment, stdout=subprocess.DEVNULL):
        stop(f"apt-get could not install them; see what it says to:\n  {' '.join(command)}")


def environment(kind: str) -> None:
    """Creates or updates the environment; does nothing when the lock file has not changed since."""
    lock = LOCKS[kind]
    digest = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = ENVIRONMENT / f".{kind}-lock"
    if python().exists() and stamp.exists() and stamp.read_text() == digest:
        return
    if not python().exists():
        print(f"Making the environment in {ENVIRONMENT}", flush=True)
        try:
            venv.create(ENVIRONMENT, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            stop(f"no environment could be made ({error}); on Debian and Ubuntu: apt-get install python3-venv")
    pip = (python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    print("Installing the locked packages (once)", flush=True)
    run(*pip, "--require-hashes", "-r", lock)
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
    stamp.write_text(digest)
    if kind == "test":  # the test lock contains the other one
        (ENVIRONMENT / ".run-lock").unlink(missing_ok=True)


def checks() -> None:
    """What CI runs before the tests."""
    scripts = python().parent
    run(scripts / "ruff", "check", "app", "ui", "tests", "packaging")
    run(scripts / "ruff", "format", "--check", "app", "ui", "tests", "packaging")
    run(scripts / "mypy")
    run(scripts / "lint-imports")


def tests() -> None:
    """Every test once: the engine's where PySide6 cannot be imported, and those of the window."""
    run(python(), "packaging/all_tests.py")


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    verb, *rest = arguments or ["--help"]
    if verb not in ("demo", "test", "run", "setup"):
        print(__doc__)
        raise SystemExit(0 if verb in ("-h", "--help") else 2)
    system_libraries(with_peers=verb == "test")
    environment("test" if verb == "test" else "run")
    if verb == "test":
        if rest:
            run(python(), "-m", "pytest", *rest)
        else:
            checks()
            tests()
    elif verb != "setup":
        run(python(), "-m", "app", *(["demo"] if verb == "demo" else []), *rest, cwd=None)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit(130) from None
