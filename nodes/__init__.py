"""The ROS nodes of descant, one thin file each."""
