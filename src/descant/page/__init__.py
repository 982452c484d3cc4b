"""The piece as one web page: the learner's core in JavaScript, explained and playable."""
