"""The wall: live pictures of many cameras side by side."""
