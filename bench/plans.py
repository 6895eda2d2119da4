"""What is planned where a bar is missed: (beginning of the measure's name, text)."""

PLANS = []
