"""What the wall is made of: the grid, its tiles, and the live pictures in them."""
