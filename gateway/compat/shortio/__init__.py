"""The API of Short.io: statistics, clickstream and the link calls."""
