"""Driving a PTZ camera: one owner of the question whether it is meant to move."""

from app.ptz.driver import Motion, Phase, PtzDriver

__all__ = ["Motion", "Phase", "PtzDriver"]
