"""Drawing on the picture: what is under the mouse, where it snaps to, tools, undo, painting."""
