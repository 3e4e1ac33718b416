"""Where an import can come from: files of other products, and their APIs. Each module offers one or a few origins."""
