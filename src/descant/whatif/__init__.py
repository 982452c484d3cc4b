"""What if: a performance run again under many settings at once, and measured."""
