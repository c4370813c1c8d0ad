"""Driving a PTZ camera: one owner of the question whether it is meant to move."""

from app.ptz.driver import PtzDriver
from app.ptz.motion import Motion, Phase

__all__ = ["Motion", "Phase", "PtzDriver"]
