"""Where the stage's pictures come from: cameras, video files, URLs, a moving test picture."""
