"""What a period will bring: open opportunities and those still to come, simulated."""
