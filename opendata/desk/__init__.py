"""The use cases, one method for each thing a person asks for, and the ports they need."""
