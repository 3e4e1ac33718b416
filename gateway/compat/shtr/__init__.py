"""The dialect of shtr.xyz."""
