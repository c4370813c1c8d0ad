"""The live picture. Frames come from `app.video`; nothing is decoded here."""
