"""What tests share: real servers, waiting, clocks."""
