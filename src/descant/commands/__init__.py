"""The commands of `descant`, one file each."""
