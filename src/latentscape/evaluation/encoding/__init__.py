"""The codes of more pictures than fit a disk or a memory: streamed into a folder of tables."""
