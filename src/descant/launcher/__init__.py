"""Run ROS launch XML files where ROS's own launch is not installed: read, expand, run."""
