"""A busy camera on the command line: said once, and an interrupt ends the tries instead of the read-back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.test_journal import environment, simulated

MAIN, FIELD = "/ISAPI/Streaming/channels/101", "Video/GovLength"


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
@pytest.mark.timeout(180)
def test_an_interrupt_in_the_wait_for_a_busy_camera_ends_the_tries(tmp_path):
    with simulated(1, "--bind", "127.83.2.1", "--quirk", "busy_writes=1000000") as ((host,), password):
        given = environment(CAMWRIGHT_PASSWORD=password, CAMWRIGHT_SITE=str(tmp_path / "site.camwright"))
        pipes = {"env": given, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", "app"]
        with subprocess.Popen([*command, "set", host, MAIN, f"{FIELD}=49"], **pipes) as started:
            assert started.stderr.readline() == f"{host} is busy, trying again. Ctrl+C ends that.\n"
            started.send_signal(signal.SIGINT)
            said, failed = started.communicate(timeout=90)
        assert started.returncode == 130, failed
        assert said == ""
        assert "is busy. The tries were stopped." in failed
        assert "may have been written" not in failed
        done = subprocess.run([*command, "history", "--json"], **pipes, check=True, timeout=90)
        (entry,) = json.loads(done.stdout)
        assert entry["state"] == "failed"
        assert "The tries were stopped." in entry["error"]
