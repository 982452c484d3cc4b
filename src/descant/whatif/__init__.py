"""What if: recompute a performance with many settings at once, and measure each."""
