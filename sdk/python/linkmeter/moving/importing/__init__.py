"""Moving in: what an origin has becomes links and clicks of the account, each once, however often it is begun anew."""
