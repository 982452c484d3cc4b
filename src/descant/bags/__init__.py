"""Write, read and repair recordings (bags in rosbag2's layout)."""
