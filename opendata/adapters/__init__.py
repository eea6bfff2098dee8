"""What stands behind the ports of the desk: stores, files, secrets."""
