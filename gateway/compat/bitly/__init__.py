"""The dialect of Bitly's API, version 3."""
