"""Pure decisions of the feedback desk: standard library only, no clock and no chance of its own."""
