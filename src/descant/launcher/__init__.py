"""Runs ROS launch XML where ROS's own launch is not installed: read, expanded, then run."""
