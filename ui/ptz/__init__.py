"""Moving a camera from the live page: the thread that owns the movement, hands on the picture, the panel beside it."""
