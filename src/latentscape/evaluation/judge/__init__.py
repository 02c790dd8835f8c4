"""The judge: a calibrated ensemble that says of any image what class it reads as, if any."""
