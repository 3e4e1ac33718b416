"""The command line `linkmeter`: short links and their statistics from a terminal."""
