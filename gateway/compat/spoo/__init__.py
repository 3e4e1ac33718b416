"""The dialect of spoo.me."""
