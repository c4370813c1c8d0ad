"""Finds devices: asks on every allowed interface, listens, merges, ages, and explains silence."""

from app.discovery.doctor import DoctorReport, InterfaceReport
from app.discovery.registry import Changes, Listener
from app.discovery.service import Discovery, ScanProgress
from app.discovery.sightings import OtherDevice
from app.discovery.sweep import is_range

__all__ = [
    "Changes",
    "Discovery",
    "DoctorReport",
    "InterfaceReport",
    "Listener",
    "OtherDevice",
    "ScanProgress",
    "is_range",
]
