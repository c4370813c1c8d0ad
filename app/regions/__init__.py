"""Regions of any family, without a window: under edit and as text; merged, written and proved one by one."""
