"""What a device has recorded, in the window: the day as a line of time, its pieces as rows, files on their way."""
