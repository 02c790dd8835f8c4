"""What a GPU gives, and whether it is right: `make gpu-check`."""
