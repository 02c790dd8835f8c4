"""Questions about images, answered by their codes: alike, double, odd, typical, chosen."""
