"""Hand segments over to engines that are not ours: what there is, where it lies and what it means."""
