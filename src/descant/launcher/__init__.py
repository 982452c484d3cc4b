"""Runs a launch file where ROS's own launch is not installed."""
