"""Folders of pictures: listed once, decoded once by all cores, and kept between commands."""
