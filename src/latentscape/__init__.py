"""Latentscape trains autoencoders on images, measures their latent space and lets you walk it."""

__version__ = "0.1.0"
