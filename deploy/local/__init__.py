"""The whole system on one machine, without anything installed beforehand."""
