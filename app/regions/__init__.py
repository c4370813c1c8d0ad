"""Drawing on the picture without a window: regions under edit, what can be done to a shape, regions as text."""
