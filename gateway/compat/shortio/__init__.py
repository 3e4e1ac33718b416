"""Short.io's API: statistics with the clickstream, links, and domains."""
