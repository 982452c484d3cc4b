"""The learner: function families, gradient descent, and the rules of each part."""
