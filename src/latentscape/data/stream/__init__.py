"""More pictures than a disk or a memory holds: gone through once, shard by shard, in order."""
