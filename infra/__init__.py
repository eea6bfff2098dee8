"""Running the desk: the command line and the local desk that plays AWS and Slack."""
