"""Mends a site file and is killed at a step of it. Run by test_mending: mender.py FILE STEP

STEP counts the calls that change names or make sure of them; the process kills itself before the one of this number. It
prints "done" where there were not so many.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from app.site import mending


def main() -> None:
    path, last = Path(sys.argv[1]), int(sys.argv[2])
    steps = iter(range(1, 10_000))

    def counted(call):
        def run(*given, **named):
            if next(steps) == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return run

    os.link, os.fsync, shutil.copy2 = counted(os.link), counted(os.fsync), counted(shutil.copy2)
    Path.replace, Path.unlink = counted(Path.replace), counted(Path.unlink)
    mending.mend(path, lambda done, total: None)
    print("done")


if __name__ == "__main__":
    main()
