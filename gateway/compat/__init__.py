"""Other people's link APIs, spoken over links and analytics: one small gRPC server with a folder for each dialect."""
