"""What devices report, for everybody who wants to know: followed, kept within bounds, and proven by a walk."""

from app.events.desk import EventDesk, Followed
from app.events.follower import Follower, FollowState, Standing
from app.events.log import Batch, EventLog, Record, RecordKind, Watch
from app.events.table import write_csv
from app.events.walk import Outlook, Walk
from app.events.walktest import Mark, Obstacle, Station, WalkTest

__all__ = [
    "Batch",
    "EventDesk",
    "EventLog",
    "FollowState",
    "Followed",
    "Follower",
    "Mark",
    "Obstacle",
    "Outlook",
    "Record",
    "RecordKind",
    "Standing",
    "Station",
    "Walk",
    "WalkTest",
    "Watch",
    "write_csv",
]
